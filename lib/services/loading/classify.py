"""Give every row its verdict, class and reasons against what is already known."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from lib.db.unit_of_work import UnitOfWork
from lib.domain.accounts import Account
from lib.domain.objects import Destination, object_type
from lib.domain.rows.matching import AMBIGUOUS, BY_PERSON, KNOWN_BY_MATCH, NEW_BY_PERSON, NEW_RECORD
from lib.domain.verdicts import RowClass, Verdict
from lib.mapping.apply import Mapped
from lib.mapping.checked import CheckedRows, Earlier, Judged, Texts
from lib.mapping.classes import ClassReport, classify, resale_duplicates
from lib.mapping.keys import FileKeys
from lib.providers import template


def mark_batch(account: Account, mapped: Mapped, raw: pd.DataFrame) -> ClassReport:
    """The class of each row by the account's own rules and the marks of its provider (R10), with the evidence."""
    return classify(
        mapped.frame, raw, (*(rule.mark for rule in account.class_rules), *template(account.provider).marks)
    )


def judge_rows(tx: UnitOfWork, account: Account, name: str, rows: CheckedRows, earlier: Earlier) -> Judged:
    """Verdicts against what is known now; writes nothing, so a preview asks it too.

    A row that a reason blocks fails. One that is known is updated, or ignored because nothing changed; any other is
    created, unless the account's match rules find the record it stands for. That several rows of a file share a key, or
    stand for one record, shows at its end only: see `lib.mapping.keys.FileKeys` and `match_rows.settle_matches`.
    """
    classes = _with_resales(tx, account, name, rows, earlier)
    count = len(rows)
    record_ids = np.zeros(count, dtype=np.int64)
    verdicts = np.full(count, Verdict.CREATED.value, dtype=object)
    sound = np.flatnonzero(~rows.is_failed)
    reasons = rows.reasons.copy()
    known = tx.external_objects.known(account, name, pd.unique(rows.external_ids[sound]).tolist())
    place_of = pc.index_in(pa.array(rows.external_ids[sound], pa.large_string()), value_set=known["external_id"])
    is_known = np.asarray(place_of.is_valid())
    places, met = sound[is_known], known.take(place_of.drop_null())
    seen = {column: np.array(met[column].to_pylist(), dtype=object) for column in ("content_hash", "row_class")}
    hashes = np.array([found.hex() for found in rows.hashes[places]], dtype=object)
    is_same = (seen["content_hash"] == hashes) & (seen["row_class"] == classes[places])
    verdicts[places] = np.where(is_same, Verdict.IGNORED.value, Verdict.UPDATED.value)
    record_ids[places] = np.asarray(met["record_id"])
    is_alias = np.zeros(count, dtype=bool)
    is_alias[places] = np.asarray(pc.not_equal(met["record_id"], met["id"]))
    _say(reasons, is_alias, KNOWN_BY_MATCH)
    if account.matching.get(name) or rows.chosen.any():
        _match(tx, account, name, replace(rows, classes=classes), verdicts, reasons, record_ids)
    verdicts[rows.is_failed] = Verdict.FAILED.value
    return Judged(verdicts, classes, _reasons(replace(rows, reasons=reasons), verdicts, classes), record_ids)


