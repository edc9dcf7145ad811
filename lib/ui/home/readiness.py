"""One line a client: ready to report last month, or what is missing."""

from __future__ import annotations

from collections.abc import Sequence

from lib.services.running.readiness import Missing, Readiness
from lib.ui.parts.marks import ATTENTION, GOOD, NOTHING, badge
from lib.ui.parts.notebook import cell
from lib.ui.parts.tables import navigating_table
from lib.ui.parts.words import counted, plain

_COLUMNS = {"Client": 190, "Report": 230, "Waits for": 540}
# The rest of a long list is told by its number; the link leads to the first.
_NAMED = 3


def readiness_cell(number: int, found: Sequence[Readiness]) -> None:
    """Of each client, whether last month can be reported, with the way to what is missing first."""
    ready = sum(item.is_ready for item in found)
    why = "What was promised for last month is live, its days are all here, and nothing of it waits for a decision."
    with cell(number, "Ready to report", why=why, result=f"{ready} of {counted(len(found), 'client')}"):
        rows = [_row(item) for item in sorted(found, key=lambda item: (item.is_ready, not item.missing))]
        navigating_table(_COLUMNS, rows, key="readiness")


def _row(item: Readiness) -> tuple[str, str, dict[str, object], list[str]]:
    month = f"{item.month.first:%B %Y}"
    if item.is_ready:
        said = f"All {counted(item.promised, 'promised metric')} can be told."
        return (
            plain(item.client_name),
            "client_portal",
            {"client": item.client},
            [badge(f"{month} is ready", GOOD), said],
        )
    if not item.promised:
        said = "No account of it promises a metric yet."
        return (
            plain(item.client_name),
            "provider_setup",
            {"client": item.client},
            [badge("Nothing promised", NOTHING), said],
        )
    first = item.missing[0]
    mark = badge(f"{month}, {len(item.missing)} missing", ATTENTION)
    return plain(item.client_name), first.page, dict(first.address), [mark, _said(item.missing)]


def _said(missing: Sequence[Missing]) -> str:
    told = [f"{plain(item.source_label)}: {plain(item.sentence)}" for item in missing[:_NAMED]]
    if more := len(missing) - _NAMED:
        told += [f"and {counted(more, 'more thing')}"] if more > 0 else []
    return "; ".join(told)
