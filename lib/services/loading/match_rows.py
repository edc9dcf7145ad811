"""Rows matched to a record without its external id: sort out which may go in, and lay a doubtful one before a person."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from lib.db.unit_of_work import UnitOfWork
from lib.domain.accounts import Account
from lib.domain.imports import Load
from lib.domain.objects import object_type
from lib.domain.people import Right
from lib.domain.rows.matching import (
    AMBIGUOUS,
    KNOWN_BY_MATCH,
    MATCH_CODES,
    NEW_LINKS,
    NEW_RECORD,
    SAME_RECORD,
    read_rules,
)
from lib.domain.states import LoadStatus
from lib.domain.verdicts import GOES_IN, RowClass, Verdict
from lib.errors import DeskError
from lib.mapping.checked import codes_of, masked_phones
from lib.mapping.shown import as_seen, sensitivity_of, shown

_STANDS = (Verdict.UPDATED.value, Verdict.IGNORED.value)
_SHOWN = ("name", "phone", "email", "status")
MOST_SHOWN = 20


@dataclass(frozen=True)
class Candidate:
    """A record that a row may stand for; `is_taken` where another row of the load stands for it already."""

    record_id: int
    external_id: str
    when: str
    summary: str
    is_taken: bool


@dataclass(frozen=True)
class DoubtfulRow:
    """A row that waits for a person's choice, with what it may stand for, oldest record first."""

    row_no: int
    line_no: int
    summary: str
    candidates: tuple[Candidate, ...]


def set_match_rules(tx: UnitOfWork, key: str, name: str, texts: Sequence[str]) -> Account:
    """Give an object of an account its ordered match rules; none brings back that an id alone tells rows apart."""
    tx.actor.require(Right.MANAGE_ACCOUNTS)
    account = tx.accounts.by_key(key)
    if name not in account.signals:
        raise DeskError("object_not_offered", f"{key} has no object {name!r}.", f"It has {', '.join(account.signals)}.")
    rules = read_rules(name, texts)
    if rules == account.matching.get(name, ()):
        return account
    tx.accounts.set_match_rules(account, name, rules)
    detail = {"object": name, "rules": [str(rule) for rule in rules]}
    tx.audit.note("match rules changed", "account", account.id, account.client_id, **detail)
    return tx.accounts.by_id(account.id)


def doubtful_rows(tx: UnitOfWork, load_id: int) -> tuple[DoubtfulRow, ...]:
    """The first rows of a load that may be one of several records, each with these."""
    tx.actor.require(Right.SEE_DETAIL)
    load = tx.loads.by_id(load_id)
    if AMBIGUOUS not in load.reasons:
        return ()
    account, kind = tx.accounts.by_id(load.account_id), object_type(load.object)
    places = tx.rows.places(load.id, limit=MOST_SHOWN, reason=AMBIGUOUS)
    rows, lines = tx.rows.at(load.id, places), dict[int, str]()
    found, mapped = tx.payloads.tables_at(load.delivery_id, load.id, "mapped", places)
    is_masked = np.zeros(rows.num_rows, dtype=bool)
    field_map = tx.maps.by_id(load.map_version_id).field_map
    is_clear = tx.actor.may(Right.APPROVE_LOADS)

    def told(values: dict[str, Any]) -> str:
        texts = (
            as_seen(
                shown(values[name], kind.column(name).kind, account.client_timezone),
                sensitivity_of(field_map, kind, name),
                is_clear=is_clear,
            )
            for name in _SHOWN
            if name in kind.column_names and values.get(name)
        )
        return " · ".join(text for text in texts if text)

    if mapped is not None:
        is_masked[np.isin(places, found)] = masked_phones(mapped)
        lines = {place: told(values) for place, values in zip(found, mapped.to_pylist(), strict=True)}
        if is_clear:
            tx.audit.saw("load", load.id, load.client_id, what="rows")
    ids = _candidates(tx, account, load, rows, is_masked)
    there = tx.records.by_ids(kind, sorted({record_id for some in ids for record_id in some}))
    taken = _standing(tx, load, there)
    return tuple(
        DoubtfulRow(
            row_no,
            line_no,
            lines.get(row_no, ""),
            tuple(
                Candidate(
                    record_id,
                    there[record_id].external_id,
                    shown(
                        there[record_id]._mapping[kind.date_column],
                        kind.column(kind.date_column).kind,
                        account.client_timezone,
                    ),
                    told(dict(there[record_id]._mapping)),
                    bool(set(taken.get(record_id, ())) - {row_no}),
                )
                for record_id in some
            ),
        )
        for row_no, line_no, some in zip(rows["row_no"].to_pylist(), rows["line_no"].to_pylist(), ids, strict=True)
    )


def require_choice(tx: UnitOfWork, load: Load, row_nos: Sequence[int], record_id: int) -> None:
    """Whether rows may be given this record (or NEW_RECORD): one of the same account and object that no other row of
    the load stands for. DeskError `not_doubtful`, `not_a_candidate` or `record_taken`.
    """
    for row in tx.rows.at(load.id, row_nos).to_pylist():
        if row["verdict"] not in GOES_IN or not _is_open(row):
            raise DeskError(
                "not_doubtful",
                f"Line {row['line_no']} of load {load.id} is known by its id or is not written at all, so it is not "
                "matched.",
                "Only a row whose id is new may be another record.",
            )
    if record_id == NEW_RECORD:
        return
    record = tx.records.by_ids(object_type(load.object), [record_id]).get(record_id)
    if record is None or (record.account_id, record.object) != (load.account_id, load.object):
        raise DeskError(
            "not_a_candidate",
            f"Record {record_id} is no {load.object} of this account, so no row here stands for it.",
            "Choose one of those listed, or a new one.",
        )
    if len(row_nos) > 1 or set(_standing(tx, load, [record_id]).get(record_id, ())) - set(row_nos):
        raise DeskError(
            "record_taken",
            f"More than one row of load {load.id} would stand for record {record_id}.",
            "Choose another record or a new one, or leave one of the rows out.",
        )