def _match(
    tx: UnitOfWork,
    account: Account,
    name: str,
    rows: CheckedRows,
    verdicts: Texts,
    reasons: Texts,
    record_ids: npt.NDArray[np.int64],
) -> None:
    """Look for the record of each genuine row whose id is unknown: a person's word first, then the rules in order."""
    is_open = ~rows.is_failed & (record_ids == 0)
    said = np.flatnonzero(is_open & (rows.chosen > 0))
    there = tx.records.standing(object_type(name), rows.chosen[said].tolist())["id"] if said.size else said
    for place in said[np.isin(rows.chosen[said], there)].tolist():
        verdicts[place], record_ids[place] = Verdict.UPDATED.value, rows.chosen[place]
    _say(reasons, is_open & (record_ids > 0), BY_PERSON)
    _say(reasons, is_open & (rows.chosen == NEW_RECORD), NEW_BY_PERSON)
    is_open &= (record_ids == 0) & (rows.chosen != NEW_RECORD) & (rows.classes == RowClass.GENUINE)
    hashes = {
        "phone": np.ma.masked_array(_whole(rows.phone_hash), mask=_absent(rows.phone_hash) | rows.is_masked),
        "email": np.ma.masked_array(_whole(rows.email_hash), mask=_absent(rows.email_hash)),
    }
    for rule in account.matching.get(name, ()):
        has_all = is_open & ~np.logical_or.reduce([np.ma.getmaskarray(hashes[field]) for field in rule.fields])
        places = np.flatnonzero(has_all)
        wanted = {field: hashes[field].data[places] for field in rule.fields}
        found = tx.records.bearing(account, object_type(name), wanted)
        for place, ids in zip(places.tolist(), found, strict=True):
            if len(ids) == 1:
                verdicts[place], record_ids[place] = Verdict.UPDATED.value, ids[0]
                reasons[place] = f"{reasons[place]} {rule.code}".strip()
            elif ids:
                reasons[place] = f"{reasons[place]} {AMBIGUOUS}".strip()
            is_open[place] = not ids


def _whole(hashes: pa.Array) -> npt.NDArray[np.int64]:
    return np.asarray(hashes.fill_null(0), dtype=np.int64)


def _absent(hashes: pa.Array) -> npt.NDArray[np.bool_]:
    return np.asarray(hashes.is_null(), dtype=bool)


def with_new_ids(tx: UnitOfWork, judged: Judged) -> Judged:
    """The same with an id reserved for each record that is to be created and has none."""
    is_new = np.flatnonzero((judged.verdicts == Verdict.CREATED) & (judged.record_ids == 0))
    first = tx.records.reserve_ids(len(is_new))
    judged.record_ids[is_new] = np.arange(first, first + len(is_new))
    return judged


def within_one_file(judged: Judged, rows: CheckedRows) -> Judged:
    """The verdicts of rows that are a whole file: those that lose to another row of the same key are duplicates."""
    keys = FileKeys()
    keys.add(rows.external_ids, rows.modified, rows.is_failed)
    verdicts = judged.verdicts.copy()
    verdicts[keys.losers()] = Verdict.DUPLICATE.value
    return replace(judged, verdicts=verdicts)


def _with_resales(tx: UnitOfWork, account: Account, name: str, rows: CheckedRows, earlier: Earlier) -> Texts:
    """The classes, with one homeowner's request that was sold again set apart where the provider resells."""
    offered, kind = template(account.provider).object(name), object_type(name)
    classes = rows.classes.copy()
    if not offered.resale_group or kind.destination is not Destination.APP or not len(rows):
        return classes
    groups = [group for group in pd.unique(rows.groups) if group]
    known = earlier.groups | tx.records.first_of_groups(account, kind, groups)
    is_genuine = (classes == RowClass.GENUINE) & ~rows.is_failed
    is_resold = resale_duplicates(pd.Series(rows.groups), is_genuine, pd.Series(rows.external_ids), known)
    for place in np.flatnonzero(is_genuine & ~is_resold & (rows.groups != "")):
        earlier.groups.setdefault(rows.groups[place], rows.external_ids[place])
    classes[is_resold] = RowClass.MARKETPLACE_DUPLICATE.value
    return classes


def _reasons(rows: CheckedRows, verdicts: Texts, classes: Texts) -> Texts:
    reasons = rows.reasons.copy()
    _say(reasons, verdicts == Verdict.IGNORED, "unchanged")
    is_resold = (classes == RowClass.MARKETPLACE_DUPLICATE) & (rows.classes != RowClass.MARKETPLACE_DUPLICATE)
    _say(reasons, is_resold, "class_marketplace_duplicate")
    return reasons


def _say(reasons: Texts, where: npt.NDArray[np.bool_], code: str) -> None:
    places = np.flatnonzero(where)
    reasons[places] = [f"{text} {code}" if text else code for text in reasons[places].tolist()]
