"""Set what the money columns of a load come to beside what was expected of them and what the file says itself."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pandas as pd

from lib.db.shared_steps.row_sums import money_sums
from lib.db.unit_of_work import UnitOfWork
from lib.domain.accounts import Account
from lib.domain.arriving.readings import TOTAL_LINE
from lib.domain.imports import Delivery
from lib.domain.maps import FieldMap
from lib.domain.objects import MICROS, object_type
from lib.domain.people import Right
from lib.mapping.apply import apply_map
from lib.mapping.shown import label_of
from lib.providers.context import map_context
from lib.reporting.control_totals import ControlTotal, ToldTotal, money_columns

_MOST_TOLD = 5


def totals_of(tx: UnitOfWork, load_id: int) -> tuple[ControlTotal, ...]:
    """Each money column of which something was expected or is told by a total line of the file itself.

    What the file tells is shown and never trusted: only what a person expects holds an approval up.
    """
    tx.actor.require(Right.SEE_DETAIL)
    load = tx.loads.by_id(load_id)
    delivery, account = tx.deliveries.by_id(load.delivery_id), tx.accounts.by_id(load.account_id)
    field_map = tx.maps.by_id(load.map_version_id).field_map
    told = _told(account, delivery, field_map)
    columns = [name for name in money_columns(object_type(load.object)) if name in {*told, *delivery.control_totals}]
    found = money_sums(tx, load, columns)
    return tuple(
        ControlTotal(
            name,
            label_of(field_map, name),
            Decimal(delivery.control_totals[name]) if name in delivery.control_totals else None,
            found[name],
            tuple(told.get(name, ())),
        )
        for name in columns
    )


def _told(account: Account, delivery: Delivery, field_map: FieldMap) -> dict[str, list[ToldTotal]]:
    """What the file's own total lines say of each money column, read as the rows' cells are."""
    columns = list(delivery.facts.get("columns", ()))
    lines = [note for note in delivery.facts.get("skipped", ()) if note["why"] == TOTAL_LINE and note.get("cells")]
    amounts = set(money_columns(object_type(field_map.object)))
    rules = tuple(rule for rule in field_map.fields if rule.target in amounts and rule.source in columns)
    if not lines or not rules:
        return {}
    frame = _frame(lines[:_MOST_TOLD], columns)
    # The word that makes it a total may stand in a money column: such a cell is no amount, and is left out.
    read = apply_map(replace(field_map, fields=rules), frame, map_context(account, field_map.object)).frame
    told: dict[str, list[ToldTotal]] = {}
    for name in read.columns:
        for note, micros in zip(lines, read[name].tolist(), strict=False):
            if not pd.isna(micros):
                told.setdefault(str(name), []).append(ToldTotal(note["line"], Decimal(micros) / MICROS))
    return told


def _frame(lines: Sequence[dict[str, Any]], columns: Sequence[str]) -> pd.DataFrame:
    rows = [[*note["cells"][: len(columns)], *[""] * (len(columns) - len(note["cells"]))] for note in lines]
    return pd.DataFrame(rows, columns=list(columns), dtype="str")
