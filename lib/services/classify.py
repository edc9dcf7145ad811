"""Give every row its verdict, class and reasons against what is already known."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from lib.db.unit_of_work import UnitOfWork
from lib.domain.accounts import Account
from lib.domain.objects import Destination, object_type
from lib.domain.verdicts import RowClass, Verdict
from lib.mapping.apply import Mapped
from lib.mapping.checked import CheckedRows, Classified, count_reasons
from lib.mapping.classes import ClassReport, classify, resale_duplicates
from lib.mapping.keys import in_file_duplicates
from lib.providers import template


def mark_batch(account: Account, mapped: Mapped, raw: pd.DataFrame) -> ClassReport:
    """The class of each row by the marks of its provider (R10), with the evidence."""
    return classify(mapped.frame, raw, template(account.provider).marks)


@dataclass(frozen=True)
class Judged:
    """The verdict and class of each row against what is known, with the record of each that is known already (else 0)."""

    verdicts: npt.NDArray[np.object_]
    classes: npt.NDArray[np.object_]
    record_ids: npt.NDArray[np.int64]


def judge_rows(tx: UnitOfWork, account: Account, name: str, rows: CheckedRows) -> Judged:
    """Verdicts against what is known now, for all rows of a file at once; writes nothing, so a preview asks it too.

    A row that a reason blocks fails. Of several rows with one key the latest modified stands, else the last, and the
    others are duplicates. What is left is created, updated, or ignored because nothing changed.
    """
    classes = _with_resales(tx, account, name, rows)
    is_duplicate = _duplicates(rows)
    known = tx.external_objects.known(account, name, _distinct(rows.external_ids[~rows.is_failed]))
    record_ids = np.zeros(len(rows), dtype=np.int64)
    verdicts = np.full(len(rows), Verdict.CREATED, dtype=object)
    for place in np.flatnonzero(~rows.is_failed & ~is_duplicate):
        found = known.get(rows.external_ids[place])
        if found is not None:
            is_same = found.content_hash == rows.hashes[place].decode() and found.row_class == classes[place]
            verdicts[place] = Verdict.IGNORED if is_same else Verdict.UPDATED
            record_ids[place] = found.record_id
    verdicts[is_duplicate] = Verdict.DUPLICATE
    verdicts[rows.is_failed] = Verdict.FAILED
    return Judged(verdicts, classes, record_ids)


def classify_rows(tx: UnitOfWork, account: Account, name: str, rows: CheckedRows) -> Classified:
    """What `judge_rows` says, with an id reserved for each record that is to be created, and every reason."""
    judged = judge_rows(tx, account, name, rows)
    verdicts, record_ids = judged.verdicts, judged.record_ids
    is_new = np.flatnonzero(verdicts == Verdict.CREATED)
    first = tx.records.reserve_ids(len(is_new))
    record_ids[is_new] = np.arange(first, first + len(is_new))
    reasons = _reasons(rows, verdicts, judged.classes)
    return Classified(verdicts, judged.classes, reasons, record_ids, count_reasons(reasons))


def _duplicates(rows: CheckedRows) -> npt.NDArray[np.bool_]:
    """Which rows lose to another row of the same key; a failed row neither wins nor loses."""
    is_duplicate = np.zeros(len(rows), dtype=bool)
    sound = np.flatnonzero(~rows.is_failed)
    if len(sound):
        ids, modified = pd.Series(rows.external_ids[sound]), pd.Series(rows.modified[sound])
        is_duplicate[sound] = in_file_duplicates(ids, modified)
    return is_duplicate


def _with_resales(tx: UnitOfWork, account: Account, name: str, rows: CheckedRows) -> npt.NDArray[np.object_]:
    """The classes, with one homeowner's request that was sold again set apart where the provider resells."""
    offered, kind = template(account.provider).object(name), object_type(name)
    classes = rows.classes.copy()
    if not offered.resale_group or kind.destination is not Destination.APP or not len(rows):
        return classes
    known = tx.records.first_of_groups(account, kind, _distinct(rows.groups))
    is_genuine = (classes == RowClass.GENUINE) & ~rows.is_failed
    is_resold = resale_duplicates(pd.Series(rows.groups), is_genuine, pd.Series(rows.external_ids), known)
    classes[is_resold] = RowClass.MARKETPLACE_DUPLICATE
    return classes


def _reasons(
    rows: CheckedRows, verdicts: npt.NDArray[np.object_], classes: npt.NDArray[np.object_]
) -> npt.NDArray[np.object_]:
    reasons = rows.reasons.copy()
    _say(reasons, verdicts == Verdict.DUPLICATE, "in_file")
    _say(reasons, verdicts == Verdict.IGNORED, "unchanged")
    is_resold = (classes == RowClass.MARKETPLACE_DUPLICATE) & (rows.classes != RowClass.MARKETPLACE_DUPLICATE)
    _say(reasons, is_resold, "class_marketplace_duplicate")
    return reasons


def _say(reasons: npt.NDArray[np.object_], where: npt.NDArray[np.bool_], code: str) -> None:
    add: Callable[[str], str] = lambda text: f"{text} {code}".strip()  # noqa: E731
    for place in np.flatnonzero(where):
        reasons[place] = add(reasons[place])


def _distinct(values: npt.NDArray[np.object_]) -> list[str]:
    return [value for value in pd.unique(values) if value]
