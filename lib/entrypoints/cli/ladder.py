"""`account ladder`, `account accept`, `account promote`: how far an account is, what proves it, and making it live."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from lib.domain.ladder.gates import Gate
from lib.domain.states import AccountStatus
from lib.entrypoints.cli.output import answer
from lib.entrypoints.cli.session import By, Json, MaybeBy, acting, opened
from lib.services.setup import ladder as ladders
from lib.services.setup.ladder import LadderView

Key = Annotated[str, typer.Argument(metavar="KEY", help="The account's key.")]


def ladder(key: Key, by: MaybeBy = None, is_json: Json = False) -> None:
    """Show the six rungs with every gate: what proves it, who accepted it, why it lapsed, and what to do next."""
    with opened() as desk:
        found = desk.ask(acting(desk, by), ladders.ladder_of, key)
    answer(as_dict(found), is_json=is_json, words=lambda: _words(found))


def accept(
    key: Key,
    gate: Annotated[
        str, typer.Argument(metavar="GATE", help="documentation, access or watch_owner, as the ladder names it.")
    ],
    by: By,
    text: Annotated[str, typer.Option(help="What was looked at, and what it said.")] = "",
    link: Annotated[str, typer.Option(metavar="URL", help="Where that can be seen.")] = "",
    is_json: Json = False,
) -> None:
    """Accept a gate that only a person can confirm, with what they looked at."""
    with opened() as desk:
        found = desk.do(acting(desk, by), ladders.accept_gate, key, gate, text=text, link=link)
    answer(as_dict(found), is_json=is_json, words=lambda: f"{gate} of {key} is accepted. {found.next}")


def promote(key: Key, by: By, is_json: Json = False) -> None:
    """Make an account live once every gate holds; what lacks is named."""
    with opened() as desk:
        found = desk.do(acting(desk, by), ladders.promote, key)
    answer(as_dict(found), is_json=is_json, words=lambda: f"{key} is live.")


def add_to(app: typer.Typer) -> None:
    """Name the commands of the ladder among those of accounts."""
    for command in (ladder, accept, promote):
        app.command(command.__name__)(command)


def as_dict(view: LadderView) -> dict[str, Any]:
    """The ladder as plain values for machines; `live` is whether the status is, `next` one sentence for a person."""
    fell = view.fell_back
    return {
        "account": view.account.key,
        "status": view.account.status,
        "live": view.is_live,
        "height": view.height,
        "rungs": [
            {"rung": rung.number, "name": rung.name, "holds": rung.holds, "gates": [_gate(gate) for gate in rung.gates]}
            for rung in view.rungs
        ],
        "promoted": {"by": view.promoted_by, "at": view.promoted_at} if view.promoted_by else None,
        "fell_back": {"because": fell.because, "at": fell.at} if fell else None,
        "next": view.next,
    }


def _gate(gate: Gate) -> dict[str, Any]:
    return {
        "gate": gate.key,
        "what": gate.what,
        "holds": gate.holds,
        "evidence": gate.evidence,
        "accepted_by": gate.accepted_by,
        "accepted_at": gate.accepted_at,
        "stale_because": gate.stale_because,
        "blocking": gate.is_blocking,
    }


def _words(view: LadderView) -> str:
    is_paused = view.account.status is AccountStatus.PAUSED
    lines = [view.next if is_paused else f"{view.account.key} is {view.account.status.replace('_', ' ')}. {view.next}"]
    if view.next_gate is not None and view.next_gate.takes_evidence:
        lines.append(f"`account accept {view.account.key} {view.next_gate.key} --by EMAIL --text …` accepts it.")
    if view.fell_back:
        lines.append(f"It fell back on {view.fell_back.at:%Y-%m-%d}: {view.fell_back.because}")
    for rung in view.rungs:
        lines += ["", f"{rung.number} {rung.name}{': holds' if rung.holds else ''}"]
        lines += [f"  {_mark(gate)} {gate.what}: {_said(gate)}" for gate in rung.gates]
    return "\n".join(lines)


def _mark(gate: Gate) -> str:
    if gate.holds:
        return "+"
    return "!" if gate.has_lapsed else "-" if gate.is_blocking else "~"


def _said(gate: Gate) -> str:
    if not gate.holds:
        return gate.why
    at = f", {gate.accepted_at:%Y-%m-%d}" if gate.accepted_at else ""
    return gate.evidence + (f" ({gate.accepted_by}{at})" if gate.accepted_by else "")
