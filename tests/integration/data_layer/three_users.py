"""A desk on a real server as it should be run: one user migrates, another runs it, a third reads the portal."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from lib.db.rights.grants import grant_script
from lib.pipeline.migrating import migrate
from lib.settings import Settings
from tests.builders import settings_on
from tests.integration.data_layer.watching import a_user, on_server
from tests.servers import ServerAddress, database_of, mariadb_server


@dataclass(frozen=True)
class ThreeUsers:
    """Settings that name the three users, and who each of them is."""

    settings: Settings
    migrating: ServerAddress
    running: ServerAddress
    reading: ServerAddress


def run_script(settings: Settings) -> None:
    """Have the server do what `grants` prints, as its administrator would."""
    lines = [line for line in grant_script(settings, {}, "%") if line and not line.startswith("--")]
    on_server(mariadb_server(), *lines)


@contextmanager
def three_users(urls: tuple[str, str], home: Path) -> Iterator[ThreeUsers]:
    """Three users with nothing but what `grants` prints, before the migrations and after; both databases at head."""
    server, names = mariadb_server(), [database_of(url) for url in urls]
    with a_user(server) as migrating, a_user(server) as running, a_user(server) as reading:
        settings = dataclasses.replace(
            settings_on((running.url(names[0]), running.url(names[1])), home),
            app_migration_url=migrating.url(names[0]),
            traffic_migration_url=migrating.url(names[1]),
            portal_url=reading.url(names[0]),
            is_development=False,
        )
        # A right on a table is given once the table is there; the migrating user's are on the whole database.
        first = [line for line in grant_script(settings, {}, "%") if f"'{migrating.user}'" in line and "GRANT" in line]
        on_server(server, *first)
        migrate(settings)
        run_script(settings)
        yield ThreeUsers(settings, migrating, running, reading)
