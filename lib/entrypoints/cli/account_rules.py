"""`account rule`, `account match` and `match`: what an account's rows are known by, beyond their ids and its provider."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from lib.domain.providers import MarkOn, Test
from lib.domain.rows.class_rules import ClassRule, drawn_up
from lib.domain.rows.fixes import DecisionKind, WhichRows
from lib.entrypoints.cli.output import answer
from lib.entrypoints.cli.session import Json, MaybeBy, acting, opened
from lib.errors import DeskError
from lib.pipeline.loading.fixing import decide
from lib.services.loading import class_rules, decide_rows, match_rows

rules = typer.Typer(
    help="An account's own signs of test, spam and internal rows.", no_args_is_help=True, rich_markup_mode=None
)
Key = Annotated[str, typer.Argument(metavar="KEY", help="The account's key.")]


@rules.command("add")
def add(
    key: Key,
    own_domain: Annotated[str | None, typer.Option(help="Internal: e-mail addresses at this domain.")] = None,
    own_phone: Annotated[str | None, typer.Option(help="Internal: this phone number.")] = None,
    test_word: Annotated[str | None, typer.Option(help="Test: names that hold this word.")] = None,
    spam_sender: Annotated[str | None, typer.Option(help="Spam: this address, or @domain.")] = None,
    row_class: Annotated[
        str | None, typer.Option("--class", help="test, spam or internal, for any other rule.")
    ] = None,
    field: Annotated[str, typer.Option(help="The column that is looked at.")] = "",
    source: Annotated[
        bool, typer.Option("--source", help="It is a column of the file, not one it was mapped to.")
    ] = False,
    test: Annotated[str, typer.Option(help="equals, contains, starts_with or matches.")] = Test.EQUALS,
    value: Annotated[
        list[str] | None, typer.Option(help="What it is compared with; may be given several times.")
    ] = None,
    evidence: Annotated[str, typer.Option(help="The sentence kept with the rows.")] = "",
    by: MaybeBy = None,
    is_json: Json = False,
) -> None:
    """Add a rule; it holds from the next load on."""
    short = {"own_domain": own_domain, "own_phone": own_phone, "test_word": test_word, "spam_sender": spam_sender}
    given = {kind: text for kind, text in short.items() if text is not None}
    if len(given) + (row_class is not None) != 1:
        raise DeskError(
            "bad_class_rule",
            "One rule is added at a time.",
            "Give one of --own-domain, --own-phone, --test-word, --spam-sender, or --class with --field and --value.",
        )
    with opened() as desk:
        actor = acting(desk, by)
        if row_class is not None:
            on = MarkOn.SOURCE if source else MarkOn.TARGET
            mark = drawn_up(row_class, field, test, value or [], evidence=evidence, on=on)
        else:
            ((kind, text),) = given.items()
            mark = desk.ask(actor, class_rules.short_rule, key, kind, text)
        rule = desk.do(actor, class_rules.add_rule, key, mark)
    answer(rule.as_dict(), is_json=is_json, words=lambda: f"Added. {_words(rule)}")


@rules.command("list")
def listed(key: Key, by: MaybeBy = None, is_json: Json = False) -> None:
    """The account's own rules; the marks of its provider hold beside them."""
    with opened() as desk:
        book = desk.ask(acting(desk, by), class_rules.class_rules, key)
    value = {
        "rules": [rule.as_dict() for rule in book.own],
        "of_provider": [mark.evidence for mark in book.of_provider],
    }
    lines = [*map(_words, book.own), *(f"Provider: {mark.row_class}. {mark.evidence}" for mark in book.of_provider)]
    answer(value, is_json=is_json, words=lambda: "\n".join(lines) or f"{key} has no rules of its own.")


@rules.command("remove")
def remove(key: Key, number: int, by: MaybeBy = None, is_json: Json = False) -> None:
    """Take a rule away; rows that it has told keep their class."""
    with opened() as desk:
        rule = desk.do(acting(desk, by), class_rules.remove_rule, key, number)
    answer(rule.as_dict(), is_json=is_json, words=lambda: f"Removed. {_words(rule)}")


def match_rules(
    key: Key,
    object: Annotated[str, typer.Argument(metavar="OBJECT", help="What its rows are: lead, call, …")],
    rule: Annotated[
        list[str] | None, typer.Argument(metavar="RULE …", help="phone, email, phone+email; best first.")
    ] = None,
    by: MaybeBy = None,
    is_json: Json = False,
) -> None:
    """Say what a row with an unknown id is matched by, in this order; without rules its id alone tells it."""
    with opened() as desk:
        account = desk.do(acting(desk, by), match_rows.set_match_rules, key, object, rule or [])
    found = [str(item) for item in account.matching.get(object, ())]
    words = (
        f"Rows of {object} are matched by {', then '.join(found)}." if found else "Only an id tells a row from now on."
    )
    answer({"account": key, "object": object, "rules": found}, is_json=is_json, words=lambda: words)


def match(
    load: Annotated[int, typer.Argument(metavar="LOAD", help="The load's number.")],
    row: Annotated[int | None, typer.Argument(metavar="ROW", help="The row's ordinal, as listed.")] = None,
    record: Annotated[int | None, typer.Option(help="The record that it stands for.")] = None,
    new: Annotated[bool, typer.Option("--new", help="It is a record of its own.")] = False,
    reason: Annotated[str, typer.Option(help="Why.")] = "chosen by hand",
    by: MaybeBy = None,
    is_json: Json = False,
) -> None:
    """List the rows of a load that may be one of several records, or choose for one of them."""
    with opened() as desk:
        actor = acting(desk, by)
        if row is None:
            found = desk.ask(actor, match_rows.doubtful_rows, load)
            value: Any = {"load": load, "rows": [_as_dict(item) for item in found]}
            lines = [line for item in found for line in _lines(item)]
            answer(
                value, is_json=is_json, words=lambda: "\n".join(lines) or f"No row of load {load} waits for a choice."
            )
            return
        if (record is not None) == new:
            raise DeskError(
                "no_choice", "A row is either a record that is there or a new one.", "Give --record or --new."
            )
        choice = decide_rows.NEW if new else str(record)
        changed = decide(desk, actor, load, WhichRows((row,)), DecisionKind.MATCH, reason, value=choice)
    words = f"Row {row} of load {load} is a new record." if new else f"Row {row} of load {load} is record {record}."
    answer(changed.as_dict(), is_json=is_json, words=lambda: words)


def _as_dict(item: match_rows.DoubtfulRow) -> dict[str, Any]:
    return {**vars(item), "candidates": [vars(record) for record in item.candidates]}


def _lines(item: match_rows.DoubtfulRow) -> list[str]:
    taken = " (another row of this load stands for it)"
    return [
        f"Row {item.row_no}, line {item.line_no}: {item.summary}",
        *(
            f"  record {record.record_id}, {record.external_id}, {record.when}: {record.summary}"
            f"{taken if record.is_taken else ''}"
            for record in item.candidates
        ),
    ]


def _words(rule: ClassRule) -> str:
    return f"Rule {rule.number}: {rule.mark.row_class}. {rule.mark.evidence}"


def add_to(root: typer.Typer) -> None:
    """Put `match` on the command line; the rules stand under `account`."""
    root.command("match")(match)
