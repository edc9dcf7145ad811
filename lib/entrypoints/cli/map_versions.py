"""`map versions`, `map diff`, `map return`, `map withdraw`, `map again`, `map show`: what becomes of a version, and why."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from lib.domain.people import Role
from lib.entrypoints.cli.output import answer
from lib.entrypoints.cli.session import By, Json, MaybeBy, acting, opened
from lib.services.mapping import map_desk, map_versions, maps

Account = Annotated[str, typer.Option(metavar="KEY", help="The account's key.")]
Object = Annotated[str, typer.Option("--object", metavar="OBJECT", help="lead, job, call, booking, …")]
Version = Annotated[int, typer.Option(help="The version's number.")]


def versions(account: Account, object: Object, by: MaybeBy = None, is_json: Json = False) -> None:
    """List every version of a map: where it stands, who submitted it and why, who decided."""
    with opened() as desk:
        found = desk.ask(acting(desk, by), map_desk.map_desk, account, object).history
    value = [vars(line) for line in found]
    answer(value, is_json=is_json, words=lambda: "\n".join(map(_line, found)) or "There is no version yet.")


def diff(
    account: Account,
    object: Object,
    old: Annotated[int, typer.Option(help="The version before.")],
    new: Annotated[int, typer.Option(help="The version after.")],
    by: MaybeBy = None,
    is_json: Json = False,
) -> None:
    """Say in words what one version says and another does not."""
    with opened() as desk:
        found = desk.ask(acting(desk, by), map_versions.between, account, object, old, new)
    value = [
        {"kind": item.kind, "field": item.field, "touches_rows": item.touches_rows, "sentence": item.sentence}
        for item in found
    ]
    said = "\n".join(item.sentence for item in found) or f"Version {old} and version {new} say the same."
    answer(value, is_json=is_json, words=lambda: said)


def show(account: Account, object: Object, version: Version, by: MaybeBy = None, is_json: Json = False) -> None:
    """Print a version as the YAML file it is; with > it becomes one."""
    with opened() as desk:
        found = desk.ask(acting(desk, by), map_desk.numbered, account, object, version)
    text = maps.to_text(found.field_map)
    answer({"version": found.version, "map": text}, is_json=is_json, words=lambda: text)


def again(
    account: Account,
    object: Object,
    version: Version,
    by: By,
    note: Annotated[str, typer.Option(help="Why; whoever approves it reads this.")] = "",
    is_json: Json = False,
) -> None:
    """Submit what an earlier version says as a new one: the way back."""
    with opened() as desk:
        made = desk.do(acting(desk, by, role=Role.OWNER), maps.submit_again, account, object, version, note)
    words = f"Version {version} of the {object} map is submitted again, as version {made.version}."
    answer({"version": made.version, "status": made.status}, is_json=is_json, words=lambda: words)


def send_back(
    account: Account,
    object: Object,
    version: Version,
    by: By,
    reason: Annotated[str, typer.Option(help="What is to be mended.")],
    is_json: Json = False,
) -> None:
    """Send a submitted version back to whoever drafted it."""
    with opened() as desk:
        closed = desk.do(acting(desk, by, role=Role.OWNER), map_versions.send_back, account, object, version, reason)
    words = f"Version {version} of the {object} map was sent back."
    answer({"version": version, "status": closed.status}, is_json=is_json, words=lambda: words)


def withdraw(
    account: Account,
    object: Object,
    version: Version,
    by: By,
    reason: Annotated[str, typer.Option(help="Why; it may stay blank.")] = "",
    is_json: Json = False,
) -> None:
    """Take back a version that you submitted yourself."""
    with opened() as desk:
        closed = desk.do(acting(desk, by, role=Role.OWNER), map_versions.withdraw, account, object, version, reason)
    words = f"Version {version} of the {object} map was taken back."
    answer({"version": version, "status": closed.status}, is_json=is_json, words=lambda: words)


def add_to(app: typer.Typer) -> None:
    """Put these commands under `map`."""
    app.command("versions")(versions)
    app.command("diff")(diff)
    app.command("show")(show)
    app.command("again")(again)
    app.command("return")(send_back)
    app.command("withdraw")(withdraw)


def _line(line: Any) -> str:
    said = f"{line.version:>4}  {line.status:<10} submitted by {line.submitted_by}, {line.submitted_at:%Y-%m-%d %H:%M}"
    if line.note:
        said += f": {line.note}"
    if line.approved_by:
        said += f"; approved by {line.approved_by}"
    if line.closed_by:
        said += f"; {line.status} by {line.closed_by}" + (f": {line.closed_reason}" if line.closed_reason else "")
    return said
