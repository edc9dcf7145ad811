"""`find`, `trace`, `numbers-on`: the thread between a number and the cell it was read from, in both directions."""

from __future__ import annotations

import dataclasses
from typing import Annotated, Any

import typer

from lib.domain.wording import counted
from lib.entrypoints.cli.output import answer
from lib.entrypoints.cli.session import Json, MaybeBy, acting, day, opened
from lib.errors import DeskError
from lib.reporting.amounts import with_unit
from lib.services.counting import numbers_on_load
from lib.services.counting.numbers_on_load import NumbersOnLoad
from lib.services.tracing import find_records, trace_record, trace_slice
from lib.services.tracing.find_records import Found
from lib.services.tracing.trace_record import Trace
from lib.services.tracing.trace_slice import SliceTrace


def find(
    text: Annotated[str, typer.Argument(metavar="TEXT", help="An id, a phone or an e-mail address, however written.")],
    by: MaybeBy = None,
    is_json: Json = False,
) -> None:
    """Find a lead across all loads: its records, and rows that are none (failed, held, undone, in review)."""
    with opened() as desk:
        found = desk.ask(acting(desk, by), find_records.find, text, desk.hash_key)
    answer(_plain(found), is_json=is_json, words=lambda: _found(found))


def trace(
    what: Annotated[str, typer.Argument(metavar="TABLE|METRIC", help="A table such as crm_leads, or account.metric.")],
    which: Annotated[str, typer.Argument(metavar="ID|DAY", help="The record's number, or a day as 2026-01-31.")],
    value: Annotated[str | None, typer.Option("--value", help="One value of the metric's dimension.")] = None,
    after: Annotated[int, typer.Option(help="The record after which the page of a number begins.")] = 0,
    by: MaybeBy = None,
    is_json: Json = False,
) -> None:
    """Where a record or a number comes from: rows, raw cells, file, map, and who let it in."""
    with opened() as desk:
        actor = acting(desk, by)
        if "." in what:
            number = desk.ask(actor, trace_slice.trace_slice, what, day(which), value, after)
            said, words = _plain(number) | {"adds_up": number.adds_up}, _number(number)
        else:
            record = desk.ask(actor, trace_record.trace_record, what, _id(which))
            said, words = _plain(record), _record(record)
    answer(said, is_json=is_json, words=lambda: words)


def numbers_on(
    load: Annotated[int, typer.Argument(metavar="LOAD", help="The load's number.")],
    after: Annotated[int, typer.Option(help="How many numbers to leave out.")] = 0,
    by: MaybeBy = None,
    is_json: Json = False,
) -> None:
    """Which numbers stand on a load: its metrics and days."""
    with opened() as desk:
        found = desk.ask(acting(desk, by), numbers_on_load.numbers_on_load, load, after)
    answer(_plain(found), is_json=is_json, words=lambda: _numbers(found))


def add_to(app: typer.Typer) -> None:
    """Put these commands on the command line."""
    app.command("find")(find)
    app.command("trace")(trace)
    app.command("numbers-on")(numbers_on)


def _plain(value: Any) -> dict[str, Any]:
    return dataclasses.asdict(value)


def _id(text: str) -> int:
    if not text.isdigit():
        raise DeskError("not_a_number", f"{text!r} is not the number of a record.", "`find` lists records by number.")
    return int(text)


def _found(found: Found) -> str:
    lines = [f"{item.table} {item.id}  {item.external_id}  {item.when}  {item.summary}" for item in found.records]
    lines += [
        f"load {item.load_id}, line {item.line_no:,}: {item.verdict}, load {str(item.load_status).replace('_', ' ')}"
        for item in found.rows
    ]
    return "\n".join(lines) or "Nothing is known under it."


def _record(found: Trace) -> str:
    lines = [f"{found.table} {found.id}: {found.object.replace('_', ' ')} {found.external_id}, {found.source_label}"]
    for value in found.values:
        cells = ", ".join(f"{name} = {cell!r}" for name, cell in value.raw)
        lines.append(f"  {value.label}: {value.value}" + (f"  from {cells}" if cells else ""))
    if (origin := found.origin) is not None:
        lines.append(
            f"Row {origin.row_no + 1:,} of load {origin.load_id}, line {origin.line_no:,} of {origin.file_name}"
        )
        if origin.gone:
            lines.append(f"Its raw cells are {origin.gone}.")
        lines.append(f"Delivery {origin.delivery_id}, hash {origin.content_hash}")
        lines.append(f"Map version {origin.map_version}, approved by {origin.map_approved_by}")
        lines.append(f"Let in by {origin.approved_by}")
    lines += [f"  load {item.load_id}: {item.verdict}, now {item.status}" for item in found.history]
    return "\n".join(lines)


def _number(found: SliceTrace) -> str:
    says = (
        f"{found.metric} on {found.day}: {with_unit(found.value, found.unit)}, from {counted(found.counted, 'record')}"
    )
    lines = [says + ("." if found.adds_up else f", which come to {with_unit(found.comes_to, found.unit)}.")]
    for load in found.loads:
        behind = f"load {load.load_id}, {load.file_name}, map version {load.map_version} by {load.map_approved_by}"
        lines.append(f"{behind}, let in by {load.approved_by}")
    for item in found.records:
        where = f"load {item.load_id}, line {item.line_no:,}" if item.row_no >= 0 else f"load {item.load_id}"
        lines.append(f"  {item.table} {item.id}  {item.external_id}  adds {item.adds}  {where}")
    if found.after is not None:
        lines.append(f"More: --after {found.after}")
    return "\n".join(lines)


def _numbers(found: NumbersOnLoad) -> str:
    if not found.metrics:
        return f"No number stands on load {found.load_id}."
    lines = [f"{item.metric}  {item.first} to {item.last}  {counted(item.slices, 'number')}" for item in found.metrics]
    for shown in found.published:
        lines.append(f"Published: {shown.label} from {shown.source}, {shown.current}, statement {shown.statement_id}")
    for item in found.numbers:
        part = f" [{item.dimension_value}]" if item.dimension_value else ""
        lines.append(f"  {item.day}  {item.metric}{part}  {with_unit(item.value, item.unit)}")
    if found.after is not None:
        lines.append(f"More: --after {found.after}")
    return "\n".join(lines)