def sorted_out(tx: UnitOfWork, load: Load) -> tuple[pa.Table, pa.Table] | None:
    """Rows that stand for one record, and those that may stand for several: as they were, and as they are now.

    A load writes each record once. Of ids that are known to be one record the row that is newest, or stands later,
    counts and the others are `duplicate: same_record`; where a rule's match is in the way both are doubtful. A doubtful
    row is held until a person has chosen. None where there is nothing to sort out; DeskError `record_taken` when the
    load is committed already.
    """
    codes = MATCH_CODES & set(load.reasons)
    places = {place for code in codes for place in tx.rows.places(load.id, limit=load.row_count, reason=code)}
    if not places:
        return None
    rows = tx.rows.at(load.id, sorted(places))
    record_ids = rows.filter(pc.is_in(rows["verdict"], pa.array(_STANDS, pa.large_string())))["record_id"]
    beside = _standing(tx, load, record_ids.drop_null().to_pylist())
    clashing = {place for some in beside.values() if len(some) > 1 for place in some}
    lines = {line["row_no"]: line for line in tx.rows.at(load.id, sorted(places | clashing)).to_pylist()}
    was = {place: dict(line) for place, line in lines.items()}
    modified = _modified(tx, load, sorted(clashing))
    for some in beside.values():
        if len(some) > 1:
            _part([lines[place] for place in some], modified)
    for line in lines.values():
        if AMBIGUOUS in codes_of(line["reasons"]) and not line["is_held"]:
            line["is_held"], line["reasons"] = True, _without(line["reasons"], "held", also="held")
    changed = [place for place, line in lines.items() if line != was[place]]
    if not changed:
        return None
    if load.status is LoadStatus.COMMITTED:
        raise DeskError(
            "record_taken",
            f"A row of load {load.id} would stand for a record that another row of it has written already.",
            "Choose another record for it or a new one, or leave it held.",
        )
    new = [place for place in changed if lines[place]["verdict"] == Verdict.CREATED and not lines[place]["record_id"]]
    first = tx.records.reserve_ids(len(new))
    for number, place in enumerate(new):
        lines[place]["record_id"] = first + number
    before, after = (pa.Table.from_pylist([side[place] for place in changed], rows.schema) for side in (was, lines))
    return before, after


def _is_open(row: dict[str, Any]) -> bool:
    """Whether what a row stands for follows from no id of its own: it is new, or was matched in this load."""
    return row["verdict"] == Verdict.CREATED or not NEW_LINKS.isdisjoint(codes_of(row["reasons"]))


def _part(lines: list[dict[str, Any]], modified: dict[int, Any]) -> None:
    """Rows of one record: matches become doubtful, and of those that are known to be it one stands."""
    known = []
    for line in lines:
        matched = NEW_LINKS & codes_of(line["reasons"])
        if matched:
            line.update(verdict=Verdict.CREATED.value, record_id=None)
            line["reasons"] = _without(line["reasons"], *matched, also=AMBIGUOUS)
        else:
            known.append(line)
    known.sort(key=lambda line: (not line["is_held"], str(modified.get(line["row_no"]) or ""), line["line_no"]))
    for line in known[:-1]:
        line.update(verdict=Verdict.DUPLICATE.value, record_id=None)
        line["reasons"] = _without(line["reasons"], "unchanged", KNOWN_BY_MATCH, also=SAME_RECORD)


def _without(reasons: str, *words: str, also: str) -> str:
    return " ".join([*(word for word in reasons.split() if word not in {*words, also}), also])


def _standing(tx: UnitOfWork, load: Load, record_ids: Any) -> dict[int, list[int]]:
    """The ordinals of the rows of the load that stand for each record, those that will not be written aside."""
    found: dict[int, list[int]] = defaultdict(list)
    places = tx.rows.standing_for(load.id, record_ids)
    for line in tx.rows.at(load.id, places).to_pylist() if places else []:
        if line["verdict"] in _STANDS:
            found[line["record_id"]].append(line["row_no"])
    return found


def _modified(tx: UnitOfWork, load: Load, places: list[int]) -> dict[int, Any]:
    found, mapped = tx.payloads.tables_at(load.delivery_id, load.id, "mapped", places) if places else ([], None)
    if mapped is None or "modified_at" not in mapped.column_names:
        return {}
    return dict(zip(found, mapped["modified_at"].to_pylist(), strict=True))


def _candidates(tx: UnitOfWork, account: Account, load: Load, rows: pa.Table, is_masked: Any) -> list[list[int]]:
    """What the account's rules find for each row: the first one that finds anything decides."""
    found: list[list[int]] = [[] for _ in range(rows.num_rows)]
    hashes = {field: rows[f"{field}_hash"] for field in ("phone", "email")}
    is_absent = {field: np.asarray(pc.is_null(column), dtype=bool) for field, column in hashes.items()}
    is_absent["phone"] |= is_masked
    is_genuine = np.asarray(pc.equal(rows["row_class"], RowClass.GENUINE.value), dtype=bool)
    for rule in account.matching.get(load.object, ()):
        lacks = np.logical_or.reduce([is_absent[field] for field in rule.fields]) | ~is_genuine
        places = [place for place in np.flatnonzero(~lacks).tolist() if not found[place]]
        wanted = {field: np.asarray(hashes[field].fill_null(0), dtype=np.int64)[places] for field in rule.fields}
        for place, ids in zip(places, tx.records.bearing(account, object_type(load.object), wanted), strict=True):
            found[place] = ids
    return found
