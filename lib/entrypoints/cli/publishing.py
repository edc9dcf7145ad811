"""`statement …`, `change-note …`, `card …`, `portal`: what a client is told, and everything on its way there."""

from __future__ import annotations

import dataclasses
from enum import StrEnum
from typing import Annotated, Any

import typer

from lib.domain.imports import DateRange
from lib.domain.people import Role
from lib.domain.publishing.statement_states import ChangeKind
from lib.entrypoints.cli.numbers import Client, From, Metric, To
from lib.entrypoints.cli.output import answer
from lib.entrypoints.cli.session import By, Json, MaybeBy, acting, day, opened
from lib.reporting.periods import range_in_words
from lib.reporting.portal_card import CardFreshness, Portal, PortalCard
from lib.reporting.steps import Step
from lib.services.publishing import change_notes, corrections, portal, portal_cards, statements
from lib.services.publishing.statements import StatementDraft, StatementVersion

statement = typer.Typer(
    help="Governed sentences: written, reviewed, published.", no_args_is_help=True, rich_markup_mode=None
)
changes = typer.Typer(help="Changes on the way, against a baseline.", no_args_is_help=True, rich_markup_mode=None)
cards = typer.Typer(help="The cards of a portal: order, hidden or shown.", no_args_is_help=True, rich_markup_mode=None)
Statement = Annotated[int, typer.Argument(metavar="STATEMENT", help="The statement's number.")]
Against = Annotated[int, typer.Option("--baseline", metavar="ID", help="The baseline's number.")]


class Length(StrEnum):
    """How long one point of the chart is."""

    DAY = "day"
    WEEK = "week"
    MONTH = "month"


@statement.command("draft")
def draft(
    client: Client,
    metric: Metric,
    against: Against,
    first: From,
    last: To,
    step: Annotated[Length, typer.Option(help="How long one point of the chart is.")] = Length.WEEK,
    sentence: Annotated[str | None, typer.Option(help="A sentence to try; the template's by default.")] = None,
    by: MaybeBy = None,
    is_json: Json = False,
) -> None:
    """What a statement would say, what keeps it from the client, and whether it could be published now."""
    with opened() as desk:
        span = DateRange(day(first), day(last))
        asked = (client, metric, against, span, _step(step))
        found = desk.ask(acting(desk, by), statements.draft_for, *asked, sentence=sentence)
    answer(_plain(found), is_json=is_json, words=lambda: _draft(found))


@statement.command("write")
def write(
    client: Client,
    metric: Metric,
    against: Against,
    first: From,
    last: To,
    by: By,
    step: Annotated[Length, typer.Option(help="How long one point of the chart is.")] = Length.WEEK,
    sentence: Annotated[str | None, typer.Option(help="The sentence; the template's by default.")] = None,
    action: Annotated[str, typer.Option(help="The next action; a usual one by default.")] = "",
    owner: Annotated[str, typer.Option(metavar="EMAIL", help="Who does it.")] = "",
    due: Annotated[str | None, typer.Option(metavar="DATE", help="By when.")] = None,
    note: Annotated[str, typer.Option(help="Why the wording of a published sentence changes.")] = "",
    is_json: Json = False,
) -> None:
    """Write the next version of a metric's statement, as a draft."""
    with opened() as desk:
        actor = acting(desk, by, role=Role.ANALYST)
        asked = (client, metric, against, DateRange(day(first), day(last)), _step(step))
        said = desk.ask(actor, statements.draft_for, *asked).template if sentence is None else sentence
        more = {"next_action": action, "next_owner": owner, "next_due": day(due) if due else None, "change_note": note}
        found = desk.do(actor, statements.write, *asked, sentence=said, **more)  # type: ignore[arg-type]
    _told(
        found,
        f"Statement {found.id} is written: version {found.version} of {metric}. Next: `statement review`.",
        is_json,
    )


@statement.command("review")
def review(number: Statement, by: By, is_json: Json = False) -> None:
    """Let a draft pass; by a second person where the account asks for four eyes."""
    with opened() as desk:
        found = desk.do(acting(desk, by), statements.review, number)
    _told(found, f"Statement {number} is reviewed. Next: `statement publish {number}`.", is_json)


