"""Frames as the Arrow tables that are kept of them, and back."""

from __future__ import annotations

from typing import Any

import pandas as pd
import pyarrow as pa

from lib.mapping.keys import TEXT_DTYPE

_PANDAS: dict[Any, Any] = {
    pa.large_string(): TEXT_DTYPE,
    pa.string(): TEXT_DTYPE,
    pa.null(): TEXT_DTYPE,
    pa.int64(): pd.Int64Dtype(),
    pa.float64(): pd.Float64Dtype(),
    pa.bool_(): pd.BooleanDtype(),
}


def table_of(frame: pd.DataFrame) -> pa.Table:
    """A frame of text or of mapped kinds as an Arrow table; a missing cell is null."""
    return pa.Table.from_pandas(frame, preserve_index=False).replace_schema_metadata(None)


def frame_of(table: pa.Table) -> pd.DataFrame:
    """The frame that `table_of` was given, with the dtypes of its kinds."""
    frame: pd.DataFrame = table.to_pandas(types_mapper=_PANDAS.get)
    return frame
