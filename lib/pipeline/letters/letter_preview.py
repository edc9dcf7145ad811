"""Before a replay: held-up rows run through the current map and checks without writing, and what would become of them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import pyarrow as pa

from lib.db.repositories.maps import MapVersion
from lib.db.unit_of_work import Desk, UnitOfWork
from lib.domain.accounts import Account
from lib.domain.imports import Delivery
from lib.domain.objects import ObjectType, object_type
from lib.domain.people import Actor, Right
from lib.domain.running.dead_letters import HELD_UP, Cell, DeadLetter, DeliveryPreview, ReplayPreview
from lib.domain.running.failed_work import Subject
from lib.domain.wording import counted
from lib.errors import DeskError
from lib.mapping.checked import CheckedBatch
from lib.mapping.shown import as_seen, cut, label_of, raw_cells, sensitivity_of, shown
from lib.mapping.values import python_lists
from lib.pipeline.loading.files import kept_file
from lib.pipeline.loading.staging import checked
from lib.services.arriving import read
from lib.services.arriving.read import ReadOptions
from lib.services.loading import stage, translate
from lib.services.reviewing import fix_rows
from lib.services.running import dead_letters, failed_rows, letter_decisions
from validation.reasons import REASONS

# So many rows are tried for one answer, and so many of each kind are shown.
MOST_ROWS = 20_000
_SAMPLES = 5
_STILL = 8
_BATCH_ROWS = 20_000
_GOES_IN, _UNREAD = "would go in now", "unreadable_line"


@dataclass
class _Tried:
    """What came of the rows so far: those that would go in, those that would fail by reason, and some to look at."""

    going_in: int = 0
    failing: int = 0
    unknown: int = 0
    still: Counter[str] = field(default_factory=Counter)
    deliveries: list[DeliveryPreview] = field(default_factory=list)
    good: list[Cell] = field(default_factory=list)
    bad: list[Cell] = field(default_factory=list)
    remarks: list[str] = field(default_factory=list)

    @property
    def rows(self) -> int:
        return self.going_in + self.failing

    def add(self, more: _Tried) -> None:
        """Count in what came of some more rows."""
        self.going_in += more.going_in
        self.failing += more.failing
        self.unknown += more.unknown
        self.still += more.still
        self.deliveries += more.deliveries
        self.remarks += more.remarks
        self.good += more.good[: _SAMPLES - len(self.good)]
        self.bad += more.bad[: _SAMPLES - len(self.bad)]


def preview_replay(desk: Desk, actor: Actor, *, said: str = "", account: str = "") -> ReplayPreview:
    """What replaying a line, a cause or an account would do: `37 of 41 rows would now go in; 4 still fail: …`.

    Jobs are tried again as they are, so nothing is foretold of them. At most 20,000 rows are tried, oldest deliveries
    first; what retention has taken is said, and counted as unknown.
    """

    def look(tx: UnitOfWork) -> tuple[Account, list[DeadLetter]]:
        tx.actor.require(Right.SEE_DETAIL)
        if said:
            lines = dead_letters.lines_of(tx, said, letter_decisions.MOST)
            return tx.accounts.by_id(lines[0].account_id), lines
        owner = tx.accounts.by_key(account)
        return owner, tx.dead_letters.lines(letter_decisions.MOST, account_id=owner.id, is_held_up=True)

    owner, lines = desk.ask(actor, look)
    held = sorted((item for item in lines if item.status in HELD_UP), key=lambda item: (item.delivery_id or 0, item.id))
    tried = _Tried()
    by_load: dict[int, list[DeadLetter]] = {}
    for item in held:
        if item.subject is Subject.LOAD:
            by_load.setdefault(item.subject_id, []).append(item)
    for load_id, mine in by_load.items():
        tried.add(desk.ask(actor, _try_load, desk, owner, load_id, mine, MOST_ROWS - tried.rows))
    for item in held:
        if item.subject is Subject.DELIVERY:
            tried.add(_try_delivery(desk, actor, owner, item, MOST_ROWS - tried.rows))
    others = [item for item in held if item.subject in (Subject.JOB, Subject.RECEIPT)]
    return _told(held, others, tried)


def _try_load(
    tx: UnitOfWork, desk: Desk, account: Account, load_id: int, lines: Sequence[DeadLetter], room: int
) -> _Tried:
    load, rows = tx.loads.by_id(load_id), sum(item.rows for item in lines)
    delivery, found = tx.deliveries.by_id(load.delivery_id), _Tried()
    version = tx.maps.approved(account, load.object)
    why_not = "" if version is not None else f"there is no approved map for {load.object}"
    if not why_not and room <= 0:
        why_not = f"more than {MOST_ROWS:,} rows are not tried at once"
    if version is not None and not why_not:
        causes = failed_rows.places(tx, account, load, {(item.code, item.column) for item in lines}, room)
        try:
            raw = fix_rows.raw_now(tx, load, list(causes))
        except DeskError as trouble:
            why_not = trouble.message
        else:
            found = _rows_again(tx, desk, account, version, delivery, raw, causes)
            if version.id == load.map_version_id:
                said = f"map {version.version}, which is the current one still: mend it first"
                found.remarks.append(f"Load {load.id} was read through {said}.")
    found.unknown = rows - found.rows
    found.deliveries.append(
        DeliveryPreview(delivery.id, delivery.file_name, rows, found.going_in, found.failing, why_not)
    )
    return found


def _rows_again(
    tx: UnitOfWork,
    desk: Desk,
    account: Account,
    version: MapVersion,
    delivery: Delivery,
    raw: fix_rows.RawRows,
    causes: Mapping[int, tuple[str, str]],
) -> _Tried:
    """Rows as they came, read and checked as an import does now; lines that nobody could read stay so."""
    found = _Tried(failing=len(raw.unread))
    if raw.unread:
        found.still[_UNREAD] = len(raw.unread)
    if raw.row_nos:
        mapped = translate.translate(account, version.field_map, raw.frame, delivery.received_at)
        batch = checked(desk, account, version.field_map, 0, raw.lines, raw.frame, mapped)
        found.add(_counted(tx, account, version, batch, [causes[row_no][1] for row_no in raw.row_nos]))
    return found


def _try_delivery(desk: Desk, actor: Actor, account: Account, line: DeadLetter, room: int) -> _Tried:
    """A refused delivery read again: refused still, or how its rows would come out."""
    delivery = desk.ask(actor, lambda tx: tx.deliveries.by_id(line.subject_id))
    version = desk.ask(actor, lambda tx: tx.maps.approved(account, line.object))
    found, why_not = _Tried(), ""
    try:
        if version is None:
            raise DeskError("no_approved_map", f"{account.key} has no approved map for {line.object}.")
        with kept_file(desk, actor, delivery) as path:
            reading = read.read_file(path, ReadOptions())
            stage.require_key(version, reading.facts)
            for batch in reading.batches(_BATCH_ROWS):
                if found.rows >= room:
                    found.remarks.append(f"Only the first {found.rows:,} rows of {delivery.file_name} were tried.")
                    break
                mapped = translate.translate(account, version.field_map, batch.frame, delivery.received_at)
                told = (batch.first_row, batch.lines, batch.frame, mapped)
                rows = checked(desk, account, version.field_map, *told)
                found.add(desk.ask(actor, _counted, account, version, rows, [""] * len(batch.frame)))
    except DeskError as trouble:
        why_not = trouble.message
    found.deliveries.append(
        DeliveryPreview(delivery.id, delivery.file_name, found.rows, found.going_in, found.failing, why_not)
    )
    return found


def _counted(
    tx: UnitOfWork, account: Account, version: MapVersion, batch: CheckedBatch, columns: Sequence[str]
) -> _Tried:
    """What came of the rows of a batch, why some fail again, and some of either kind; `columns` are what each was about."""
    kind, failed = object_type(version.object), int(batch.rows.is_failed.sum())
    found = _Tried(going_in=len(batch.rows) - failed, failing=failed)
    cause_of = failed_rows.causes(account, kind)
    for place, (is_failed, text) in enumerate(zip(batch.rows.is_failed, batch.rows.reasons, strict=True)):
        why = ":".join(cause_of(text)).rstrip(":") if is_failed else ""
        if why:
            found.still[why] += 1
        known = found.bad if why else found.good
        if len(known) < _SAMPLES:
            column = why.partition(":")[2] or columns[place]
            known.append(_cell(tx, account, version, kind, batch, place, column, why))
    return found


def _cell(
    tx: UnitOfWork,
    account: Account,
    version: MapVersion,
    kind: ObjectType,
    batch: CheckedBatch,
    place: int,
    column: str,
    why: str,
) -> Cell:
    raw = {name: batch.raw[name][place].as_py() or "" for name in batch.raw.column_names}
    cells = raw_cells(version.field_map, column, raw) if column else []
    is_clear = tx.actor.may(Right.APPROVE_LOADS)
    if is_clear and cells:
        tx.audit.saw("account", account.id, account.client_id, what="raw cells of rows held up")

    def seen(text: str) -> str:
        return cut(as_seen(text, sensitivity_of(version.field_map, kind, column), is_clear=is_clear)) if column else ""

    value = ""
    if column and batch.mapped is not None:
        row: pa.Table = batch.mapped.slice(place, 1)
        zone = account.timezone or account.client_timezone
        value = shown(python_lists(row, [column], kind)[column][0], kind.column(column).kind, zone)
    sources = ", ".join(dict.fromkeys(name for name, _ in cells))
    told = _why(version, why) if why else _GOES_IN
    return Cell(int(batch.rows.lines[place]), sources, seen(" ".join(text for _, text in cells)), seen(value), told)


def _why(version: MapVersion | None, reason: str) -> str:
    code, _, column = reason.partition(":")
    known = REASONS.get(code)
    words = known.sentence if known is not None else code.replace("_", " ")
    if not column:
        return words
    return f"{label_of(version.field_map, column) if version is not None else column.replace('_', ' ')}: {words}"


def _told(held: Sequence[DeadLetter], others: Sequence[DeadLetter], tried: _Tried) -> ReplayPreview:
    still = tuple((_why(None, reason), rows) for reason, rows in (+tried.still).most_common(_STILL))
    parts = []
    if tried.rows:
        parts.append(f"{tried.going_in:,} of {counted(tried.rows, 'row')} would now go in")
        if tried.failing:
            named = "; ".join(f"{rows:,} × {why}" for why, rows in still)
            verb = "fails" if tried.failing == 1 else "fail"
            parts[-1] += f"; {tried.failing:,} still {verb}: {named}"
    said = [part if part.endswith(".") else f"{part}." for part in parts]
    if tried.unknown:
        said.append(f"Of {counted(tried.unknown, 'row')} nobody can tell.")
    said += [f"{item.file_name}: {_sentence(item.why_not)}" for item in tried.deliveries if item.why_not][:_STILL]
    said += list(dict.fromkeys(tried.remarks))
    if others:
        count = counted(len(others), "failure")
        said.append(f"{count} of a job or a webhook {'is' if len(others) == 1 else 'are'} simply tried again.")
    if not held:
        said = ["Nothing of it is open, so there is nothing to replay."]
    rows = tried.rows + tried.unknown
    numbers = (rows, tried.going_in, tried.failing, tried.unknown)
    return ReplayPreview(" ".join(said), *numbers, still, tuple(tried.deliveries), (*tried.good, *tried.bad))


def _sentence(text: str) -> str:
    return text if text.endswith(".") else f"{text}."