@statement.command("publish")
def publish(
    number: Statement,
    by: By,
    override: Annotated[str, typer.Option(help="Why an admin publishes before the account is live.")] = "",
    is_json: Json = False,
) -> None:
    """Show a reviewed statement to the client as a card of the portal."""
    with opened() as desk:
        found = desk.do(acting(desk, by), statements.publish, number, override)
    _told(
        found, f"Statement {number} is published: the client reads version {found.version} of {found.metric}.", is_json
    )


@statement.command("withdraw")
def withdraw(
    number: Statement,
    by: By,
    reason: Annotated[str, typer.Option(help="Why; the client reads it.")],
    is_json: Json = False,
) -> None:
    """Take a statement back."""
    with opened() as desk:
        found = desk.do(acting(desk, by), statements.withdraw, number, reason)
    _told(found, f"Statement {number} is withdrawn.", is_json)


@statement.command("list")
def versions(client: Client, metric: Metric, by: MaybeBy = None, is_json: Json = False) -> None:
    """Every version of a metric's statement, newest first."""
    with opened() as desk:
        found = desk.ask(acting(desk, by), statements.versions_of, client, metric)
    answer([_plain(each) for each in found], is_json=is_json, words=lambda: _versions(found))


@changes.command("add")
def note_change(
    what: Annotated[str, typer.Argument(metavar="ACCOUNT|METRIC", help="An account, or account.metric.")],
    kind: Annotated[ChangeKind, typer.Option(help="What was changed.")],
    on: Annotated[str, typer.Option("--day", metavar="DATE", help="When it was changed.")],
    note: Annotated[str, typer.Option(help="What was changed, in words.")],
    against: Against,
    by: By,
    is_json: Json = False,
) -> None:
    """Note a change against a baseline captured before it."""
    with opened() as desk:
        asked = (what, kind.value, day(on), note, against)
        found = desk.do(acting(desk, by, role=Role.ANALYST), change_notes.note_change, *asked)
    answer(_plain(found), is_json=is_json, words=lambda: f"Noted: {found.kind} on {found.day}, {found.note}")


@changes.command("list")
def list_changes(
    account: Annotated[str, typer.Argument(metavar="ACCOUNT", help="The account's key.")],
    first: From,
    last: To,
    by: MaybeBy = None,
    is_json: Json = False,
) -> None:
    """Everything that is drawn on a trend: changes, imports, undos, approved maps."""
    with opened() as desk:
        days = DateRange(day(first), day(last))
        found = desk.ask(acting(desk, by), change_notes.events_of, account, days)
    lines = [f"{each.number}. {each.day}  {each.kind}: {each.note}  ({each.written_by})" for each in found]
    answer([_plain(each) for each in found], is_json=is_json, words=lambda: "\n".join(lines) or "Nothing happened.")


@cards.command("list")
def list_cards(client: Client, by: MaybeBy = None, is_json: Json = False) -> None:
    """The cards of a client in their order, hidden and withdrawn ones among them."""
    with opened() as desk:
        found = desk.ask(acting(desk, by), portal_cards.cards_of, client)
    _arranged(found, is_json)


@cards.command("hide")
def hide(client: Client, metric: Metric, by: By, is_json: Json = False) -> None:
    """Hide a card from the client."""
    _set_shown(client, metric, by, is_json, is_shown=False)


@cards.command("show")
def show(client: Client, metric: Metric, by: By, is_json: Json = False) -> None:
    """Show a hidden card again."""
    _set_shown(client, metric, by, is_json, is_shown=True)


@cards.command("arrange")
def arrange(
    client: Client,
    metrics: Annotated[list[str], typer.Argument(metavar="METRIC…", help="Every card once, in the order wanted.")],
    by: By,
    is_json: Json = False,
) -> None:
    """Put the cards in order."""
    with opened() as desk:
        actor = acting(desk, by)
        desk.do(actor, portal_cards.arrange_cards, client, metrics)
        found = desk.ask(actor, portal_cards.cards_of, client)
    _arranged(found, is_json)


