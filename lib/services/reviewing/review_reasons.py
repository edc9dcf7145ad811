"""Say why rows of a load failed or were remarked on: each kind of trouble with its sentence, its mend and samples."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from lib.db.unit_of_work import UnitOfWork
from lib.domain.maps import FieldMap, Sensitivity
from lib.domain.objects import ObjectType, object_type
from lib.domain.people import Right
from lib.domain.settings.retention import no_longer_kept
from lib.domain.verdicts import Severity, Verdict
from lib.mapping.shown import as_seen, cut, label_of, raw_cells, sensitivity_of
from validation.reasons import REASONS, severity_of

SAMPLES = 20


@dataclass(frozen=True)
class ReasonKind:
    """One kind of trouble: `reason` is how rows name it (`code` or `code:column`), `field` the column in words or ''."""

    reason: str
    field: str
    rows: int
    severity: Severity
    sentence: str
    mend: str


@dataclass(frozen=True)
class WhatFails:
    """Kinds largest first: those that fail rows, remarks on rows that go in all the same, and what needs nothing."""

    failing: tuple[ReasonKind, ...]
    remarks: tuple[ReasonKind, ...]
    informs: tuple[ReasonKind, ...]


@dataclass(frozen=True)
class Sample:
    """One row that gives a reason: its line in the file, and the cell it is about with that cell's column name.

    `gone` says so where retention has taken the cell, else ''.
    """

    line_no: int
    source: str
    value: str
    gone: str


def what_fails(tx: UnitOfWork, load_id: int) -> WhatFails:
    """Every kind of trouble of a load. A row that fails for two reasons counts in both kinds."""
    tx.actor.require(Right.SEE_DETAIL)
    load = tx.loads.by_id(load_id)
    field_map, kind = tx.maps.by_id(load.map_version_id).field_map, object_type(load.object)
    failing = {
        word: rows
        for word, rows in load.failing.items()
        if not word.endswith(":") and severity_of(word, kind) is Severity.BLOCK
    }
    beside = {code: rows - load.failing.get(f"{code}:", 0) for code, rows in load.reasons.items()}
    others = _kinds({code: rows for code, rows in beside.items() if rows > 0}, field_map, kind)
    return WhatFails(
        tuple(_kinds(failing, field_map, kind)),
        tuple(found for found in others if found.severity is not Severity.INFO),
        tuple(found for found in others if found.severity is Severity.INFO),
    )


def samples_of(tx: UnitOfWork, load_id: int, reason: str, *, is_failed: bool) -> tuple[Sample, ...]:
    """Up to twenty rows that give a reason, first ones first; `is_failed` looks among the failed rows only."""
    tx.actor.require(Right.SEE_DETAIL)
    load = tx.loads.by_id(load_id)
    verdicts = (Verdict.FAILED,) if is_failed else ()
    rows = tx.rows.page(load.id, start=0, limit=SAMPLES, verdicts=verdicts, reason=reason)
    field_map, kind = tx.maps.by_id(load.map_version_id).field_map, object_type(load.object)
    raw = tx.payloads.rows_at(load.delivery_id, load.id, "raw", [row.row_no for row in rows])
    is_clear = tx.actor.may(Right.APPROVE_LOADS)
    gone = "" if len(raw) == len(rows) else no_longer_kept(tx.accounts.by_id(load.account_id).retention_days)
    found = []
    for row in rows:
        target = _column(reason, row.reasons)
        cells = raw_cells(field_map, target, raw[row.row_no]) if row.row_no in raw else []
        sensitivity = sensitivity_of(field_map, kind, target) if target else Sensitivity.CONFIDENTIAL
        filled = [(source, cell) for source, cell in cells if cell] or cells
        source = ", ".join(name for name, _ in filled)
        value = cut(" ".join(as_seen(cell, sensitivity, is_clear=is_clear) for _, cell in filled))
        found.append(Sample(row.line_no, source, value, "" if row.row_no in raw else gone))
    if raw and is_clear:
        tx.audit.saw("load", load.id, load.client_id, what="raw cells")
    return tuple(found)


def _kinds(counts: Mapping[str, int], field_map: FieldMap, kind: ObjectType) -> list[ReasonKind]:
    ordered = sorted(counts.items(), key=lambda item: (-item[1], item[0]))
    return [_kind(word, rows, field_map, kind) for word, rows in ordered]


def _kind(word: str, rows: int, field_map: FieldMap, kind: ObjectType) -> ReasonKind:
    code, _, column = word.partition(":")
    known = REASONS.get(code)
    sentence, mend = (known.sentence, known.mend) if known else (code, "")
    field = label_of(field_map, column) if column else ""
    return ReasonKind(word, field, rows, severity_of(word, kind), sentence, mend)


def _column(reason: str, text: str) -> str:
    """The column that a row's reason is about: the one asked for, else the first that the row names with this code."""
    code, _, column = reason.partition(":")
    if column:
        return column
    return next((word.partition(":")[2] for word in text.split() if word.partition(":")[0] == code), "")
