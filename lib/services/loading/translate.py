"""Apply one approved map version to a batch of rows: pure, vectorised, the same for a chunk as for the whole."""

from __future__ import annotations

from datetime import datetime

import pandas as pd

from lib.domain.accounts import Account
from lib.domain.hooks import ROW_RECEIVED_AT
from lib.domain.maps import RECEIVED_AT, FieldMap
from lib.mapping.apply import Mapped, Memory, apply_map
from lib.mapping.content import dated_by_receipt
from lib.providers.context import map_context


def translate(
    account: Account, field_map: FieldMap, raw: pd.DataFrame, received_at: datetime, memory: Memory | None = None
) -> Mapped:
    """The rows as canonical values, with the cells that could not be read and remarks on those that could.

    `memory` is of these very rows: what was read of them before is not read again.
    """
    if dated_by_receipt(field_map):
        came = received_at.isoformat()
        # A webhook's row says itself when it came in, which may be long before it lay in a delivery.
        own = raw[ROW_RECEIVED_AT].replace("", pd.NA).fillna(came) if ROW_RECEIVED_AT in raw else came
        raw = raw.assign(**{RECEIVED_AT: own})
    return apply_map(field_map, raw, map_context(account, field_map.object), memory)