def client_portal(client: Client, by: MaybeBy = None, is_json: Json = False) -> None:
    """What a client reads: the cards, how far their data reaches, and what was taken back."""
    with opened() as desk:
        found = desk.ask(acting(desk, by), portal.portal, client)
    answer(_plain(found), is_json=is_json, words=lambda: _portal(found))


def client_corrections(client: Client, by: MaybeBy = None, is_json: Json = False) -> None:
    """Every published number that was taken back, with why and by whom it moved."""
    with opened() as desk:
        found = desk.ask(acting(desk, by), corrections.corrections_of, client)
    lines = [f"{each.on}  {each.metric}  {each.was} → {each.becomes or 'nothing'}  {each.why}" for each in found]
    answer([_plain(each) for each in found], is_json=is_json, words=lambda: "\n".join(lines) or "No correction.")


def add_to(app: typer.Typer) -> None:
    """Put these commands on the command line."""
    app.add_typer(statement, name="statement")
    app.add_typer(changes, name="change-note")
    app.add_typer(cards, name="card")
    app.command("portal")(client_portal)
    app.command("corrections")(client_corrections)


def _step(length: Length) -> Step:
    return {Length.DAY: "day", Length.WEEK: "week", Length.MONTH: "month"}[length]  # type: ignore[return-value]


def _set_shown(client: str, metric: str, by: str, is_json: bool, *, is_shown: bool) -> None:
    with opened() as desk:
        actor = acting(desk, by)
        desk.do(actor, portal_cards.show_card, client, metric, is_shown=is_shown)
        found = desk.ask(actor, portal_cards.cards_of, client)
    _arranged(found, is_json)


def _arranged(found: tuple[portal_cards.PlacedCard, ...], is_json: bool) -> None:
    lines = [f"{each.position}. {each.metric}  {_standing(each)}  {each.sentence}" for each in found]
    answer([_plain(each) for each in found], is_json=is_json, words=lambda: "\n".join(lines) or "No card yet.")


def _plain(value: Any) -> Any:
    return dataclasses.asdict(value)


def _told(found: StatementVersion, words: str, is_json: bool) -> None:
    answer(_plain(found), is_json=is_json, words=lambda: words)


def _draft(found: StatementDraft) -> str:
    lines = [found.sentence, f"Next: {found.next_action}"]
    lines += [f"  {each.place}: {each.sentence} {each.mend}" for each in found.problems]
    lines.append(f"{found.refusal} {found.refusal_hint}" if found.refusal else "It can be published.")
    return "\n".join(lines)


def _versions(found: tuple[StatementVersion, ...]) -> str:
    lines = []
    for each in found:
        lines.append(
            f"{each.id}  version {each.version}  {each.status}  {range_in_words(each.period)}  {each.sentence}"
        )
        if each.override_reason:
            lines.append(f"    published before live by {each.published_by}: {each.override_reason}")
        if each.ended_because:
            lines.append(f"    {each.ended_because}")
    return "\n".join(lines) or "No statement yet: `statement write` makes one."


def _standing(card: portal_cards.PlacedCard) -> str:
    if not card.is_published:
        return "taken back"
    return "shown" if card.is_shown else "hidden"


def _portal(found: Portal) -> str:
    lines = [found.client_name]
    lines += [_card(card, fresh) for card, fresh in found.cards] or ["Nothing is published yet."]
    lines += [f"Taken back on {each.on}: {each.label} from {each.source}. {each.why}" for each in found.withdrawn]
    return "\n".join(lines)


def _card(card: PortalCard, fresh: CardFreshness) -> str:
    due = f" ({', '.join(filter(None, [card.next_owner, str(card.next_due or '')]))})".replace(" ()", "")
    said = [
        f"{card.position}. {card.sentence}",
        f"   {card.status}. {fresh.words}.",
        f"   Next: {card.next_action}{due}",
    ]
    return "\n".join([*said, *(f"   {each}" for each in card.corrections)])
