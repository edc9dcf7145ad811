"""Every reason the desk gives for what it did with a row: a stable code, its weight, a sentence and the mend."""

from __future__ import annotations

from dataclasses import dataclass

from lib.domain.objects import Column, Kind, ObjectType
from lib.domain.verdicts import Severity
from lib.errors import DeskError
from validation.info_reasons import INFO


@dataclass(frozen=True)
class Reason:
    """A reason: `code` never changes once published, `sentence` says what is so, `mend` what to do about it."""

    code: str
    severity: Severity
    sentence: str
    mend: str


# Kinds that only describe a record: nothing is matched, counted or told apart by them.
_DESCRIBING = frozenset({Kind.TEXT, Kind.LONG_TEXT, Kind.NAME})

# A row is blocked only where its record would be wrong or could not be found again; all else is said and let through.
_BLOCK = (
    (
        "unreadable_line",
        "The line could not be read as a row of this table.",
        "Look at the line in the file: a stray quote or a missing or extra delimiter is the usual cause.",
    ),
    (
        "missing_date",
        "The row has no date, so no day could count it.",
        "Fill the date in, or map another column to it.",
    ),
    (
        "unreadable_date",
        "The date could not be read; if it is the one the row is counted by, the row fails, else it is left blank.",
        "Set the date format or the time zone in the field map, or mend the cell.",
    ),
    (
        "date_out_of_range",
        "The date lies outside the years 1000 to 9999 and could not be kept.",
        "Mend the year in the cell.",
    ),
    ("unreadable_money", "The amount is not a number of money.", "Mend the cell, or set the money format in the map."),
    (
        "amount_out_of_range",
        "The amount is a million millions or more, which no service business invoices.",
        "Check whether the column holds an identifier or a phone number instead of money.",
    ),
    ("unreadable_number", "The number could not be read.", "Mend the cell, or map the column to a text column."),
    (
        "number_out_of_range",
        "The number is not finite or too large to be kept.",
        "Check whether the column holds an identifier instead of a number.",
    ),
    (
        "unreadable_boolean",
        "The value is neither a yes nor a no that the map knows.",
        "Add the value to the map's list of yes and no words.",
    ),
    (
        "unreadable_duration",
        "The length of time could not be read.",
        "Set the duration's unit in the map, or mend the cell.",
    ),
    (
        "too_long",
        "The value is longer than its column: an identifier, status or contact fails the row, other text is left blank.",
        "Check that the right column is mapped; descriptions belong in a text column.",
    ),
)

_WARN = (
    (
        "missing_key",
        "The row brings no identifier and is known by its whole content: change any cell and it is a new record.",
        "Ask the provider for its identifier, or map the column that holds it.",
    ),
    ("unreadable_phone", "The phone number could not be read and is left blank.", "Mend the number in the row."),
    ("unreadable_email", "The e-mail address could not be read and is left blank.", "Mend the address in the row."),
    (
        "hidden_phone",
        "The caller or the provider hid the phone number or digits of it; it is left blank.",
        "Nothing needs doing; nobody can be found again by this number.",
    ),
    (
        "hidden_email",
        "The provider hid letters of the e-mail address; it is left blank.",
        "Nothing needs doing; nobody can be found again by this address.",
    ),
    (
        "unseen_value",
        "Nobody has said yet what the value means, so the row waits.",
        "Say what it means in the map's table of values and load it again, or release the row as it is.",
    ),
    (
        "date_in_future",
        "The date lies in the future, for something that has already happened.",
        "Check the order of day and month and the time zone in the map.",
    ),
    (
        "date_too_old",
        "The date lies before 1990, where an empty or mis-read date usually ends up.",
        "Check the date format in the map, or whether the provider writes such a date for none at all.",
    ),
    (
        "dates_out_of_order",
        "A later step (changed, booked, completed, sold) is dated more than a day before the one it follows.",
        "Check which column is mapped to which date.",
    ),
    (
        "negative_amount",
        "The amount is below zero and is subtracted from sums.",
        "Nothing needs doing if it is a refund; otherwise check the sign.",
    ),
    (
        "ambiguous_match",
        "The identifier is not known, and more than one record may be meant: the row is held until a person has chosen.",
        "Choose the record, or a new one, in the review.",
    ),
    ("negative_number", "A count or a length of time is below zero.", "Check which column is mapped."),
    (
        "clicks_over_impressions",
        "There are more clicks than impressions, and nobody clicks on what was not shown.",
        "Check which column is mapped to which of the two.",
    ),
    (
        "duration_over_a_day",
        "The call is longer than a day.",
        "Check the duration's unit in the map: milliseconds read as seconds look like this.",
    ),
    (
        "refers_to_itself",
        "The record says that it was merged into itself, or that it adjusts itself.",
        "Check which column is mapped to the record's own identifier.",
    ),
    (
        "control_characters",
        "The identifier holds invisible control characters, so it may look equal to another and is not.",
        "Clean the identifier where the file is made.",
    ),
)

REASONS: dict[str, Reason] = {
    code: Reason(code, severity, sentence, mend)
    for severity, group in ((Severity.BLOCK, _BLOCK), (Severity.WARN, _WARN), (Severity.INFO, INFO))
    for code, sentence, mend in group
}


def describe(code: str) -> Reason:
    """The reason behind a code; DeskError `unknown_reason` when the desk never gives it."""
    try:
        return REASONS[code]
    except KeyError:
        raise DeskError(
            "unknown_reason", f"There is no reason with the code {code!r}.", f"Use one of {', '.join(REASONS)}."
        ) from None


def severity_of_blank(code: str, column: Column) -> Severity:
    """What a code weighs for a cell that mapping could not read and therefore left blank.

    Two codes depend on the column. An unreadable date blocks the row that is counted by it and merely blanks another; a
    text too long blocks where rows are matched or told apart by it, while a blank description leaves a good record.
    """
    if code == "unreadable_date" and not column.is_required:
        return Severity.WARN
    if code == "too_long" and column.kind in _DESCRIBING:
        return Severity.WARN
    return describe(code).severity


def severity_of(reason: str, object_type: ObjectType) -> Severity:
    """What a row's reason (`code` or `code:column`) weighs for an object; a code the desk never gives only says something.

    A code without its column weighs what it does at its worst.
    """
    code, _, column = reason.partition(":")
    if code not in REASONS:
        return Severity.WARN
    if column in object_type.column_names:
        return severity_of_blank(code, object_type.column(column))
    return REASONS[code].severity
