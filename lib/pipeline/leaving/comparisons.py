"""What is compared, as files: its numbers as CSV, its chart as a picture, and the client's page as it was published.

Each is made anew from the database in the name of whoever takes it, so nothing that a page once held can leave later.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any

from lib.db.unit_of_work import Desk
from lib.domain.access.leaving import LeavingFile, Wanted, plain_name
from lib.domain.imports import DateRange
from lib.domain.people import Actor
from lib.errors import DeskError
from lib.reporting.chart_picture import chart_png, chart_svg
from lib.reporting.report_note import card_pdf
from lib.reporting.step_series import numbers_as_csv
from lib.services.counting import comparison_series
from lib.services.people import taken_out
from lib.services.publishing import portal, statements

_WIDTH, _HEIGHT = 900, 320
_DRAWN = {"png": (chart_png, "image/png"), "svg": (chart_svg, "image/svg+xml")}


def numbers_wanted(
    client: str, metric: str, before: int | DateRange, span: DateRange, step: str, *, is_whole_only: bool
) -> Wanted:
    """The numbers of a period beside a baseline (its number) or beside other days, step by step."""
    other = before if isinstance(before, int) else _plain(before)
    told = {"client": client, "metric": metric, "beside": other, "days": _plain(span), "step": step}
    return Wanted("numbers", {**told, "whole": is_whole_only})


def chart_wanted(client: str, metric: str, baseline: int, span: DateRange, step: str, kind: str) -> Wanted:
    """The chart over a baseline as `png` or `svg`."""
    told = {"client": client, "metric": metric, "beside": baseline, "days": _plain(span), "step": step}
    return Wanted("chart", {**told, "as": kind})


def page_wanted(client: str, statement_id: int) -> Wanted:
    """The page of one published number, as the client has it."""
    return Wanted("page", {"client": client, "statement": statement_id})


def numbers_file(desk: Desk, person: Actor, about: Mapping[str, Any], _folder: Path) -> LeavingFile:
    """Both sides as CSV, one row a step."""
    before = about["beside"] if isinstance(about["beside"], int) else _span(about["beside"])
    asked = (about["client"], about["metric"], before, _span(about["days"]), about["step"])
    seen = desk.ask(person, comparison_series.compare_by_step, *asked, is_whole_only=bool(about["whole"]))
    content = numbers_as_csv(seen.source, seen.metric, seen.unit, seen.step, seen.baseline, seen.current)
    _note(desk, person, "numbers of a comparison", about)
    return LeavingFile(_name(about, "csv"), "text/csv; charset=utf-8", content)


def chart_file(desk: Desk, person: Actor, about: Mapping[str, Any], _folder: Path) -> LeavingFile:
    """The chart as a picture that says itself what it is of."""
    kind = str(about["as"])
    draw, content_type = _DRAWN[kind]
    asked = (about["client"], about["metric"], int(about["beside"]), _span(about["days"]), about["step"])
    card = desk.ask(person, statements.draft_for, *asked).card
    _note(desk, person, f"chart as {kind.upper()}", about)
    return LeavingFile(_name(about, kind), content_type, draw(card, _WIDTH, _HEIGHT, is_alone=True))


def page_file(desk: Desk, person: Actor, about: Mapping[str, Any], _folder: Path) -> LeavingFile:
    """The card that was published, not what stands in a form by now, as a PDF."""
    client, statement = str(about["client"]), int(about["statement"])
    shown = desk.ask(person, portal.portal, client).cards
    found = next((pair for pair in shown if pair[0].statement_id == statement), None)
    if found is None:
        raise DeskError("not_shown", "The client is not shown this any more.", "Read the page anew.")
    desk.do(person, taken_out.note_taken, "client's page as PDF", {"statement": statement}, client=client)
    return LeavingFile(plain_name(found[0].metric, f"{found[0].period.last}.pdf"), "application/pdf", card_pdf(*found))


def _note(desk: Desk, person: Actor, what: str, about: Mapping[str, Any]) -> None:
    first, last = about["days"]
    told = {"metric": str(about["metric"]), "from": str(first), "to": str(last)}
    desk.do(person, taken_out.note_taken, what, told, client=str(about["client"]))


def _name(about: Mapping[str, Any], kind: str) -> str:
    return plain_name(about["metric"], about["days"][0], f"{about['days'][1]}.{kind}")


def _plain(span: DateRange) -> list[str]:
    return [span.first.isoformat(), span.last.isoformat()]


def _span(said: list[str]) -> DateRange:
    return DateRange(date.fromisoformat(said[0]), date.fromisoformat(said[1]))
