"""Changes on the way: written down against a baseline captured before them (R4), and drawn beside imports and approvals."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from lib.clock import zone
from lib.db.shared_steps.sealed_sides import sealed_side
from lib.db.unit_of_work import UnitOfWork
from lib.domain.accounts import Account
from lib.domain.imports import DateRange
from lib.domain.mapping.approvals import within
from lib.domain.people import Right
from lib.domain.publishing.statement_states import ChangeKind, change_kind
from lib.domain.wording import counted
from lib.errors import DeskError
from lib.reporting.periods import day_bounds
from lib.reporting.portal_card import NotedChange
from lib.reporting.statement_lint import note_problems

__all__ = ["ChangeKind", "NotedChange", "events_of", "note_change"]

_LONGEST = 1000


def note_change(
    tx: UnitOfWork, account_or_metric: str, kind: str, day: date, note: str, baseline_id: int
) -> NotedChange:
    """Write down a change to a form, page, automation, campaign, mapping or wording (`ChangeKind`).

    The baseline must be one of that account (or of that very metric), captured on or before the day, and intact:
    DeskError `unknown_change`, `baseline_of_another`, `baseline_too_late`, `seal_broken`, `day_to_come`, `note_missing`.
    """
    tx.actor.require(Right.CAPTURE_BASELINES)
    what, said = change_kind(kind), within(note, "note", _LONGEST)
    key, _, metric = account_or_metric.partition(".")
    account = tx.accounts.by_key(key)
    if metric:
        tx.metrics.named(account.client_id, account_or_metric)
    if not said:
        raise DeskError("note_missing", "A change is noted in words.", "Say what was changed.")
    for problem in note_problems(said):
        raise DeskError("not_for_clients", problem.sentence, problem.mend)
    _require_baseline(tx, account, account_or_metric if metric else "", day, baseline_id)
    tx.baselines.add_note(account, baseline_id, what, day, said)
    tx.audit.note(
        "change noted", "account", account.id, account.client_id, kind=what, day=day.isoformat(), baseline=baseline_id
    )
    return NotedChange(0, day, what, said, tx.actor.name)


def events_of(tx: UnitOfWork, account: str, days: DateRange) -> tuple[NotedChange, ...]:
    """Everything that is drawn on a trend of this account, in order and numbered from 1 (F115, F116).

    Kinds are those of `ChangeKind`, and `import`, `undo` and `map approved`. A client is told of the noted ones alone, on
    the card that was published.
    """
    tx.actor.require(Right.SEE_DETAIL)
    found = tx.accounts.by_key(account)
    events = [(note.day, note.kind, note.note, note.written_by) for note in tx.baselines.notes_of(found.id, days)]
    events += _happened(tx, found, days)
    return tuple(
        NotedChange(number, *event) for number, event in enumerate(sorted(events, key=lambda each: each[0]), start=1)
    )


def _require_baseline(tx: UnitOfWork, account: Account, metric: str, day: date, baseline_id: int) -> None:
    """R4: a baseline of this account (of this metric, where one is named), captured before the change, and intact."""
    captured = tx.baselines.by_id(baseline_id)
    measured = tx.metrics.by_id(captured.metric_id)
    if measured.account_id != account.id or (metric and measured.name != metric):
        raise DeskError(
            "baseline_of_another",
            f"Baseline {baseline_id} is of {measured.name}, so it measures nothing of {metric or account.key}.",
            f"Name one of {metric or account.key}; `baseline capture` makes one.",
        )
    local = zone(account.client_timezone)
    # Changes are dated by day, so a baseline captured on the very day counts as captured before.
    captured_on = captured.captured_at.astimezone(local).date()
    if captured_on > day:
        raise DeskError(
            "baseline_too_late",
            f"Baseline {baseline_id} was captured on {captured_on}, after the change of {day}: it measures nothing of it.",
            "Name a baseline captured before the change; one captured afterwards cannot tell what it did.",
        )
    if day > tx.now.astimezone(local).date():
        raise DeskError("day_to_come", f"{day} is still to come.", "Note the change once it is made.")
    sealed_side(tx, measured, baseline_id)


def _happened(tx: UnitOfWork, account: Account, days: DateRange) -> Iterator[tuple[date, str, str, str]]:
    start, end = (
        day_bounds(days.first, account.client_timezone)[0],
        day_bounds(days.last, account.client_timezone)[1],
    )
    local = zone(account.client_timezone)
    for load in tx.events.committed(account.id, start, end):
        said = f"Load {load.load_id}: {counted(load.row_count, 'row')} of {_plain(load.object)} from {load.file_name}"
        yield load.at.astimezone(local).date(), "import", said, load.by
    for load in tx.events.undone(account.id, start, end):
        said = f"Load {load.load_id} from {load.file_name} was undone: {load.reason}"
        yield load.at.astimezone(local).date(), "undo", said, load.by
    for approved in tx.events.approved_maps(account.id, start, end):
        said = f"Map {approved.version} of {_plain(approved.object)} in use"
        yield approved.at.astimezone(local).date(), "map approved", said, approved.by


def _plain(name: str) -> str:
    return name.replace("_", " ")
