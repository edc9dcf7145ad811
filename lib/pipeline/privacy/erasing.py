"""Erase a person in short transactions, in an order that can be stopped anywhere and goes on: plan, payloads, records,
files, texts, and at the end the pages of an embedded database that still hold what was deleted.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Concatenate, ParamSpec

from lib.db.bulk import batches
from lib.db.embedded.scrubbed import scrub
from lib.db.unit_of_work import Desk, UnitOfWork
from lib.domain.access.privacy import Erasure, Sought, Traces, require_somebody
from lib.domain.jobs import Progress
from lib.domain.people import Actor, Right
from lib.mapping.mentions import Mentions, marks_of
from lib.pipeline.privacy.finding import look, own_files
from lib.services.privacy import erase_person

P = ParamSpec("P")
Counts = dict[str, int]
Work = Callable[[UnitOfWork], Counts]
_RECORDS, _ROWS = 500, 5_000
# Somebody may have committed what was in review: then the rest is found by looking again.
_LOOKS = 3
# What was left in the desk's own folder by a process that ended in the middle; a younger file is somebody's.
_LEFT_BEHIND = timedelta(hours=1)
_PASSING = ("uploads", "downloads")


@dataclasses.dataclass(frozen=True)
class Erased:
    """The report of an erasure, and what could not be changed, each place with why."""

    report: Erasure
    staying: tuple[tuple[str, str], ...]


def erase(
    desk: Desk, actor: Actor, who: Sought, reason: str, *, by_name: bool = False, progress: Progress = lambda *_: None
) -> list[Erased]:
    """Erase a person in everything the actor may see; a report for each client, or one for the whole desk.

    Names are left alone unless `by_name`: they may be somebody else's. Stopped anywhere, the same call goes on.
    """
    actor.require(Right.MANAGE_ACCOUNTS)
    sought = who if by_name else who.without_names()
    require_somebody(sought)
    scopes = [actor]
    if actor.client_ids is not None:
        scopes = [dataclasses.replace(actor, client_ids=frozenset({one})) for one in sorted(actor.client_ids)]
    return [_erase(desk, one, sought, reason, progress) for one in scopes]


def _erase(desk: Desk, actor: Actor, sought: Sought, reason: str, progress: Progress) -> Erased:
    who, marks = Mentions(sought, desk.hash_key), marks_of(sought, desk.hash_key)
    number, traces = desk.do(actor, erase_person.begin, who, marks, reason, look(desk, actor, who, progress))
    for _ in range(_LOOKS):
        steps = list(_steps(traces, who))
        for place, work in enumerate(steps):
            progress("erasing", place, len(steps))
            desk.do(actor, _noted, number, work)
        traces = look(desk, actor, who)
        if traces.is_gone:
            break
    return _closed(desk, actor, who, number, traces)


def _steps(traces: Traces, who: Mentions) -> Iterator[Work]:
    for chunk_id in sorted(traces.chunks):
        yield _step(erase_person.empty_chunk, chunk_id, traces, who)
    for load_id, places in sorted(traces.rows.items()):
        for some in batches(sorted(places), _ROWS):
            yield _step(erase_person.empty_edits, load_id, some)
    for name, ids in sorted(traces.records.items()):
        for some in batches(sorted(ids), _RECORDS):
            yield _step(erase_person.empty_records, name, some)
    for delivery_id in sorted(traces.files):
        yield _step(erase_person.drop_file, delivery_id)
    for some in batches(sorted(traces.receipts), _RECORDS):
        yield _step(erase_person.empty_parked, some, who)
    for table in sorted({item.table for item in traces.sightings if not item.stays}):
        yield _step(erase_person.redact_texts, table, who)


def _step(verb: Callable[Concatenate[UnitOfWork, P], Counts], *args: P.args, **kwargs: P.kwargs) -> Work:
    return lambda tx: verb(tx, *args, **kwargs)


def _noted(tx: UnitOfWork, number: int, work: Work) -> Counts:
    counts = {name: count for name, count in work(tx).items() if count}
    if counts:
        erase_person.note_done(tx, number, counts)
    return counts


def _closed(desk: Desk, actor: Actor, who: Mentions, number: int, traces: Traces) -> Erased:
    """Sweep what no table shows, and say what stays and why."""
    staying = [(f"{item.called}, {', '.join(item.columns)}", item.stays) for item in traces.sightings if item.stays]
    staying += [
        (f"the file of delivery {number}", "a load is being read from it; erase again once it is there")
        for number in sorted(traces.files)
    ]
    left_files = 0
    for path in own_files(desk, actor, who):
        if _is_left_behind(desk, path):
            path.unlink(missing_ok=True)
        else:
            left_files += 1
            staying.append(
                (str(path.relative_to(desk.settings.var)), "is a file that is in use; it goes when it was taken in")
            )
    for name, engine in (("the app database", desk.app), ("the traffic database", desk.traffic)):
        if why := scrub(engine):
            staying.append((name, why))
    left = {"staying": sum(bool(item.stays) for item in traces.sightings) + left_files}
    report = desk.do(actor, erase_person.finish, number, left, is_gone=traces.is_gone)
    return Erased(report, tuple(staying))


def _is_left_behind(desk: Desk, path: Path) -> bool:
    """Whether a file passed through the desk's own folder and whoever passed it is gone."""
    if path.relative_to(desk.settings.var).parts[0] not in _PASSING:
        return False
    try:
        return desk.clock() - datetime.fromtimestamp(path.stat().st_mtime, UTC) > _LEFT_BEHIND
    except FileNotFoundError:
        return False
