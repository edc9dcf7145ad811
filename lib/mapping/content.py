"""What makes a row the same content as before."""

from __future__ import annotations

import pyarrow as pa

from lib.domain.maps import RECEIVED_AT, FieldMap
from lib.mapping.keys import content_hashes


def dated_by_receipt(field_map: FieldMap) -> list[str]:
    """The columns that the moment of receipt fills, because the provider sends no time of its own."""
    return [rule.target for rule in field_map.fields if rule.source == RECEIVED_AT]


def row_hashes(field_map: FieldMap, mapped: pa.Table) -> list[bytes]:
    """The content hash of each mapped row, 16 bytes.

    The moment of receipt is no content: the same lead delivered again tomorrow is unchanged.
    """
    timeless = [name for name in dated_by_receipt(field_map) if name in mapped.column_names]
    return content_hashes(mapped.drop_columns(timeless) if timeless else mapped)
