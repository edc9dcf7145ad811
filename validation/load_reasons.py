"""The reasons for which a whole load is doubted: stable codes, what each weighs, a sentence and the mend."""

from __future__ import annotations

from lib.domain.findings import Finding, Number
from lib.domain.verdicts import Severity
from validation.reasons import Reason

_BLOCK = (
    (
        "rows_not_as_expected",
        "Another number of rows arrived than was expected.",
        "Ask for the file again, or import it with the right number of rows.",
    ),
    (
        "sum_not_as_expected",
        "A column of money does not add up to the sum that was expected.",
        "Compare the file with the provider's own total; rows may be missing, or the wrong column mapped.",
    ),
    (
        "too_many_failed",
        "More rows failed than the account puts up with.",
        "Mend the rows or the field map, or change the account's limit.",
    ),
    (
        "stopped_by_policy",
        "Rows give a reason for which the account stops a load.",
        "Mend these rows, or change the account's policy for the reason.",
    ),
    (
        "columns_changed",
        "A column that the map reads is gone from the file.",
        "Compare the columns, then confirm the change, or approve a map that reads the new ones.",
    ),
)

_WARN = (
    (
        "rows_not_as_announced",
        "The file itself announces another number of rows than it holds.",
        "Ask the provider for the rest: an export of several pages may have been cut off.",
    ),
    (
        "round_row_count",
        "The number of rows is one at which exports stop, so this may be the first page only.",
        "Look at the provider whether there are more rows; say how many are expected to have it checked.",
    ),
    (
        "page_repeated",
        "The same rows stand in the file again in the same order, as when a page is fetched twice.",
        "Fetch it again; the page that should stand there is missing.",
    ),
    (
        "days_without_rows",
        "Days inside the range have no row, although nearly every such day had some before.",
        "Ask the provider for these days, or mark the delivery as partial.",
    ),
    (
        "rows_unusual",
        "The number of rows is far from what this account usually sends.",
        "Check the range, and whether the export was filtered or cut off.",
    ),
    (
        "failures_unusual",
        "A larger share of the rows failed than usual.",
        "Look at what fails below: a changed format is the usual cause.",
    ),
    (
        "column_emptied",
        "A column that used to be filled is empty in every row.",
        "Check whether the provider renamed it, and map the new one.",
    ),
)

LOAD_REASONS: dict[str, Reason] = {
    code: Reason(code, severity, sentence, mend)
    for severity, group in ((Severity.BLOCK, _BLOCK), (Severity.WARN, _WARN))
    for code, sentence, mend in group
}


def finding_of(code: str, sentence: str, **numbers: Number) -> Finding:
    """A finding of this code, said in words of its own with its numbers."""
    reason = LOAD_REASONS[code]
    return Finding(code, reason.severity, sentence, reason.mend, numbers)
