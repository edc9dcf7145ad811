"""Rungs 3 and 4: every field answered for, what was promised is defined, and a reviewed import of each object (R9, R15)."""

from __future__ import annotations

from lib.domain.ladder.gates import Gate
from lib.domain.ladder.rungs.looking import Looking, day_in_words, named
from lib.domain.ladder.standing import LoadSeen, ObjectStanding
from lib.domain.states import MapStatus
from lib.domain.verdicts import Verdict
from lib.domain.wording import counted, listed


def mapped(look: Looking) -> tuple[Gate, ...]:
    """A gate for the map of each object that was begun with, and the one of the promise."""
    maps = tuple(_map(look, item) for item in look.standing.climbing)
    none = look.gate(
        "map", "Map", False, "No object is mapped yet", climb="Map the fields of a sample.", page="field_maps"
    )
    return (*(maps or (none,)), _promise(look))


def tested(look: Looking) -> tuple[Gate, ...]:
    """A gate for the reviewed import of each of those objects."""
    tests = tuple(_test(look, item) for item in look.standing.climbing)
    climb = "Approve a map first, then import a small file as a test."
    return tests or (look.gate("test_import", "Test import", False, "Nothing was imported yet", climb=climb),)


def _map(look: Looking, item: ObjectStanding) -> Gate:
    key, what, page = f"map.{item.object}", f"Map of {named(item.object)}", f"field_maps?object={item.object}"
    if item.approved_version is None:
        found = "No map yet" if item.map_version is None else f"Map {item.map_version} is {item.map_status}"
        waits = item.map_status is MapStatus.SUBMITTED
        climb = "Look the map over and approve it." if waits else "Map its fields, and approve the map."
        return look.gate(key, what, False, found, climb=climb, page=page)
    newer = item.map_version != item.approved_version and item.map_status is MapStatus.SUBMITTED
    found = f"Map {item.approved_version} is approved" + (f", map {item.map_version} waits" if newer else "")
    stale = f"the columns that came are not those it reads: {item.drift}" if item.drift else ""
    climb = "Answer for the columns: confirm them, or approve a map that reads them."
    by, at = item.approved_by, item.approved_at
    return look.gate(key, what, not stale, found, by=by, at=at, stale=stale, climb=climb, page=page)


def _promise(look: Looking) -> Gate:
    account, metrics = look.account, look.standing.metrics
    key, what = "promise_defined", "Public promise"
    if not account.public_promise or not account.promised:
        lacks = "What the client was told is not written" if not account.public_promise else "No metric is promised"
        climb = "Write what the client was told this will show, and choose the metrics of it."
        return look.gate(key, what, False, lacks, climb=climb)
    undefined = [name for name in account.promised if name not in metrics]
    if undefined:
        said = f"{listed(undefined)} {'is' if len(undefined) == 1 else 'are'} promised and not defined"
        return look.gate(key, what, False, said, climb="Define the metric, or promise another.")
    said = f"{listed([metrics[name].label for name in account.promised])}: {account.public_promise}"
    return look.gate(key, what, True, said, by=account.owner_email)


def _test(look: Looking, item: ObjectStanding) -> Gate:
    key, what, page = f"test_import.{item.object}", f"Test import of {named(item.object)}", "import_review"
    climb, load = "Import a small file as a test, look at its rows, and accept it.", item.proof
    if load is None:
        seen = item.last_load
        if seen is None:
            return look.gate(key, what, False, "Nothing was imported yet", climb=climb, page=page)
        where = str(seen.status).replace("_", " ")
        found = f"Load {seen.id} is {where}: {_verdicts(seen)}"
        return look.gate(key, what, False, found, climb=climb, page=f"import_review?load={seen.id}")
    found = f"{'Test load' if load.is_test else 'Load'} {load.id}, map {load.map_version}: {_verdicts(load)}"
    at = load.approved_at or load.created_at
    stale = ""
    if load.map_version != item.approved_version:
        approved = (
            f"map {item.approved_version} was approved since" if item.approved_version else "that is not approved"
        )
        stale = f"load {load.id} was read through map {load.map_version}, and {approved}"
    elif look.is_old(at, look.good_days):
        stale = f"it is older than {counted(look.good_days, 'day')}: {day_in_words(at)}"
    return look.gate(key, what, not stale, found, by=load.approved_by, at=at, stale=stale, climb=climb, page=page)


def _verdicts(load: LoadSeen) -> str:
    counts = [f"{load.verdicts[verdict]:,} {verdict}" for verdict in Verdict if load.verdicts.get(verdict)]
    return ", ".join(counts) or "no rows"
