"""Say what approving a load would do to the client's numbers, without writing anything (F49)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from lib.db.shared_steps.last_versions import last_versions
from lib.db.shared_steps.metric_effects import MetricEffect, metric_effects, rolled_up
from lib.db.shared_steps.published_standing import PublishedOnLoad, published_under
from lib.db.shared_steps.record_writer import row_groups
from lib.db.unit_of_work import UnitOfWork
from lib.domain.accounts import Account
from lib.domain.imports import Load
from lib.domain.jobs import Progress
from lib.domain.maps import FieldMap
from lib.domain.objects import Destination, ObjectType, object_type
from lib.domain.people import Right
from lib.domain.states import LoadStatus
from lib.domain.verdicts import Verdict
from lib.errors import DeskError
from lib.mapping.merged import merged, with_kept
from lib.reporting.effect import Effect

__all__ = ["LoadEffect", "MetricEffect", "PublishedOnLoad", "effect_stamp", "load_effect"]


@dataclass(frozen=True)
class LoadEffect:
    """What a load would do; `is_behind` when another load was committed since its rows were judged.

    `published` are the numbers that a client is shown now and that would be taken back.
    """

    load: Load
    is_behind: bool
    metrics: tuple[MetricEffect, ...]
    published: tuple[PublishedOnLoad, ...] = ()

    def as_dict(self) -> dict[str, Any]:
        """The same for machines."""
        metrics, published = [item.as_dict() for item in self.metrics], [item.as_dict() for item in self.published]
        return {"load": self.load.id, "behind": self.is_behind, "metrics": metrics, "published": published}


def effect_stamp(tx: UnitOfWork, load_id: int) -> tuple[int, ...]:
    """The load, its version, the commits of its object that it was judged after and that there are now, and what of its
    account is published.

    While these are the same, so is its effect.
    """
    tx.actor.require(Right.SEE_DETAIL)
    load = tx.loads.by_id(load_id)
    published = tx.statements.published_ids(load.account_id)
    return load.id, load.version, load.staged_epoch, tx.accounts.epoch(load.account_id, load.object), *published


def load_effect(tx: UnitOfWork, load_id: int, progress: Progress = lambda *_: None) -> LoadEffect:
    """Every metric of the load's object, now and after its approval; a test import changes none of them.

    DeskError `not_in_review` for a load that is decided on.
    """
    tx.actor.require(Right.SEE_DETAIL)
    load = tx.loads.by_id(load_id)
    if load.status is not LoadStatus.IN_REVIEW:
        raise DeskError(
            "not_in_review",
            f"Load {load_id} is {load.status.replace('_', ' ')}; its effect is foretold only while it is in review.",
            "`metrics` shows the numbers as they are.",
        )
    account = tx.accounts.by_id(load.account_id)
    is_behind = load.staged_epoch != tx.accounts.epoch(account.id, load.object)
    if load.is_test:
        return LoadEffect(load, is_behind, ())
    counted = rolled_up(tx, account, load.object)
    effect = Effect(
        object_type(load.object), account.client_timezone, {name: item.template for name, item in counted.items()}
    )
    _gather(tx, account, load, effect, progress)
    moved = {name: changes.moved_days for name, changes in effect.changes.items()}
    metrics = metric_effects(tx, account, load.object, counted, effect)
    return LoadEffect(load, is_behind, metrics, published_under(tx, account, moved))


def _gather(tx: UnitOfWork, account: Account, load: Load, effect: Effect, progress: Progress) -> None:
    kind, field_map = object_type(load.object), tx.maps.by_id(load.map_version_id).field_map
    done = 0
    for rows, mapped in row_groups(tx, load):
        progress("working out the effect", done, load.row_count)
        for verdict in (Verdict.CREATED, Verdict.UPDATED):
            wanted = np.flatnonzero((rows["verdict"] == verdict.value) & ~rows["is_held"])
            if wanted.size:
                values = _values(kind, field_map, rows["row_class"][wanted], mapped.take(wanted))
                if verdict is Verdict.UPDATED:
                    ids = rows["record_id"][wanted]
                    before, values = _before_and_after(tx, account, load, kind, field_map, ids, values)
                    effect.add(before, -1)
                effect.add(values, 1)
        done += mapped.num_rows


def _values(kind: ObjectType, field_map: FieldMap, classes: Any, mapped: pa.Table) -> pa.Table:
    """Class and mapped columns, as the commit would write them."""
    targets = {rule.target for rule in field_map.fields} | {"external_id"}
    names = [name for name in kind.column_names if name in targets and name in mapped.column_names]
    return pa.table({"row_class": pa.array(classes, pa.large_string()), **{name: mapped[name] for name in names}})


def _before_and_after(
    tx: UnitOfWork, account: Account, load: Load, kind: ObjectType, field_map: FieldMap, ids: Any, values: pa.Table
) -> tuple[pa.Table, pa.Table]:
    """What the updated rows replace, and what stands there then."""
    if kind.destination is Destination.TRAFFIC:
        there = last_versions(tx, account, load, kind, values["external_id"].to_pylist())
        return there.filter(there["is_there"]), with_kept(field_map, there, values)
    there = tx.records.images(kind, ids.tolist())
    values = values.take(pc.index_in(there["id"], value_set=pa.array(ids)))
    return there, merged(field_map, there, values)
