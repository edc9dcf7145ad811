"""What makes a row the same content as before."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import pandas as pd

from lib.domain.maps import RECEIVED_AT, FieldMap
from lib.mapping.keys import content_hashes, row_texts


def dated_by_receipt(field_map: FieldMap) -> list[str]:
    """The columns that the moment of receipt fills, because the provider sends no time of its own."""
    return [rule.target for rule in field_map.fields if rule.source == RECEIVED_AT]


def row_hashes(field_map: FieldMap, frame: pd.DataFrame, lines: Sequence[bytes]) -> npt.NDArray[np.bytes_]:
    """The content hash of each row of a mapped frame and of its canonical lines, as `S32`.

    The moment of receipt is no content: the same lead delivered again tomorrow is unchanged.
    """
    timeless = [name for name in dated_by_receipt(field_map) if name in frame]
    return content_hashes(row_texts(frame.drop(columns=timeless)) if timeless else lines)
