"""Open a load: the checked rows of a delivery, with their verdicts, written down for review in one transaction."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
import orjson
import pandas as pd

from lib.db.repositories.loads import Counts
from lib.db.repositories.maps import MapVersion
from lib.db.repositories.payloads import Chunk, pack
from lib.db.unit_of_work import UnitOfWork
from lib.domain.accounts import Account
from lib.domain.imports import Delivery, Load
from lib.domain.maps import RECEIVED_AT, UNPLACED, FieldMap
from lib.domain.objects import Kind, object_type
from lib.domain.people import Right
from lib.domain.readings import ReadingFacts
from lib.domain.states import SPENT_LOADS
from lib.domain.verdicts import RowClass, Verdict
from lib.errors import DeskError
from lib.mapping.apply import Mapped
from lib.mapping.check import answered
from lib.mapping.checked import CheckedBatch, CheckedRows, Classified, joined, reason_texts, unreadable
from lib.mapping.classes import ClassReport
from lib.mapping.content import row_hashes
from lib.mapping.keys import external_ids, keyed_hash, row_texts
from lib.mapping.transforms import further_sources
from lib.reporting.periods import local_days
from validation.checks import CheckReport

_CHUNK_ROWS = 1000


@dataclass(frozen=True)
class Staged:
    """Everything that is written when a load is opened: light rows, and the payload packed in chunks."""

    rows: CheckedRows
    raw: list[Chunk]
    mapped: list[Chunk]
    days: tuple[date, date] | None


def earlier_load(tx: UnitOfWork, delivery: Delivery, name: str, version: MapVersion, *, is_test: bool) -> Load | None:
    """The load that this delivery, object and map version already have, unless it is spent (settled question 4)."""
    found = tx.loads.latest_of(delivery.id, name, version.id, is_test=is_test)
    return None if found is None or found.status in SPENT_LOADS else found


def require_key(version: MapVersion, facts: ReadingFacts) -> None:
    """Refuse a file that lacks the column its map takes the key from.

    Keyed by their whole content instead, rows that are known already would all become records a second time.
    """
    rule = version.field_map.rule_for("external_id")
    if rule is None or not rule.source:
        return
    if not {rule.source, *further_sources(rule.transforms)} & set(facts.columns):
        raise DeskError(
            "key_missing",
            f"The file has no column {rule.source!r}, which version {version.version} of the map takes as the key, "
            "so nothing was imported.",
            "Send the file with that column, or approve a map that uses another key.",
        )


def checked_batch(
    account: Account,
    field_map: FieldMap,
    *,
    first_row: int,
    lines: Any,
    raw: pd.DataFrame,
    mapped: Mapped,
    report: CheckReport,
    marks: ClassReport,
    hash_key: bytes,
) -> CheckedBatch:
    """One batch boiled down to what classifying needs, and to the lines of JSON that are kept."""
    # A row that names no key is known by the hash of the whole row (settled question 5).
    kind, frame = object_type(field_map.object), mapped.frame.assign(external_id=external_ids(mapped.frame, raw))
    mapped_lines = row_texts(frame)
    evidence = marks.evidence[["row", "code"]].assign(column="")
    reasons = pd.concat([report.reasons[["row", "column", "code"]], evidence], ignore_index=True)
    ids = _text(frame, "external_id")
    rows = CheckedRows(
        lines=np.asarray(lines, dtype=np.int64),
        external_ids=ids,
        hashes=row_hashes(field_map, frame, mapped_lines),
        modified=_moments(frame, "modified_at"),
        groups=_text(frame, "group_id"),
        is_failed=report.is_failed,
        classes=np.asarray(marks.row_class, dtype=object),
        reasons=reason_texts(len(frame), reasons),
        id_hash=_keyed(ids, hash_key),
        phone_hash=_keyed(_text(frame, "phone"), hash_key),
        email_hash=_keyed(_text(frame, "email"), hash_key),
    )
    raw_lines = [orjson.dumps(values) for values in _raw_values(raw)]
    basis = frame.get(kind.date_column)
    days = _days(basis[~report.is_failed], kind.column(kind.date_column).kind, account) if basis is not None else None
    return CheckedBatch(first_row, rows, raw_lines, mapped_lines, days)


def packed(batches: Sequence[CheckedBatch], rejected: dict[int, str]) -> Staged:
    """Batches joined, with the lines that could not be read as failed rows after them."""
    raw, mapped = [], []
    for batch in batches:
        raw.extend(_chunks(batch.first_row, batch.raw_lines))
        mapped.extend(_chunks(batch.first_row, batch.mapped_lines))
    rows = joined([batch.rows for batch in batches])
    if rejected:
        lost = [orjson.dumps({"unreadable line": text}) for _, text in sorted(rejected.items())]
        raw.extend(_chunks(len(rows), lost))
        rows = joined([rows, unreadable(sorted(rejected))])
    spans = [batch.days for batch in batches if batch.days is not None]
    days = (min(first for first, _ in spans), max(last for _, last in spans)) if spans else None
    return Staged(rows, raw, mapped, days)


def open_load(
    tx: UnitOfWork,
    account: Account,
    delivery: Delivery,
    version: MapVersion,
    facts: ReadingFacts,
    staged: Staged,
    classified: Classified,
    *,
    is_test: bool,
) -> Load:
    """Write the delivery's facts, the load with its counters, its rows and its payload: all of it or nothing."""
    tx.actor.require(Right.IMPORT)
    first, last = _range(delivery, staged)
    tx.deliveries.mark_read(delivery, len(staged.rows), _kept_facts(facts), first, last)
    if account.retention_days > 0 and not _has_raw(tx, delivery):
        tx.payloads.keep(delivery, 0, "raw", staged.raw)
    load = tx.loads.open_load(
        delivery,
        name=version.object,
        map_version_id=version.id,
        is_test=is_test,
        counts=counts_of(classified),
        warnings=_warnings(delivery, version, facts),
        first=first,
        last=last,
        epoch=tx.accounts.epoch(account.id, version.object),
    )
    tx.payloads.keep(delivery, load.id, "mapped", staged.mapped)
    tx.rows.add_rows(load.id, _rows(staged.rows, classified))
    tx.audit.note("load opened", "load", load.id, account.client_id, delivery=delivery.id, rows=load.row_count)
    return load


