"""What a database user holds on a server, as `SHOW GRANTS` says it: the only complete source, roles included.

information_schema leaves out what comes through a role. MariaDB prints a password's hash in these lines, so a line that is
not understood is handed on without it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from sqlalchemy import Connection, Engine

from lib.db.rights.needed import GRANT_OPTION, Right

_NAME = r"`(?:[^`]|``)*`"
_ACCOUNT = rf"{_NAME}(?:@{_NAME})?|PUBLIC|'[^']*'(?:@'[^']*')?"
_ON = re.compile(
    rf"GRANT (?P<rights>.+?) ON (?:(?P<kind>FUNCTION|PROCEDURE|PACKAGE(?: BODY)?) )?"
    rf"(?P<database>\*|{_NAME})\.(?P<table>\*|{_NAME}) TO (?P<who>{_ACCOUNT})(?P<rest>.*)"
)
_ROLE = re.compile(
    rf"GRANT (?P<roles>{_NAME}(?:@{_NAME})?(?:, ?{_NAME}(?:@{_NAME})?)*) TO (?P<who>{_ACCOUNT})(?P<rest>.*)"
)
_PASSWORD = re.compile(r"\s+(IDENTIFIED|USING|REQUIRE)\b.*", re.IGNORECASE)
# `INSERT (a, b)` is one right, although a comma stands in it.
_PIECE = re.compile(rf"(?P<right>[A-Z][A-Z_ ]*[A-Z])(?: \((?P<columns>(?:{_NAME}|[^)])*)\))?(?:, ?|$)")


@dataclass(frozen=True)
class Held:
    """The rights of the account that a connection is known as, and the lines that could not be read."""

    account: str
    rights: tuple[Right, ...]
    unread: tuple[str, ...] = ()


def held_by(engine: Engine) -> Held:
    """What the user of this engine holds, in a connection of its own; also what it could take on by `SET ROLE`."""
    with engine.connect() as connection:
        name, _, host = _asked(connection, "SELECT CURRENT_USER()")[0].rpartition("@")
        active = _asked(connection, "SELECT COALESCE(CURRENT_ROLE(), '')")[0]
        lines = _asked(connection, "SHOW GRANTS")
        through: dict[str, list[str]] = {}
        for role in [role for line in lines if _holder(line) == f"{name}@{host}" for role in _roles(line)]:
            if engine.dialect.is_mariadb:  # type: ignore[attr-defined]
                connection.exec_driver_sql(_unformatted(f"SET ROLE {role}"))
                through[role] = _asked(connection, "SHOW GRANTS")
            else:
                through[role] = _asked(connection, f"SHOW GRANTS FOR CURRENT_USER() USING {role}")
        # A connection that took on a role is not handed to anybody else.
        connection.invalidate()
    return read_grants(f"'{name}'@'{host}'", lines, through, active)


def read_grants(account: str, lines: Iterable[str], through: Mapping[str, Iterable[str]], active: str = "") -> Held:
    """Lines of SHOW GRANTS taken apart: the account's own, and those that it has through each of its roles.

    Without a role MariaDB tells the active one's lines as well; a role of a role counts as the one that was given.
    """
    own, unread = _taken_apart(line for line in lines if _holder(line) in (_plain(account), "PUBLIC"))
    found = dict.fromkeys(own)
    for role, told in through.items():
        more, strange = _taken_apart(told)
        is_active = _plain(role) in _plain(active).split(",")
        for right in more:
            if right not in found:
                found[replace(right, role=_plain(role), is_active=is_active)] = None
        unread += strange
    return Held(account, tuple(found), tuple(dict.fromkeys(unread)))


def redacted(line: str) -> str:
    """A line of SHOW GRANTS without the hash of a password, or whatever else follows the account."""
    return _PASSWORD.sub("", line)


def _asked(connection: Connection, statement: str) -> list[str]:
    return [str(row[0]) for row in connection.exec_driver_sql(_unformatted(statement))]


def _unformatted(statement: str) -> str:
    """MySQL's roles have a host, which is most often %, and to the driver that is a place for a value."""
    return statement.replace("%", "%%")


def _roles(line: str) -> list[str]:
    found = _ROLE.fullmatch(line)
    return re.findall(rf"{_NAME}(?:@{_NAME})?", found["roles"]) if found else []


def _holder(line: str) -> str:
    """The account or role that a line is about; the account's own where that cannot be told, as nothing is left out."""
    found = _ON.fullmatch(line) or _ROLE.fullmatch(line)
    return _plain(found["who"]) if found else "PUBLIC"


def _taken_apart(lines: Iterable[str]) -> tuple[list[Right], list[str]]:
    """The rights of these lines, and the lines that are not understood."""
    rights, unread = list[Right](), list[str]()
    for line in lines:
        read = _read(line)
        if read is None:
            unread.append(redacted(line))
        rights += read or ()
    return rights, unread


def _read(line: str) -> list[Right] | None:
    """The rights of one line; None where it is not understood."""
    if _ROLE.fullmatch(line) or line.startswith(("SET DEFAULT ROLE", "REVOKE ")):
        # A role's own lines follow; what MySQL revokes in part only takes away.
        return []
    found = _ON.fullmatch(line)
    pieces = (
        [(piece["right"], _columns(piece["columns"])) for piece in _PIECE.finditer(found["rights"])] if found else []
    )
    if found is None or not pieces:
        return None
    if "GRANT OPTION" in found["rest"]:
        pieces.append((GRANT_OPTION, frozenset()))
    database, table = found["database"].strip("`"), found["table"].strip("`").replace("``", "`")
    if found["kind"]:
        table = f"{found['kind']} {table}"
    role = "PUBLIC" if found["who"] == "PUBLIC" else ""
    names = [("ALL PRIVILEGES" if right == "ALL" else right, columns) for right, columns in pieces if right != "USAGE"]
    return [Right(right, database, table, columns, role) for right, columns in names]


def _columns(text: str | None) -> frozenset[str]:
    return frozenset(
        name.strip("` ").replace("``", "`") for name in re.findall(rf"{_NAME}|[^,`]+", text or "") if name.strip()
    )


def _plain(account: str) -> str:
    return account.replace("`", "").replace("'", "")
