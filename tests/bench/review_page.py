"""What one click on the review page of a load costs the services behind it: any filter, any depth."""

from __future__ import annotations

import statistics
import time
from itertools import chain
from typing import Any

from lib.db.unit_of_work import Desk
from lib.domain.people import Actor
from lib.domain.verdicts import RowClass, Verdict
from lib.services.reviewing import review, review_reasons, review_rows
from lib.services.reviewing.review_rows import RowQuery

_DEPTHS = (0.0, 0.5, 0.999)
_TIMES = 3


def clicks(desk: Desk, actor: Actor, load_id: int) -> dict[str, Any]:
    """Milliseconds of a click: p50 and p95 of all of them, `worst` the slowest filter and depth by its median, and which.

    A click is what the page asks in one run: the load, what fails in it, and a page of rows.
    """
    rows = desk.ask(actor, review.look_at, load_id).load.row_count
    every: list[float] = []
    medians: dict[str, float] = {}
    for name, query in _queries(desk, actor, load_id).items():
        for depth in _DEPTHS:
            took = [_click(desk, actor, load_id, query, int(rows * depth)) for _ in range(_TIMES)]
            every.extend(took)
            medians[f"{name} from {depth:.1%}"] = statistics.median(took)
    every.sort()
    worst = max(medians, key=lambda name: medians[name])
    return {
        "p50_ms": statistics.median(every),
        "p95_ms": every[int(len(every) * 0.95)],
        "worst_ms": medians[worst],
        "worst": worst,
        "clicks": len(every),
        "rows": rows,
    }


def _click(desk: Desk, actor: Actor, load_id: int, query: RowQuery, start: int) -> float:
    began = time.perf_counter()
    desk.ask(actor, review.look_at, load_id)
    desk.ask(actor, review_reasons.what_fails, load_id)
    desk.ask(actor, review_rows.rows_page, load_id, query, start)
    return (time.perf_counter() - began) * 1000


def _queries(desk: Desk, actor: Actor, load_id: int) -> dict[str, RowQuery]:
    """What the page's address may ask: verdicts with any class, and any reason with all rows or the failed ones."""
    load = desk.ask(actor, review.look_at, load_id).load
    fails = desk.ask(actor, review_reasons.what_fails, load_id)
    reasons = [kind.reason for kind in chain(fails.failing, fails.remarks, fails.informs)]
    shown: dict[str, tuple[Verdict, ...]] = {"all": (), **{str(verdict): (verdict,) for verdict in Verdict}}
    shown["left out"] = (Verdict.DUPLICATE, Verdict.IGNORED)
    classes = [str(kind) for kind in RowClass if load.classes.get(kind)]
    return {
        " ".join(word for word in (name, kind, reason) if word): RowQuery(verdicts, kind, reason)
        for name, verdicts in shown.items()
        for kind, reason in [("", ""), *((kind, "") for kind in classes), *(("", reason) for reason in reasons)]
        if not reason or name in ("all", str(Verdict.FAILED))
    }
