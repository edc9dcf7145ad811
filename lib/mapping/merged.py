"""What an update makes of a record: the delivered values over those that stand there, column by column."""

from __future__ import annotations

import pyarrow as pa
import pyarrow.compute as pc

from lib.domain.maps import FieldMap
from lib.mapping.content import dated_by_receipt

_NO_VALUES = frozenset({"row_no", "id", "external_id"})


def merged(field_map: FieldMap, there: pa.Table, values: pa.Table) -> pa.Table:
    """`there` with each column that `values` brings in its place; both have the same rows in the same order.

    A record keeps the moment it was first received, however often it is delivered. A blank cell clears the value that
    stands there, unless the map says that it keeps it.
    """
    lasting = _NO_VALUES | set(dated_by_receipt(field_map))
    now = there
    for name in (name for name in values.column_names if name not in lasting):
        place = there.schema.get_field_index(name)
        fresh = values[name].cast(there.schema.field(name).type)
        now = now.set_column(place, name, pc.coalesce(fresh, there[name]) if name in field_map.keeping else fresh)
    return now


def with_kept(field_map: FieldMap, there: pa.Table, values: pa.Table) -> pa.Table:
    """`values` as a whole row of their own, a version: blank where they are blank, but for what the map keeps."""
    for name in (name for name in values.column_names if name in field_map.keeping):
        kept = pc.coalesce(values[name], there[name].cast(values[name].type))
        values = values.set_column(values.schema.get_field_index(name), name, kept)
    return values