def counts_of(classified: Classified) -> Counts:
    """The counters of a load."""
    verdicts = {verdict: int((classified.verdicts == verdict).sum()) for verdict in Verdict}
    classes = {row_class: int((classified.classes == row_class).sum()) for row_class in RowClass}
    return Counts(len(classified.verdicts), verdicts, classes, classified.reason_counts)


def _has_raw(tx: UnitOfWork, delivery: Delivery) -> bool:
    return next(tx.payloads.rows(delivery.id, 0, "raw"), None) is not None


def _range(delivery: Delivery, staged: Staged) -> tuple[date | None, date | None]:
    if delivery.is_range_given or staged.days is None:
        return delivery.range_from, delivery.range_to
    return staged.days


def _kept_facts(facts: ReadingFacts) -> dict[str, Any]:
    # A file with a million doubtful lines must not become a fact of a hundred megabytes; the counts stay exact.
    most = 1000
    kept = facts.as_dict()
    for name in ("skipped", "rejected", "flagged"):
        kept[f"{name}_count"] = len(kept[name])
        kept[name] = kept[name][:most]
    return kept


def _warnings(delivery: Delivery, version: MapVersion, facts: ReadingFacts) -> list[str]:
    known = answered(version.field_map)
    unanswered = [column for column in facts.columns if column not in known]
    expected = dict.fromkeys(rule.source for rule in version.field_map.fields if rule.source != RECEIVED_AT)
    absent = [source for source in expected if source and source not in facts.columns]
    nowhere = sum(item.reason == UNPLACED for item in version.field_map.ignored)
    sentences = [
        (
            not delivery.is_range_given,
            "The date range was taken from the rows, so its first and last day may be unfinished.",
        ),
        (delivery.is_partial, "This is a partial delivery: it makes no day complete and supports no claim."),
        (bool(unanswered), f"New and in no map, {_counted(len(unanswered), 'column')}: {', '.join(unanswered[:5])}."),
        (
            bool(absent),
            f"Mapped but missing from the file, {_counted(len(absent), 'column')}: {', '.join(absent[:5])}.",
        ),
        (nowhere > 0, f"Left out because nothing fits, {_counted(nowhere, 'column')}."),
        (bool(facts.flagged), f"Read with a doubt, {_counted(len(facts.flagged), 'line')}; the delivery lists them."),
        (bool(facts.rejected), f"Could not be read and counted as failed, {_counted(len(facts.rejected), 'line')}."),
    ]
    return [sentence for holds, sentence in sentences if holds]


