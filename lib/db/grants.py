"""What the running app's database user may do on a server, table by table (R19): the least that works.

Grants are per table because a table-level REVOKE after a schema-level GRANT fails; print them again after migrations.
"""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy import make_url

from lib.db.append_only import APPEND_ONLY
from lib.db.migrations.history import APP, TRAFFIC, History
from lib.settings import Settings


def grant_statements(settings: Settings, user: str) -> list[str]:
    """GRANT statements for both databases, to be run by an administrator of the server."""
    return [
        *_statements(APP, make_url(settings.app_url).database or "", user),
        *_statements(TRAFFIC, make_url(settings.traffic_url).database or "", user),
    ]


def _statements(history: History, database: str, user: str) -> Iterator[str]:
    yield f"GRANT SELECT ON `{database}`.`{history.version_table}` TO {user};"
    for name in sorted(history.metadata.tables):
        rights = "SELECT, INSERT, UPDATE, DELETE"
        if name in APPEND_ONLY:
            columns = ", ".join(f"`{column}`" for column in sorted(APPEND_ONLY[name]))
            rights = f"SELECT, INSERT, UPDATE ({columns})" if columns else "SELECT, INSERT"
        yield f"GRANT {rights} ON `{database}`.`{name}` TO {user};"
    for view in history.views:
        yield f"GRANT SELECT ON `{database}`.`{view.name}` TO {user};"
