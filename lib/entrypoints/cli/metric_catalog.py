"""`metric` and `roll-up`: what each number means, in versions, and all of them counted from records once more."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from lib.domain.metrics import Aggregation, MetricTemplate
from lib.domain.objects import object_type
from lib.entrypoints.cli.output import answer, progress_bar
from lib.entrypoints.cli.session import By, Json, MaybeBy, acting, opened, pairs
from lib.errors import DeskError
from lib.pipeline.publishing import metric_changes
from lib.reporting.metric_rules import BLANK, changed
from lib.services.counting import metric_definitions

app = typer.Typer(help="The metric catalog: what every number means.", no_args_is_help=True, rich_markup_mode=None)
rolling = typer.Typer(help="The daily numbers that records come to.", no_args_is_help=True, rich_markup_mode=None)
Client = Annotated[str, typer.Argument(metavar="CLIENT", help="The client's key.")]
Name = Annotated[str, typer.Argument(metavar="METRIC", help="The metric, as account.metric.")]


@app.command("list")
def listed(
    client: Client,
    account: Annotated[str, typer.Option(help="Only the metrics of this account.")] = "",
    by: MaybeBy = None,
    is_json: Json = False,
) -> None:
    """The current definitions of a client's metrics."""
    with opened() as desk:
        found = desk.ask(acting(desk, by), metric_definitions.catalog, client, account)
    answer(found, is_json=is_json, words=lambda: "\n".join(map(_line, found)) or "No metric yet.")


@app.command("show")
def show(name: Name, by: MaybeBy = None, is_json: Json = False) -> None:
    """Everything that one definition says, and its versions."""
    with opened() as desk:
        found = desk.ask(acting(desk, by), metric_definitions.definition, name)
    answer(found, is_json=is_json, words=lambda: _words(found))


@app.command("add")
def add(
    account: Annotated[str, typer.Argument(metavar="ACCOUNT", help="The account's key.")],
    key: Annotated[str, typer.Argument(metavar="KEY", help="A short name; the metric is then ACCOUNT.KEY.")],
    label: Annotated[str, typer.Option(help="What it is called.")],
    unit: Annotated[str, typer.Option(help="What is counted: leads, calls, USD, percent, USD per lead.")],
    meaning: Annotated[str, typer.Option(help="What it means to the client, as the end of a sentence.")],
    by: By,
    object: Annotated[str, typer.Option(help="What is counted: lead, call, job, … (not for a ratio).")] = "",
    sum: Annotated[str, typer.Option(metavar="COLUMN", help="Sum this column instead of counting.")] = "",
    weight: Annotated[str, typer.Option(metavar="COLUMN", help="Multiply it by this one first.")] = "",
    ratio: Annotated[str, typer.Option(metavar="ONE/OTHER", help="Divide one metric by another.")] = "",
    where: Annotated[
        list[str] | None, typer.Option(metavar="COLUMN=VALUES", help=f"Only these values; * any, {BLANK} none.")
    ] = None,
    date_basis: Annotated[str, typer.Option(help="The date it is counted by; occurred_at or day.")] = "",
    dimension: Annotated[str, typer.Option(help="Split by this column.")] = "",
    surface: Annotated[str, typer.Option(help="Where it ends: portal_card, report_note, …")] = "report_note",
    every_class: Annotated[bool, typer.Option(help="Count test, spam and resold entries too, as a fee does.")] = False,
    is_json: Json = False,
) -> None:
    """Add a metric of the account's own; it counts from what was committed already."""
    with opened() as desk:
        actor = acting(desk, by)
        above, _, below = ratio.partition("/")
        part = desk.ask(actor, metric_definitions.definition, f"{account}.{above}") if above else None
        if not object and part is None:
            raise DeskError(
                "nothing_counted", "It is not said what is counted.", "Give --object, or --ratio ONE/OTHER."
            )
        name = str(part["object"]) if part else object
        item = MetricTemplate(
            key=key,
            label=label.strip(),
            object=name,
            unit=unit.strip(),
            client_meaning=meaning.strip(),
            aggregation=Aggregation.RATIO if ratio else Aggregation.SUM if sum else Aggregation.COUNT,
            date_basis=date_basis or (str(part["date_basis"]) if part else object_type(name).date_column),
            column=sum,
            weight=weight,
            dimension=dimension,
            numerator=above,
            denominator=below,
            counts_every_class=every_class,
        )
        filters = {f"where.{column}": values for column, values in pairs(where or []).items()}
        added = metric_changes.add_metric(desk, actor, account, changed(item, {**filters, "surface": surface}))
    answer(added, is_json=is_json, words=lambda: f"Added.\n{_words(added)}")


@app.command("edit")
def edit(
    name: Name,
    settings: Annotated[
        list[str],
        typer.Argument(
            metavar="FIELD=VALUE …", help="label, meaning, unit, surface, date_basis, or where.COLUMN=A,B to filter."
        ),
    ],
    by: By,
    reason: Annotated[str, typer.Option(help="Why it is changed.")],
    is_json: Json = False,
) -> None:
    """Change a definition: new words keep its version, what counts otherwise gets a new one and is counted anew."""
    with opened() as desk:
        edited = metric_changes.edit_metric(desk, acting(desk, by), name, pairs(settings), reason)
    renewed = ", ".join(edited["renewed"])
    said = f"Counted anew: {renewed}. Older baselines are not comparable to it." if renewed else "Only words changed."
    if edited["taken_back"]:
        said += f" No longer shown to the client, because they moved: {', '.join(edited['taken_back'])}."
    answer(edited, is_json=is_json, words=lambda: f"{said}\n{_words(edited)}")


@rolling.command("rebuild")
def rebuild(client: Client, by: MaybeBy = None, is_json: Json = False) -> None:
    """Count every number of a client from its records once more; they are the same, or somebody changed them."""
    with opened() as desk, progress_bar() as progress:
        written = metric_changes.rebuild(desk, acting(desk, by), client, progress)
    lines = [f"{name}: {count:,} daily numbers" for name, count in written.items()]
    answer(written, is_json=is_json, words=lambda: "\n".join(lines) or "Nothing is counted for this client yet.")


def _line(item: dict[str, Any]) -> str:
    counted = f"{item['aggregation']} of {item['object']}, by {item['date_basis']}"
    split = f", split by {item['dimension']}" if item["dimension"] else ""
    only = "".join(f", {column} {_accepted(values)}" for column, values in item["where"].items())
    return (
        f"{item['metric']}  v{item['version']}  {item['label']} ({item['unit']})  {counted}{only}{split}"
        f"  {item['signal']}, {item['paid']}, from {item['source']}, for {item['surface']}"
    )


def _words(item: dict[str, Any]) -> str:
    plain = {
        **item,
        "where": "; ".join(f"{column} {_accepted(values)}" for column, values in item["where"].items())
        or "all records",
    }
    versions = plain.pop("versions", [])
    lines = [
        f"{name.replace('_', ' ')}: {value}"
        for name, value in plain.items()
        if value is not None and name not in ("missing", "renewed", "taken_back")
    ]
    return "\n".join([*lines, *(f"  {_line(each)}" for each in versions)])


def _accepted(values: list[str]) -> str:
    return " or ".join(value or BLANK for value in values)


def add_to(root: typer.Typer) -> None:
    """Put these commands on the command line."""
    root.add_typer(app, name="metric")
    root.add_typer(rolling, name="roll-up")
