"""Rights of database users on a server, what each of the desk's three needs, and how what they hold compares (R19).

The least that works. Grants are per table because a table-level REVOKE after a schema-level GRANT fails.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum

from lib.db.append_only import APPEND_ONLY
from lib.db.migrations.history import History

EVERY = "*"
ALL = "ALL PRIVILEGES"
GRANT_OPTION = "GRANT OPTION"
_EVERYBODY = "PUBLIC"
MIGRATING = (
    "SELECT",
    "INSERT",
    "UPDATE",
    "DELETE",
    "CREATE",
    "ALTER",
    "DROP",
    "INDEX",
    "REFERENCES",
    "CREATE VIEW",
    "SHOW VIEW",
)
# Whoever has one of these can change what the tables are.
_CHANGES_TABLES = frozenset({ALL, "CREATE", "ALTER", "DROP", "INDEX", "CREATE VIEW", "TRIGGER"})


class Part(StrEnum):
    """What a database user is there for."""

    MIGRATE = "migrate"
    RUN = "run"
    PORTAL = "portal"


@dataclass(frozen=True)
class Right:
    """One right on one place: `*` for every database or table; no columns for all of them.

    `role` is the role that it comes through, '' where it is the user's own; a role that is not taken on when the user
    connects is not active.
    """

    name: str
    database: str
    table: str
    columns: frozenset[str] = frozenset()
    role: str = ""
    is_active: bool = True

    @property
    def place(self) -> str:
        """Where it holds, as a GRANT says it."""
        database = self.database if self.database == EVERY else f"`{self.database}`"
        kind, _, name = self.table.rpartition(" ")
        table = name if name == EVERY else "`{}`".format(name.replace("`", "``"))
        return f"{kind} {database}.{table}".lstrip()

    @property
    def said(self) -> str:
        """The right with its columns, as a GRANT says it."""
        columns = ", ".join("`{}`".format(column.replace("`", "``")) for column in sorted(self.columns))
        return f"{self.name} ({columns})" if columns else self.name

    def covers(self, other: Right) -> bool:
        """Whether whoever has this right has the other one too."""
        return (
            self.name in (other.name, ALL)
            and self._is_around(other)
            and (not self.columns or (bool(other.columns) and other.columns <= self.columns))
        )

    def _is_around(self, other: Right) -> bool:
        if self.database == EVERY:
            return True
        return _matches(self, other.database) and self.table in (EVERY, other.table)


def _matches(right: Right, database: str) -> bool:
    """Whether a right on a database holds in this one: without a table its name is a pattern, as LIKE has them."""
    plain = re.sub(r"\\([_%])", r"\1", right.database)
    if plain == re.sub(r"\\([_%])", r"\1", database):
        return True
    if right.table != EVERY:
        return False
    pattern = re.sub(r"\\([_%])|([_%])|(.)", _as_regex, right.database)
    return re.fullmatch(pattern, database) is not None


def _as_regex(found: re.Match[str]) -> str:
    literal, wild, other = found.groups()
    return {"_": ".", "%": ".*"}[wild] if wild else re.escape(literal or other)


def needed(part: Part, history: History, database: str) -> tuple[Right, ...]:
    """What the user of this part needs in one database, and no more."""
    if part is Part.MIGRATE:
        return tuple(Right(name, database, EVERY) for name in MIGRATING)
    if part is Part.PORTAL:
        return tuple(Right("SELECT", database, view.name) for view in history.views)
    return tuple(_of_the_running_app(history, database))


def _of_the_running_app(history: History, database: str) -> Iterator[Right]:
    yield Right("SELECT", database, history.version_table)
    for name in sorted(history.metadata.tables):
        yield Right("SELECT", database, name)
        yield Right("INSERT", database, name)
        if name not in APPEND_ONLY:
            yield Right("UPDATE", database, name)
            yield Right("DELETE", database, name)
        elif APPEND_ONLY[name]:
            yield Right("UPDATE", database, name, APPEND_ONLY[name])
    for view in history.views:
        yield Right("SELECT", database, view.name)


def lacking(wanted: Iterable[Right], held: Iterable[Right]) -> list[Right]:
    """What is needed and not held, in the order of what is needed."""
    active = [right for right in held if right.is_active]
    return [each for each in wanted if not any(right.covers(each) for right in [*active, *_joined(active)])]


def too_much(wanted: Iterable[Right], held: Iterable[Right]) -> list[Right]:
    """What is held and not needed, as wide as it is held: a right on a whole database where one on tables would do."""
    needed_ = list(wanted)
    return [right for right in held if right.name == ALL or not any(each.covers(right) for each in needed_)]


def changing_tables(held: Iterable[Right], database: str) -> list[Right]:
    """The rights, also those of a role not taken on, by which somebody could change what the tables of a database are."""
    return [
        right
        for right in held
        if right.name in _CHANGES_TABLES and (right.database == EVERY or _matches(right, database))
    ]


def _joined(held: Iterable[Right]) -> list[Right]:
    """Columns of one table that are held in several lines, as one right."""
    columns: dict[tuple[str, str, str], frozenset[str]] = {}
    for right in held:
        if right.columns:
            key = right.name, right.database, right.table
            columns[key] = columns.get(key, frozenset()) | right.columns
    return [Right(*key, together) for key, together in columns.items()]


def granting(rights: Iterable[Right], account: str) -> list[str]:
    """The GRANT statements of these rights, one a place."""
    return [f"GRANT {', '.join(said)} ON {place} TO {account};" for (place, _), said in _grouped(rights).items()]


def revoking(rights: Iterable[Right], account: str) -> list[str]:
    """The REVOKE statements that take these rights back: one a place, and one for each role that brings any of them."""
    taken: list[str] = []
    for (place, role), said in _grouped(rights).items():
        # What everybody has is taken back from everybody; MariaDB calls that PUBLIC.
        if role in ("", _EVERYBODY):
            taken.append(f"REVOKE {', '.join(said)} ON {place} FROM {role or account};")
        elif (line := f"REVOKE {_quoted(role)} FROM {account};") not in taken:
            taken.append(line)
    return taken


def in_words(rights: Iterable[Right]) -> str:
    """`SELECT, INSERT on a, b; DELETE on c`: the places of the same rights together."""
    together: dict[str, list[str]] = {}
    for (place, role), said in _grouped(rights).items():
        through = f" (through the role {role})" if role else ""
        together.setdefault(", ".join(said) + through, []).append(place.replace("`", ""))
    return "; ".join(f"{said} on {', '.join(places)}" for said, places in together.items())


def _grouped(rights: Iterable[Right]) -> dict[tuple[str, str], list[str]]:
    found: dict[tuple[str, str], list[str]] = {}
    for right in rights:
        found.setdefault((right.place, right.role), []).append(right.said)
    return found


def _quoted(role: str) -> str:
    return "@".join(f"`{part}`" for part in role.split("@"))
