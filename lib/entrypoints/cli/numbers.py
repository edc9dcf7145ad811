"""`metrics`, `baseline capture`, `compare`: the numbers, what they were, and what may be said of the movement."""

from __future__ import annotations

from decimal import Decimal
from enum import StrEnum
from typing import Annotated, Any, Literal

import typer

from lib.domain.imports import DateRange
from lib.domain.people import Role
from lib.entrypoints.cli.output import answer
from lib.entrypoints.cli.session import By, First, Json, Last, MaybeBy, acting, day, opened
from lib.reporting.amounts import with_unit
from lib.services.counting import baseline, metrics

baselines = typer.Typer(help="Baselines: sealed, never changed.", no_args_is_help=True, rich_markup_mode=None)
Client = Annotated[str, typer.Argument(metavar="CLIENT", help="The client's key.")]
Metric = Annotated[str, typer.Argument(metavar="METRIC", help="The metric, as account.metric.")]
From = Annotated[str, typer.Option("--from", metavar="DATE", help="First day; included.")]
To = Annotated[str, typer.Option("--to", metavar="DATE", help="Last day; included.")]


class Every(StrEnum):
    """The length of a period."""

    DAY = "day"
    MONTH = "month"


def client_metrics(
    client: Client,
    first: First = None,
    last: Last = None,
    every: Annotated[Every, typer.Option(help="The length of a period.")] = Every.MONTH,
    by: MaybeBy = None,
    is_json: Json = False,
) -> None:
    """Every number of a client, with its source, signal, unit and whether its days are complete."""
    bounds = (day(first) if first else None, day(last) if last else None)
    length: Literal["day", "month"] = "day" if every is Every.DAY else "month"
    with opened() as desk:
        found = desk.ask(acting(desk, by), metrics.client_metrics, client, *bounds, length)
    answer(found, is_json=is_json, words=lambda: _table(found))


@baselines.command("capture")
def capture(
    client: Client,
    metric: Metric,
    first: From,
    last: To,
    by: By,
    reason: Annotated[str, typer.Option(help="Why it is captured: what is about to change.")],
    is_json: Json = False,
) -> None:
    """Seal what a metric says of a range now, so that a later change can be measured against it."""
    with opened() as desk:
        actor = acting(desk, by, role=Role.OWNER)
        value = desk.do(actor, baseline.capture_baseline, client, metric, DateRange(day(first), day(last)), reason)
    unfinished = "" if value["complete"] else " Some of its days are not complete, so it supports no claim."
    words = f"Baseline {value['baseline']} of {metric} is sealed: {_said(value['value'], value['unit'])}.{unfinished}"
    answer(value, is_json=is_json, words=lambda: words)


def compare(
    client: Client,
    metric: Metric,
    against: Annotated[int, typer.Option("--baseline", metavar="ID", help="The baseline's number.")],
    first: From,
    last: To,
    by: MaybeBy = None,
    is_json: Json = False,
) -> None:
    """Set a period beside a sealed baseline, and say what may be said."""
    with opened() as desk:
        days = DateRange(day(first), day(last))
        value = desk.ask(acting(desk, by), baseline.compare_with_baseline, client, metric, against, days)
    answer(value, is_json=is_json, words=lambda: f"{value['sentence']}\nNext: {value['next_action']}")


def add_to(app: typer.Typer) -> None:
    """Put these commands on the command line."""
    app.command("metrics")(client_metrics)
    app.command("compare")(compare)
    app.add_typer(baselines, name="baseline")


def _said(value: float | str | None, unit: str) -> str:
    return "unknown" if value is None else with_unit(Decimal(str(value)), unit)


def _table(found: list[dict[str, Any]]) -> str:
    lines = []
    for item in found:
        for value in item["values"]:
            part = f" [{value['dimension_value'] or 'not given'}]" if item["dimension"] else ""
            shown = _said(value["value"], item["unit"])
            mark = "" if value["complete"] else " (not complete)"
            lines.append(f"{item['metric']}{part}  {value['period']}  {shown}{mark}  from {item['source']}")
    return "\n".join(lines) or "No numbers yet: nothing was committed."
