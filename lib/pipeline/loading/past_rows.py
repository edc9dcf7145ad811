"""What a past delivery left behind, beside its bytes: its committed rows, people's words on them and texts over cells."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa

from lib.db.unit_of_work import UnitOfWork
from lib.domain.imports import Load
from lib.errors import DeskError
from lib.reporting.impact import IS_IN, LEFT, LOSES
from lib.services.arriving.read import Batch
from lib.services.reviewing.impact import Past

_BY_PERSON = ("ignored_by_person", "class_by_person")


@dataclass(frozen=True)
class Stood:
    """Rows of a committed load: their lines, their values, and what people said of them."""

    rows: pa.Table
    mapped: pa.Table
    verdicts: npt.NDArray[np.object_]
    is_out: npt.NDArray[np.bool_]
    is_reclassed: npt.NDArray[np.bool_]


def committed(tx: UnitOfWork, past: Past, batch: Batch, count: int) -> Stood:
    """What was committed of a batch of rows; DeskError `payload_gone` where their values are no longer kept."""
    places = range(batch.first_row, batch.first_row + count)
    rows = tx.rows.columns(past.load.id, batch.first_row, batch.first_row + count - 1)
    found, mapped = tx.payloads.tables_at(past.load.delivery_id, past.load.id, "mapped", places)
    if mapped is None or len(found) < count or rows.num_rows < count:
        raise DeskError("payload_gone", f"The rows of load {past.load.id} are no longer kept.", "Import the file anew.")
    words = [text.split() for text in rows["reasons"].fill_null("").to_pylist()]
    ignored, reclassed = (np.array([said in text for text in words], dtype=bool) for said in _BY_PERSON)
    is_held = np.array(rows["is_held"].to_pylist(), dtype=bool)
    return Stood(rows, mapped, np.array(rows["verdict"].to_pylist(), dtype=object), is_held | ignored, reclassed)


def overlay_of(tx: UnitOfWork, load: Load, count: int) -> dict[tuple[int, str], str]:
    """The texts that people put over the cells of a load's first rows, by (row, column)."""
    return tx.edits.overlay(load.id, range(count)) if tx.edits.steps(load.id) else {}


def overlaid(batch: Batch, overlay: Mapping[tuple[int, str], str]) -> pd.DataFrame:
    """The rows with the texts that people put over their cells, as loading them again carries these over."""
    frame: pd.DataFrame = batch.frame
    columns: dict[str, pd.Series[Any]] = {}
    for (row_no, source), text in overlay.items():
        place = row_no - batch.first_row
        if 0 <= place < len(frame) and source in frame:
            cells = columns.setdefault(source, frame[source].astype(object))
            cells.iloc[place] = text
    return frame.assign(**{name: cells.astype("str") for name, cells in columns.items()}) if columns else frame


def without_losers(table: pa.Table, losers: npt.NDArray[np.int64]) -> pa.Table:
    """The rows of a whole file, of which some lose to another of their key."""
    if not losers.size:
        return table
    is_in, left = np.array(table[IS_IN].to_pylist(), dtype=bool), np.array(table[LEFT].to_pylist(), dtype=object)
    losing = losers[losers < len(is_in)]
    is_in[losing], left[losing] = False, LOSES
    table = table.set_column(table.schema.get_field_index(IS_IN), IS_IN, pa.array(is_in))
    return table.set_column(table.schema.get_field_index(LEFT), LEFT, pa.array(left, pa.large_string()))