def _counted(count: int, noun: str) -> str:
    return f"{count} {noun}" if count == 1 else f"{count} {noun}s"


def _rows(rows: CheckedRows, classified: Classified) -> list[dict[str, Any]]:
    columns = zip(
        rows.lines.tolist(),
        classified.verdicts.tolist(),
        classified.classes.tolist(),
        classified.reasons.tolist(),
        rows.id_hash.tolist(),
        rows.phone_hash.tolist(),
        rows.email_hash.tolist(),
        classified.record_ids.tolist(),
        strict=True,
    )
    return [
        {
            "row_no": row_no,
            "line_no": line,
            "verdict": str(verdict),
            "row_class": str(row_class),
            "reasons": reasons[:1000],
            "id_hash": id_hash,
            "phone_hash": phone,
            "email_hash": email,
            "record_id": record_id or None,
        }
        for row_no, (line, verdict, row_class, reasons, id_hash, phone, email, record_id) in enumerate(columns)
    ]


def _chunks(first_row: int, lines: list[bytes]) -> list[Chunk]:
    return [pack(first_row + start, lines[start : start + _CHUNK_ROWS]) for start in range(0, len(lines), _CHUNK_ROWS)]


def _raw_values(raw: pd.DataFrame) -> list[dict[str, str]]:
    names = [str(name) for name in raw.columns]
    columns = [raw[name].array.to_numpy(dtype=object, na_value=None).tolist() for name in raw.columns]
    return [
        {name: value for name, value in zip(names, values, strict=True) if value is not None}
        for values in zip(*columns, strict=True)
    ]


def _text(frame: pd.DataFrame, column: str) -> np.ndarray[Any, np.dtype[np.object_]]:
    if column not in frame:
        return np.full(len(frame), "", dtype=object)
    return np.asarray(frame[column].array.to_numpy(dtype=object, na_value=""), dtype=object)


def _moments(frame: pd.DataFrame, column: str) -> np.ndarray[Any, np.dtype[np.datetime64]]:
    if column not in frame:
        return np.full(len(frame), np.datetime64("NaT"), dtype="datetime64[us]")
    return np.asarray(frame[column].dt.tz_localize(None), dtype="datetime64[us]")


def _keyed(values: np.ndarray[Any, np.dtype[np.object_]], key: bytes) -> np.ndarray[Any, np.dtype[np.object_]]:
    return np.asarray(keyed_hash(pd.Series(values, dtype=object), key), dtype=object)


def _days(basis: pd.Series[Any], kind: Kind, account: Account) -> tuple[date, date] | None:
    found = basis.dropna()
    if found.empty:
        return None
    days = found if kind is Kind.DATE else local_days(pd.Series([found.min(), found.max()]), account.client_timezone)
    return date.fromisoformat(days.min()), date.fromisoformat(days.max())
