"""The history of runs (R5), page by page, and the way of their rows from what was received to what was committed."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from lib.db.unit_of_work import UnitOfWork
from lib.domain.accounts import Account
from lib.domain.objects import object_type
from lib.domain.people import Right
from lib.domain.running.runs import LoadSums, Run, RunLoad
from lib.domain.states import DeliveryStatus, LoadStatus
from lib.domain.verdicts import Severity
from validation.reasons import REASONS, severity_of

SPANS = (7, 28, 90)
PAGE = 12
_LISTED = 20
# Reasons are read of so many loads; the newest failures are the ones somebody can still mend.
_LOOKED_AT = 200


@dataclass(frozen=True)
class RunLine:
    """One delivery with its account and what it was read into."""

    run: Run
    account: Account
    loads: tuple[RunLoad, ...]


@dataclass(frozen=True)
class Funnel:
    """Deliveries and rows of a span. Each step holds what is left of the one before it.

    `not_loaded` are deliveries that were read and only tried or not yet imported; `stopped` loads that failed half way,
    were turned down or taken back, with their rows. `written` is what went in, `left_out` the committed loads' other rows.
    """

    received: int
    refused: int
    read: int
    not_loaded: int
    mapped: int
    stopped_loads: int
    stopped_rows: int
    failed: int
    valid: int
    waiting_loads: int
    waiting: int
    written: int
    left_out: int


@dataclass(frozen=True)
class History:
    """One page of the runs of a span, newest first, with their number, and the funnel over all of them."""

    now: datetime
    days: int
    page: int
    pages: int
    runs: tuple[RunLine, ...]
    funnel: Funnel


@dataclass(frozen=True)
class FailedReason:
    """One reason for which rows failed: how many, and the newest load that holds some, for samples."""

    reason: str
    rows: int
    loads: int
    load_id: int
    account: Account
    object: str
    sentence: str
    mend: str


@dataclass(frozen=True)
class Opened:
    """What lies behind one box: runs, loads or reasons, and how many loads were looked at for them."""

    runs: tuple[RunLine, ...] = ()
    loads: tuple[tuple[RunLoad, Account], ...] = ()
    reasons: tuple[FailedReason, ...] = ()


_SPENT = (LoadStatus.FAILED, LoadStatus.REJECTED, LoadStatus.UNDONE)


def history(tx: UnitOfWork, account: str = "", *, client: str = "", days: int = SPANS[1], page: int = 1) -> History:
    """The runs of an account, of a client, or of all in scope over the last `days`; NotFound outside the scope."""
    tx.actor.require(Right.SEE_DETAIL)
    accounts, since = _accounts(tx, account, client), tx.now - timedelta(days=days)
    ids = list(accounts)
    sums = tx.runs.delivery_sums(ids, since)
    total = sum(item.deliveries for item in sums)
    pages = max(1, -(-total // PAGE))
    page = min(max(page, 1), pages)
    runs = tx.runs.page(ids, since, skipped=(page - 1) * PAGE, limit=PAGE)
    by_status = {item.status: item for item in sums}
    refused = by_status.get(DeliveryStatus.REFUSED)
    read = sum(item.rows for item in sums if item.status is not DeliveryStatus.REFUSED)
    funnel = _funnel(tx.runs.load_sums(ids, since), total, refused.deliveries if refused else 0, read)
    return History(tx.now, days, page, pages, _lines(tx, accounts, runs), funnel)


def opened(tx: UnitOfWork, box: str, account: str = "", *, client: str = "", days: int = SPANS[1]) -> Opened:
    """What lies behind a box of the funnel: `read`, `mapped`, `valid`, `review` or `committed`; empty for any other."""
    tx.actor.require(Right.SEE_DETAIL)
    accounts, since = _accounts(tx, account, client), tx.now - timedelta(days=days)
    ids = list(accounts)
    if box in ("received", "read"):
        return Opened(runs=_lines(tx, accounts, tx.runs.refused(ids, since, _LISTED)))
    if box == "mapped":
        spent = tx.runs.standing_at(ids, since, _SPENT, _LISTED)
        unread = tx.runs.not_loaded(ids, since, _LISTED)
        return Opened(_lines(tx, accounts, unread), tuple((load, accounts[load.account_id]) for load in spent))
    if box == "valid":
        return Opened(reasons=_reasons(tx, accounts, since))
    wanted = {"review": (LoadStatus.IN_REVIEW, LoadStatus.APPROVED), "committed": (LoadStatus.COMMITTED,)}.get(box, ())
    found = tx.runs.standing_at(ids, since, wanted, _LISTED) if wanted else []
    return Opened(loads=tuple((load, accounts[load.account_id]) for load in found))


def _accounts(tx: UnitOfWork, account: str, client: str) -> dict[int, Account]:
    found = [tx.accounts.by_key(account)] if account else tx.accounts.every(_client_id(tx, client))
    return {item.id: item for item in found}


def _client_id(tx: UnitOfWork, client: str) -> int | None:
    return tx.clients.by_key(client).id if client else None


def _lines(tx: UnitOfWork, accounts: dict[int, Account], runs: Sequence[Run]) -> tuple[RunLine, ...]:
    loads: dict[int, list[RunLoad]] = defaultdict(list)
    for load in tx.runs.newest_loads([run.id for run in runs]):
        loads[load.delivery_id].append(load)
    return tuple(RunLine(run, accounts[run.account_id], tuple(loads[run.id])) for run in runs)


def _funnel(sums: Sequence[LoadSums], received: int, refused: int, read: int) -> Funnel:
    spent = [item for item in sums if item.status in _SPENT]
    standing = [item for item in sums if item.status not in _SPENT]
    waiting = [item for item in standing if item.status is not LoadStatus.COMMITTED]
    done = [item for item in standing if item.status is LoadStatus.COMMITTED]
    mapped = sum(item.rows for item in standing)
    failed = sum(item.failed for item in standing)
    stopped = sum(max(item.arriving, item.rows) for item in spent)
    arriving = sum(max(item.arriving, item.rows) for item in standing)
    written = sum(item.written - item.held for item in done)
    return Funnel(
        received=received,
        refused=refused,
        read=read,
        not_loaded=max(0, read - stopped - arriving),
        mapped=mapped,
        stopped_loads=sum(item.loads for item in spent),
        stopped_rows=stopped,
        failed=failed,
        valid=mapped - failed,
        waiting_loads=sum(item.loads for item in waiting),
        waiting=sum(item.rows - item.failed for item in waiting),
        written=written,
        left_out=sum(item.rows - item.failed for item in done) - written,
    )


def _reasons(tx: UnitOfWork, accounts: dict[int, Account], since: datetime) -> tuple[FailedReason, ...]:
    """Every reason for which rows of these loads failed, the largest first, account by account."""
    rows: dict[tuple[int, str, str], int] = defaultdict(int)
    loads: dict[tuple[int, str, str], list[int]] = defaultdict(list)
    for load, told in tx.runs.failing(list(accounts), since, _LOOKED_AT):
        if load.status in _SPENT:
            continue
        kind = object_type(load.object)
        for reason, count in told.items():
            if not reason.endswith(":") and severity_of(reason, kind) is Severity.BLOCK:
                key = (load.account_id, load.object, reason)
                rows[key] += count
                loads[key].append(load.id)
    ordered = sorted(rows, key=lambda key: (-rows[key], key))
    return tuple(_reason(accounts[key[0]], key[1], key[2], rows[key], loads[key]) for key in ordered[:_LISTED])


def _reason(account: Account, name: str, reason: str, rows: int, loads: Sequence[int]) -> FailedReason:
    code = reason.partition(":")[0]
    known = REASONS.get(code)
    sentence, mend = (known.sentence, known.mend) if known else (code, "")
    return FailedReason(reason, rows, len(loads), max(loads), account, name, sentence, mend)
