"""Rows entered by hand: typed in the provider's words, kept as a delivery of their own, and taken the usual road (R16)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd

from lib.db.unit_of_work import Desk
from lib.domain.accounts import Account
from lib.domain.arriving.by_hand import require_reason
from lib.domain.imports import DeliveryKind
from lib.domain.maps import FieldMap
from lib.domain.people import Actor, Right
from lib.errors import DeskError
from lib.mapping.entries import as_file, in_its_words, require_filled
from lib.mapping.keys import TEXT_DTYPE
from lib.pipeline.loading.inward import Delivered, import_delivery
from lib.services.arriving import by_hand
from lib.services.loading import translate
from lib.services.mapping import maps

_MOST_ROWS = 100


def enter_rows(
    desk: Desk,
    actor: Actor,
    key: str,
    name: str,
    rows: Sequence[Mapping[str, str]],
    reason: str,
    *,
    is_test: bool = False,
) -> dict[str, Any]:
    """Take typed rows through to review as one delivery entered by hand; what `import_delivery` returns.

    A field is called by the provider's name or by the column it becomes, and says what the provider would say. What a
    row of a known id leaves out stays as it is. A few rows are never the whole of a day, so they make none complete.
    DeskError `reason_missing`, `unknown_field`, `id_missing`, `field_missing`, `earlier_row_gone`, `nothing_typed`.
    """
    actor.require(Right.IMPORT)
    said = require_reason(reason)
    if not 0 < len(rows) <= _MOST_ROWS:
        raise DeskError(
            "nothing_typed",
            "No row was typed." if not rows else f"{len(rows):,} rows are more than a person types.",
            f"Type at least one field, and at most {_MOST_ROWS} rows; a file is brought with `import --manual`.",
        )
    account, version = desk.ask(actor, maps.approved_map, key, name)
    field_map = version.field_map
    whole = [_whole(desk, actor, account, field_map, in_its_words(field_map, row)) for row in rows]
    delivered = Delivered(
        key,
        name,
        f"{name.replace('_', ' ')} typed by {actor.called}.ndjson",
        desk.ask(actor, by_hand.as_new_bytes, key, as_file(field_map, whole)),
        is_partial=True,
        is_test=is_test,
        kind=DeliveryKind.MANUAL,
        by_hand_reason=said,
    )
    return import_delivery(desk, actor, delivered)


def _whole(desk: Desk, actor: Actor, account: Account, field_map: FieldMap, row: Mapping[str, str]) -> dict[str, str]:
    """The row with what it leaves out, found by the id that the map reads in it."""
    frame = pd.DataFrame([dict(row)], dtype=TEXT_DTYPE)
    mapped = translate.translate(account, field_map, frame, desk.clock())
    found = mapped.frame["external_id"].iloc[0] if "external_id" in mapped.frame else None
    filled = dict(row)
    if isinstance(found, str) and found:
        filled = desk.ask(actor, by_hand.completed, account, field_map, found, row)
    require_filled(field_map, filled)
    return filled
