"""A delivery whose columns differ from what its map reads: said as a diff to confirm, held where it must, with a task (F95)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from hashlib import blake2b
from itertools import islice

from lib.db.unit_of_work import UnitOfWork
from lib.domain.accounts import Account
from lib.domain.findings import Finding
from lib.domain.imports import Delivery, Load
from lib.domain.maps import UNPLACED, FieldMap, FieldRule, IgnoredField, Transform
from lib.domain.people import Right
from lib.domain.states import SPENT_LOADS, LoadStatus
from lib.domain.tasks import DRIFT, Task
from lib.domain.verdicts import Severity
from lib.errors import DeskError
from lib.mapping.drift import Drift, drift, headers_of, headers_of_map, nearest
from lib.mapping.frames import frame_of
from lib.mapping.profile import profile
from lib.mapping.transforms import further_sources
from validation.load_reasons import finding_of

__all__ = ["Drift", "DriftView"]

_HOLDS = "columns_changed"
_LOOKED_AT, _NAMED, _SETS = 100, 5, 12
# Of fewer rows nobody can say what a column looks like: one mistyped date would make it text.
_ENOUGH = 20
# Where a key that has nothing to say is simply left out.
_LOOSE = ("json", "ndjson")


@dataclass(frozen=True)
class DriftView:
    """How the columns of a load differ from those its map reads.

    `gone` and `retyped` are of columns that are mapped; `is_held` while somebody must confirm it. `nearest` names the
    known header set that comes closest, and `mend` is a map that reads the renamed columns, None where none was renamed.
    """

    drift: Drift
    gone: tuple[str, ...]
    is_held: bool
    nearest: str = ""
    mend: FieldMap | None = None


def looks_of(tx: UnitOfWork, load: Load) -> dict[str, str]:
    """What the first rows of the columns that the map knows look like; nothing where they are not kept.

    Asked once, when a load arrives: its rows do not change, and to tell their types is most of the work.
    """
    known = headers_of_map(tx.maps.by_id(load.map_version_id).field_map)
    for _, table in islice(tx.payloads.tables(load.delivery_id, load.id, "raw"), 1):
        names = [name for name in table.column_names if known.get(name) and table.num_rows >= _ENOUGH]
        return headers_of(profile(frame_of(table.select(names).slice(0, _LOOKED_AT)))) if names else {}
    return {}


def drift_of(tx: UnitOfWork, load_id: int) -> DriftView | None:
    """What differs in a load; None where a map reads every column as it came."""
    tx.actor.require(Right.SEE_DETAIL)
    load = tx.loads.by_id(load_id)
    delivery = tx.deliveries.by_id(load.delivery_id)
    found = _drift(tx, load, delivery)
    if found is None:
        return None
    item, gone = found
    field_map = tx.maps.by_id(load.map_version_id).field_map
    is_held = load.status is LoadStatus.IN_REVIEW and any(
        finding.code == _HOLDS and finding.severity is Severity.BLOCK for finding in load.findings
    )
    return DriftView(
        item, gone, is_held, _nearest(tx, load, delivery), _mended(field_map, item) if item.renamed else None
    )


def notice_drift(tx: UnitOfWork, account: Account, load: Load) -> list[Finding]:
    """What is found against a load whose columns differ; a task is opened for the owner. Tests of an import say it too.

    It holds the load where a mapped column is gone that was there before: read through the map as it is, the values it
    brought would be cleared. New columns hold nothing, nor do values of another type, whose rows fail by themselves.
    """
    delivery = tx.deliveries.by_id(load.delivery_id)
    found = _drift(tx, load, delivery)
    if found is None:
        return []
    item, gone = found
    must_hold = _must_hold(tx, load, gone)
    told = _told(item, gone)
    if not load.is_test:
        mark = blake2b(repr((item.new, item.missing, item.retyped)).encode(), digest_size=10).hexdigest()
        sentence = f"{account.source_label}: the columns of {delivery.file_name} are not those the map reads. {told}"
        detail = {"object": load.object, "load": load.id, "new": list(item.new), "held": must_hold}
        cause = f"drift:{account.id}:{load.object}:{mark}"
        tx.tasks.open_task(account, DRIFT, cause, sentence, f"import_review?load={load.id}", detail)
    # What holds nothing is said by the load's own warnings already.
    return [finding_of(_HOLDS, told, gone=len(gone), new=len(item.new))] if must_hold else []


def confirm_drift(tx: UnitOfWork, load_id: int, reason: str) -> Load:
    """Let a load with other columns go on; DeskError `nothing_to_confirm` where nothing holds it."""
    tx.actor.require(Right.APPROVE_LOADS)
    load = tx.loads.by_id(load_id)
    view = drift_of(tx, load_id)
    if view is None or not view.is_held:
        raise DeskError("nothing_to_confirm", f"No change of columns holds load {load_id}.", "Look at the load again.")
    if not reason.strip():
        raise DeskError("reason_missing", "Confirming other columns needs a reason.", "Say why it is right.")
    confirmed = tx.loads.confirm(load, _HOLDS)
    told = _told(view.drift, view.gone)
    tx.audit.note("columns confirmed", "load", load.id, load.client_id, what=told[:300], reason=reason.strip()[:300])
    for task in tx.tasks.listed(account_id=load.account_id, kind=DRIFT):
        if int(task.detail["load"]) == load.id:
            tx.tasks.close_task(task, f"{tx.actor.email} confirmed it: {reason.strip()}")
    return confirmed


def settle_tasks(tx: UnitOfWork, account: Account, name: str) -> None:
    """Close the tasks about columns of an object that wait for nobody any more."""
    for task in tx.tasks.standing([DRIFT], account.id):
        if task.detail["object"] == name and (because := _over(tx, account, task)):
            tx.tasks.close_task(task, because)


def _over(tx: UnitOfWork, account: Account, task: Task) -> str:
    load = tx.loads.by_id(int(task.detail["load"]))
    if load.status in SPENT_LOADS:
        return f"Load {load.id} was given up or taken back."
    version = tx.maps.approved(account, load.object)
    if version is not None and version.id != load.map_version_id:
        answered = headers_of_map(version.field_map)
        columns = tx.deliveries.by_id(load.delivery_id).facts.get("columns", ())
        if not any(name not in answered for name in columns):
            return f"Map {version.version} answers for every column."
    return ""


def _drift(tx: UnitOfWork, load: Load, delivery: Delivery) -> tuple[Drift, tuple[str, ...]] | None:
    """What differs, and the mapped columns that are gone; None where that is nothing to a map."""
    field_map = tx.maps.by_id(load.map_version_id).field_map
    known = headers_of_map(field_map)
    answered = {*delivery.added} - {*known}
    columns = [str(name) for name in delivery.facts.get("columns", ()) if name not in answered]
    if not columns:
        return None
    found = {name: load.looks.get(name, "") for name in columns}
    item = drift(known, found, load.object)
    mapped = {source for rule in field_map.fields for source in (rule.source, *further_sources(rule.transforms))}
    is_loose = delivery.facts.get("kind") in _LOOSE
    gone = () if is_loose else tuple(name for name in item.missing if name in mapped)
    return (item, gone) if item.new or gone or item.retyped else None


def _must_hold(tx: UnitOfWork, load: Load, gone: tuple[str, ...]) -> bool:
    before = next(
        (other for other in tx.loads.of_object(load.account_id, load.object) if other.status is LoadStatus.COMMITTED),
        None,
    )
    if before is None or not gone:
        return False
    was = tx.deliveries.by_id(before.delivery_id).facts.get("columns", ())
    return any(name in was for name in gone)


def _nearest(tx: UnitOfWork, load: Load, delivery: Delivery) -> str:
    """The earlier delivery or the map whose columns come closest, in words."""
    sets: dict[str, Mapping[str, str]] = {}
    for other in tx.loads.of_object(load.account_id, load.object)[: _SETS * 3]:
        if other.delivery_id != delivery.id and len(sets) < _SETS:
            earlier = tx.deliveries.by_id(other.delivery_id)
            columns = earlier.facts.get("columns", ())
            sets[f"delivery {earlier.id}, {earlier.file_name}"] = dict.fromkeys(map(str, columns), "")
    found = nearest(dict.fromkeys(map(str, delivery.facts.get("columns", ())), ""), sets, load.object)
    if found is None:
        return ""
    name, item = found
    return f"The same export as {name}." if item.is_none else f"Nearest is {name}: {item.in_words}."


def _mended(field_map: FieldMap, item: Drift) -> FieldMap:
    """The map with each renamed column read under its new name, and the new ones answered for."""
    names = {pair.was: pair.now for pair in item.renamed}
    explained = {*names.values()}
    ignored = [replace(each, source=names.get(each.source, each.source)) for each in field_map.ignored]
    new = [IgnoredField(name, UNPLACED) for name in item.new if name not in explained]
    return replace(
        field_map, fields=tuple(_renamed(rule, names) for rule in field_map.fields), ignored=(*ignored, *new)
    )


def _renamed(rule: FieldRule, names: Mapping[str, str]) -> FieldRule:
    steps = tuple(
        Transform(
            step.name, {**step.options, "sources": [names.get(str(each), each) for each in step.options["sources"]]}
        )
        if "sources" in step.options
        else step
        for step in rule.transforms
    )
    return replace(rule, source=names.get(rule.source, rule.source), transforms=steps)


def _told(item: Drift, gone: tuple[str, ...]) -> str:
    renamed = {pair.was: pair.now for pair in item.renamed}
    parts = [
        _listed("renamed", [f"{was} to {now}" for was, now in renamed.items()]),
        _listed("gone", [name for name in gone if name not in renamed]),
        _listed("new", [name for name in item.new if name not in renamed.values()]),
        _listed("of another type", [f"{each.name} (was {each.was}, now {each.now})" for each in item.retyped]),
    ]
    return " ".join(part for part in parts if part)


def _listed(words: str, names: list[str]) -> str:
    if not names:
        return ""
    more = f" and {len(names) - _NAMED} more" if len(names) > _NAMED else ""
    return f"{words.capitalize()}: {', '.join(names[:_NAMED])}{more}."
