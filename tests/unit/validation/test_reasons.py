"""Every reason has plain words, and only what would make a wrong record blocks a row."""

from __future__ import annotations

import pytest

from lib.domain.objects import Column, Kind
from lib.domain.verdicts import RowClass, Severity
from lib.errors import DeskError
from lib.mapping.classes import class_code
from validation.reasons import REASONS, describe, severity_of_blank


@pytest.mark.parametrize("code", list(REASONS))
def test_a_reason_says_what_is_so_and_what_to_do_in_whole_sentences(code: str) -> None:
    reason = REASONS[code]
    assert reason.code == code
    assert reason.sentence[0].isupper() and reason.sentence.endswith(".")
    assert reason.mend[0].isupper() and reason.mend.endswith(".")
    assert len(code) <= 40 and code == code.lower()


def test_only_what_would_make_a_wrong_record_blocks() -> None:
    assert {code for code, reason in REASONS.items() if reason.severity is Severity.BLOCK} == {
        "unreadable_line",
        "missing_date",
        "unreadable_date",
        "date_out_of_range",
        "unreadable_money",
        "amount_out_of_range",
        "unreadable_number",
        "number_out_of_range",
        "unreadable_boolean",
        "unreadable_duration",
        "too_long",
    }


def test_every_class_but_genuine_has_its_reason() -> None:
    assert all(
        describe(class_code(kind)).severity is Severity.INFO for kind in RowClass if kind is not RowClass.GENUINE
    )


def test_a_code_the_desk_never_gives_is_refused() -> None:
    with pytest.raises(DeskError) as caught:
        describe("no_such_reason")
    assert caught.value.code == "unknown_reason"


@pytest.mark.parametrize(
    ("code", "column", "severity"),
    [
        ("unreadable_date", Column("occurred_at", Kind.TIMESTAMP, is_required=True), Severity.BLOCK),
        ("unreadable_date", Column("sold_at", Kind.TIMESTAMP), Severity.WARN),
        ("too_long", Column("external_id", Kind.IDENTIFIER), Severity.BLOCK),
        ("too_long", Column("status", Kind.STATUS), Severity.BLOCK),
        ("too_long", Column("description", Kind.LONG_TEXT), Severity.WARN),
        ("unreadable_money", Column("amount", Kind.MONEY), Severity.BLOCK),
        ("unreadable_phone", Column("phone", Kind.PHONE), Severity.WARN),
    ],
)
def test_a_blank_cell_blocks_only_where_the_record_would_be_wrong(
    code: str, column: Column, severity: Severity
) -> None:
    assert severity_of_blank(code, column) is severity
