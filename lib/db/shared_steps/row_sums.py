"""What the money columns of a load come to, over every row of it that could be read."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from weakref import WeakKeyDictionary

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from sqlalchemy import Engine

from lib.db.unit_of_work import UnitOfWork
from lib.domain.imports import Load
from lib.domain.objects import MICROS
from lib.domain.verdicts import Verdict

# A million rows take a second, and a page asks again with every click: (load, its version) to sums by column.
_Known = dict[tuple[int, int], dict[str, Decimal]]
_KNOWN: WeakKeyDictionary[Engine, _Known] = WeakKeyDictionary()
_MOST_KNOWN = 256
# Nine amounts of a million millions would not fit into 64 bits of micros.
_WIDE = pa.decimal128(38, 0)


def money_sums(tx: UnitOfWork, load: Load, columns: Sequence[str], *, is_fresh: bool = False) -> dict[str, Decimal]:
    """The sum of each of these money columns in currency units: every row counts whatever becomes of it, but failed ones.

    Duplicates and unchanged rows count, since the provider's own total has them too. A column that no row has comes to
    zero. `is_fresh` counts anew instead of remembering what a version of the load came to.
    """
    known = _KNOWN.setdefault(tx.session.connection.engine, {})
    key = load.id, load.version
    found = {} if is_fresh else known.get(key, {})
    missing = [name for name in columns if name not in found]
    if missing:
        found = {**found, **_summed(tx, load, missing)}
        # A load that moved on meanwhile was read half before and half after.
        if tx.loads.by_id(load.id).version == load.version and not is_fresh:
            if len(known) >= _MOST_KNOWN:
                known.clear()
            known[key] = found
    return {name: found[name] for name in columns}


def _summed(tx: UnitOfWork, load: Load, columns: Sequence[str]) -> dict[str, Decimal]:
    failed = np.array(tx.rows.places(load.id, limit=load.row_count, verdicts=(Verdict.FAILED,)), dtype=np.int64)
    sums = dict.fromkeys(columns, Decimal(0))
    for first, table in tx.payloads.tables(load.delivery_id, load.id, "mapped"):
        here = failed[np.searchsorted(failed, first) : np.searchsorted(failed, first + table.num_rows)] - first
        is_sound = np.ones(table.num_rows, dtype=bool)
        is_sound[here] = False
        for name in columns:
            if name in table.column_names:
                cells = table[name].filter(pa.array(is_sound)) if here.size else table[name]
                sums[name] += pc.sum(cells.cast(_WIDE)).as_py() or Decimal(0)
    return {name: micros / MICROS for name, micros in sums.items()}
