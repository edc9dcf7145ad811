"""What stayed out of a committed load: each failed row under one cause, with what the rows of that cause are worth."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Collection
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from lib.db.unit_of_work import UnitOfWork
from lib.domain.accounts import Account
from lib.domain.imports import Load
from lib.domain.objects import Kind, ObjectType, object_type
from lib.domain.running.failed_work import FailedWork, Step, Subject
from lib.domain.verdicts import Severity, Verdict
from validation.policy import severity_under
from validation.reasons import REASONS

# Of more failed rows than these nobody is told what they are worth: their values lie all over the file.
_MOST_WEIGHED = 20_000
_NONE = ("failed", "")
_READING = frozenset({"unreadable_line"})

Cause = tuple[str, str]
CauseOf = Callable[[str], Cause]


@dataclass(frozen=True)
class FailedRows:
    """The rows of one load that failed for one cause; `worth` is (micros, column of money), None where not known."""

    work: FailedWork
    worth: tuple[int, str] | None


def failed_rows(tx: UnitOfWork, account: Account, load: Load) -> list[FailedRows]:
    """Each failed row of a load in exactly one of these: by the one of its reasons that stands for why it stays out.

    A row may give several reasons, so the load's counters alone would count it twice.
    """
    failed = load.verdicts[Verdict.FAILED]
    if not failed:
        return []
    kind = object_type(load.object)
    cause_of = causes(account, kind)
    if failed > _MOST_WEIGHED:
        counts: Counter[Cause] = Counter()
        for text, rows in tx.dead_letters.failed_reasons(load.id):
            counts[cause_of(text)] += rows
        worths: dict[Cause, tuple[int, str]] = {}
    else:
        counts, worths = _weighed(tx, load, kind, cause_of)
    return [
        FailedRows(_work(load, cause, rows), worths.get(cause))
        for cause, rows in sorted(counts.items(), key=lambda item: (-item[1], item[0]))
    ]


def places(tx: UnitOfWork, account: Account, load: Load, wanted: Collection[Cause], limit: int) -> dict[int, Cause]:
    """The ordinals of at most `limit` failed rows of a load that lie in the lines of these (code, column), in order."""
    cause_of = causes(account, object_type(load.object))
    found: set[int] = set()
    for code, column in wanted:
        reason = f"{code}:{column}" if column else code
        such = "" if (code, column) == _NONE else reason
        found.update(tx.rows.places(load.id, limit=limit, verdicts=(Verdict.FAILED,), reason=such))
    rows = tx.rows.at(load.id, sorted(found))
    pairs = zip(rows["row_no"].to_pylist(), rows["reasons"].to_pylist(), strict=True)
    mine = {row_no: cause for row_no, text in pairs if (cause := cause_of(text)) in wanted}
    return dict(list(mine.items())[:limit])


def ids(tx: UnitOfWork, account: Account, load: Load, cause: Cause, limit: int) -> set[int]:
    """By which the failed rows of a load that lie in a line are known again, as keyed hashes; none where one has no id."""
    found = tx.rows.at(load.id, list(places(tx, account, load, [cause], limit)))["id_hash"].to_pylist()
    return set() if None in found else set(found)


def brought(tx: UnitOfWork, load: Load, wanted: set[int]) -> set[int]:
    """Which of these ids a load brought, whatever became of their rows."""
    return set(tx.rows.at(load.id, tx.rows.sharing_ids(load.id, sorted(wanted)))["id_hash"].to_pylist())


def causes(account: Account, kind: ObjectType) -> CauseOf:
    """Which (code, column) keeps a failed row out, by its reasons as they are written.

    Of several that block it the one of the object's first column counts, so that a row stays with its cause whatever
    the map looks at first.
    """
    known: dict[str, Cause] = {}
    order = {name: place for place, name in enumerate(("", *kind.column_names))}

    def cause(text: str) -> Cause:
        if text not in known:
            words = text.split()
            blocking = [word for word in words if severity_under(account.policies, word, kind) is Severity.BLOCK]
            pairs = [(code, column) for code, _, column in (word.partition(":") for word in blocking or words)]
            known[text] = min(pairs, key=lambda pair: (order.get(pair[1], len(order)), pair[0]), default=_NONE)
        return known[text]

    return cause


def _weighed(
    tx: UnitOfWork, load: Load, kind: ObjectType, cause_of: CauseOf
) -> tuple[Counter[Cause], dict[Cause, tuple[int, str]]]:
    rows = tx.rows.at(load.id, tx.rows.places(load.id, limit=load.row_count, verdicts=(Verdict.FAILED,)))
    places: dict[Cause, list[int]] = defaultdict(list)
    for row_no, text in zip(rows["row_no"].to_pylist(), rows["reasons"].to_pylist(), strict=True):
        places[cause_of(text)].append(row_no)
    counts = Counter({cause: len(found) for cause, found in places.items()})
    money = [column.name for column in kind.columns if column.kind is Kind.MONEY]
    if not money:
        return counts, {}
    found, mapped = tx.payloads.tables_at(load.delivery_id, load.id, "mapped", rows["row_no"].to_pylist())
    if mapped is None:
        return counts, {}
    kept = np.array(found, dtype=np.int64)
    worths = {}
    for cause, mine in places.items():
        worth = _worth(mapped.filter(pa.array(np.isin(kept, mine))), money)
        if worth is not None:
            worths[cause] = worth
    return counts, worths


def _worth(mapped: pa.Table, money: list[str]) -> tuple[int, str] | None:
    """The sum of the first column of money that the rows fill."""
    for name in money:
        if name in mapped.column_names:
            total = pc.sum(mapped[name].cast(pa.int64())).as_py()
            if total:
                return int(total), name
    return None


def _work(load: Load, cause: Cause, rows: int) -> FailedWork:
    code, column = cause
    reason = REASONS.get(code)
    return FailedWork(
        account_id=load.account_id,
        client_id=load.client_id,
        object=load.object,
        step=Step.READ if code in _READING else Step.VALIDATE,
        code=code,
        column=column,
        subject=Subject.LOAD,
        subject_id=load.id,
        sentence=reason.sentence if reason else "The row failed and stayed out.",
        mend=reason.mend if reason else "Look at the row in its load.",
        row_count=rows,
    )
