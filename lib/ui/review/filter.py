"""The rows that step 4 of a review shows, as the address has them."""

from __future__ import annotations

from lib.domain.rows.fixes import WhichRows
from lib.domain.verdicts import RowClass, Verdict
from lib.ui.parts.address import from_address

_SHOWN: dict[str, tuple[Verdict, ...]] = {
    "created": (Verdict.CREATED,),
    "updated": (Verdict.UPDATED,),
    "failed": (Verdict.FAILED,),
    "left_out": (Verdict.DUPLICATE, Verdict.IGNORED),
}


def rows_asked() -> WhichRows:
    """The filter of step 4; the address may be forged, so what it does not know is any."""
    kind = from_address("class")
    return WhichRows(
        verdicts=_SHOWN.get(from_address("show"), ()),
        row_class=kind if kind in list(RowClass) else "",
        reason=from_address("reason"),
    )
