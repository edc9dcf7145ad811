"""The statements that give the desk's three database users what they need and take back what is too much (R19).

Nothing here runs them: an administrator of the server does, again after each migration that brought tables or views.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from sqlalchemy import make_url

from lib.db.migrations.history import APP, TRAFFIC
from lib.db.rights.database_users import asked, entries, users
from lib.db.rights.held_rights import Held
from lib.db.rights.needed import Part, Right, granting, needed, revoking, too_much
from lib.errors import DeskError
from lib.settings import Settings

_WHAT_FOR = {
    Part.MIGRATE: "changes the tables, and is used by `migrate` alone",
    Part.RUN: "runs the desk: its pages, its worker, its commands",
    Part.PORTAL: "reads the portal's views for a client's people",
}
# How a user is called where the settings name none for the part.
_SUFFIX = {Part.MIGRATE: "migrate", Part.RUN: "run", Part.PORTAL: "portal"}


def grant_statements(settings: Settings, account: str) -> list[str]:
    """What the running app's user needs in both databases."""
    app, traffic = (make_url(url).database or "" for url in (settings.app_url, settings.traffic_url))
    return granting([*needed(Part.RUN, APP, app), *needed(Part.RUN, TRAFFIC, traffic)], account)


def grant_script(settings: Settings, named: Mapping[Part, str], host: str) -> list[str]:
    """Statements and remarks for all three users of this set-up, server by server.

    `named` holds accounts that were given by hand, such as `'desk'@'%'`; the others are those of the settings, asked what
    they hold already. A user that does two parts' work keeps one of them, and the other part is given a name of its own.
    """
    lines: list[str] = []
    for server in dict.fromkeys(entry.server for entry in entries(settings)):
        lines.append(f"-- What the desk's database users need on {server}, for an administrator of that server to run.")
        lines += ["-- Nothing was run. Print it again after each migration that brings tables or views.", ""]
        for part in Part:
            # What everybody has is taken back once.
            found = _of_part(settings, part, server, named.get(part, ""), host)
            lines += [line for line in found if not (line.startswith("REVOKE ") and line in lines)]
    return lines


def _of_part(settings: Settings, part: Part, server: str, account: str, host: str) -> Iterator[str]:
    wanted = tuple(
        right for entry in entries(settings) if (entry.part, entry.server) == (part, server) for right in entry.needed
    )
    if not wanted:
        return
    yield f"-- {part}: {_WHAT_FOR[part]}."
    user = next(each for each in users(settings) if each.server == server and part in each.parts)
    is_its_own = user.keeper is part
    held = None
    if is_its_own:
        try:
            held = asked(user)
        except DeskError as trouble:
            yield f"-- What {user.name} holds could not be asked: {trouble.message}"
    if held is not None and account in ("", held.account):
        yield from _changes(wanted, held)
        return
    if not is_its_own:
        yield f"-- {user.variable} names {user.name}, who does the work of {' and '.join(user.parts)}: make a user of its own."
    name = account or _account(user.name if is_its_own else f"{user.name}_{_SUFFIX[part]}", host)
    yield f"-- CREATE USER {name} IDENTIFIED BY 'a password that only the settings know';"
    yield from granting(wanted, name)
    yield ""


def _changes(wanted: tuple[Right, ...], held: Held) -> Iterator[str]:
    yield from revoking(too_much(wanted, held.rights), held.account)
    yield from (f"-- Not understood, so look at it yourself: {line}" for line in held.unread)
    yield from granting(wanted, held.account)
    yield ""


def _account(name: str, host: str) -> str:
    return "@".join("'{}'".format(part.replace("'", "''")) for part in (name, host))
