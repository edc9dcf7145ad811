"""Who a command acts as, and on which desk."""

from __future__ import annotations

import os
import pwd
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from typing import Annotated

import typer

from lib.db.unit_of_work import Desk
from lib.domain.access.origins import came_by
from lib.domain.imports import DateRange
from lib.domain.people import Actor, Role
from lib.entrypoints.cli.output import notice
from lib.errors import DeskError
from lib.pipeline.opening import open_desk
from lib.services.people import people
from lib.settings import has_sign_in

Json = Annotated[bool, typer.Option("--json", help="Answer as JSON, for machines.")]
By = Annotated[str, typer.Option("--by", metavar="EMAIL", help="The person of this desk who acts.")]
MaybeBy = Annotated[
    str | None, typer.Option("--by", metavar="EMAIL", help="The person who acts; the desk's local admin by default.")
]
First = Annotated[str | None, typer.Option("--from", metavar="DATE", help="First day, as 2026-01-31; included.")]
Last = Annotated[str | None, typer.Option("--to", metavar="DATE", help="Last day; included.")]


@contextmanager
def opened() -> Iterator[Desk]:
    """The desk that the settings name, closed again at the end."""
    came_by("command", _system_account())
    desk = open_desk()
    try:
        yield desk
    finally:
        desk.close()


def _system_account() -> str:
    """Who typed it, as the machine knows them: `--by` is what they say of themselves."""
    try:
        return f"{pwd.getpwuid(os.getuid()).pw_name}@{socket.gethostname()}"
    except KeyError:
        return f"{os.getuid()}@{socket.gethostname()}"


def acting(desk: Desk, email: str | None, *, role: Role = Role.OWNER) -> Actor:
    """The person who acts: the one named, or the local admin.

    A desk without sign-in takes a name it has not met as a new person in `role`, and says so.
    """
    if email is None:
        return people.local_admin(desk)
    actor, is_new = desk.do(
        people.local_admin(desk), people.person, email, may_create_as=None if has_sign_in(desk.settings) else role
    )
    if is_new:
        notice(f"{actor.email} was not a person of this desk yet and was added as {actor.role}.")
    return actor


def span(first: str | None, last: str | None) -> DateRange | None:
    """The range of days that --from and --to name, both included; None where neither is given."""
    if first is None and last is None:
        return None
    if first is None or last is None:
        raise DeskError("range_half_given", "Only one end of the date range was given.", "Give both --from and --to.")
    return DateRange(day(first), day(last))


def day(text: str) -> date:
    """One day, written as 2026-01-31."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise DeskError("not_a_date", f"{text!r} is not a date.", "Write it as 2026-01-31.") from None


def pairs(texts: list[str]) -> dict[str, str]:
    """`NAME=VALUE` texts as a dict."""
    found = {}
    for text in texts:
        name, sign, value = text.partition("=")
        if not sign or not name:
            raise DeskError(
                "not_a_pair", f"{text!r} is not of the form NAME=VALUE.", "Write it without blanks around =."
            )
        found[name.strip()] = value
    return found
