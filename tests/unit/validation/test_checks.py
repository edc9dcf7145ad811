"""A mapped frame is judged row by row, each doubt with one code, and no row disappears."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lib.domain.objects import OBJECTS, Kind, object_type
from lib.errors import DeskError
from tests.mapped_frames import GOOD, frame_of, judged, remarks, told
from validation.reasons import REASONS


def test_a_good_row_has_no_reasons() -> None:
    frame = frame_of("lead", external_id=["a"], occurred_at=[GOOD], amount=[12_000_000], name=["Ann"], duration=[60])
    report = judged("lead", frame)
    assert report.reasons.empty and not report.is_failed.any()
    assert list(report.reasons.columns) == ["row", "column", "code", "severity"]


def test_neither_name_nor_contact_is_demanded() -> None:
    assert not judged("lead", frame_of("lead", occurred_at=[GOOD])).is_failed.any()


@pytest.mark.parametrize("name", list(OBJECTS))
def test_every_object_demands_its_date(name: str) -> None:
    canonical = object_type(name)
    is_day = canonical.column(canonical.date_column).kind is Kind.DATE
    frame = frame_of(name, **{canonical.date_column: [GOOD[:10] if is_day else GOOD, None]})
    report = judged(name, frame)
    assert told(report) == [(1, canonical.date_column, "missing_date")]
    assert report.is_failed.tolist() == [False, True]


def test_a_missing_date_column_fails_every_row() -> None:
    report = judged("lead", frame_of("lead", external_id=["a", "b"], amount=[1, 10**19 // 10]))
    assert report.is_failed.tolist() == [True, True]
    assert told(report) == [
        (0, "occurred_at", "missing_date"),
        (1, "occurred_at", "missing_date"),
        (1, "amount", "amount_out_of_range"),
    ]


def test_a_frame_without_any_column_still_answers_for_its_rows() -> None:
    report = judged("lead", pd.DataFrame(index=range(3)))
    assert report.is_failed.tolist() == [True, True, True]


def test_no_rows_give_no_reasons() -> None:
    report = judged("lead", frame_of("lead", external_id=[], occurred_at=[]))
    assert report.reasons.empty and report.is_failed.shape == (0,)


def test_reasons_name_positions_whatever_the_index_of_the_frame() -> None:
    frame = frame_of("lead", occurred_at=[GOOD, None, GOOD]).set_axis([7, 7, 7])
    assert told(judged("lead", frame)) == [(1, "occurred_at", "missing_date")]


def test_an_unreadable_date_is_one_reason_and_not_also_missing() -> None:
    report = judged("lead", frame_of("lead", occurred_at=[None, None]), (0, "occurred_at", "unreadable_date"))
    assert told(report) == [(0, "occurred_at", "unreadable_date"), (1, "occurred_at", "missing_date")]
    assert report.is_failed.all()


def test_an_unreadable_date_in_another_column_leaves_the_row_alone() -> None:
    frame = frame_of("lead", occurred_at=[GOOD], sold_at=[None])
    report = judged("lead", frame, (0, "sold_at", "unreadable_date"))
    assert report.reasons["severity"].tolist() == ["warn"] and not report.is_failed.any()


@pytest.mark.parametrize(
    ("target", "code", "is_failed"),
    [
        ("phone", "unreadable_phone", False),
        ("email", "unreadable_email", False),
        ("status", "unseen_value", False),
        ("description", "too_long", False),
        ("amount", "unreadable_money", True),
        ("is_first_time", "unreadable_boolean", True),
        ("duration", "unreadable_duration", True),
        ("external_id", "too_long", True),
    ],
)
def test_what_mapping_could_not_read_blocks_only_where_the_record_would_be_wrong(
    target: str, code: str, is_failed: bool
) -> None:
    report = judged("lead", frame_of("lead", occurred_at=[GOOD]), (0, target, code))
    assert told(report) == [(0, target, code)]
    assert report.is_failed.tolist() == [is_failed]


def test_a_note_of_mapping_is_kept_and_fails_nothing() -> None:
    notes = remarks((0, "occurred_at", "ambiguous_time"))
    report = judged("lead", frame_of("lead", occurred_at=[GOOD]), notes=notes)
    assert report.reasons.to_dict("records") == [
        {"row": 0, "column": "occurred_at", "code": "ambiguous_time", "severity": "info"}
    ]
    assert not report.is_failed.any()


def test_a_code_that_has_no_words_is_a_bug_and_not_a_silent_pass() -> None:
    with pytest.raises(DeskError) as caught:
        judged("lead", frame_of("lead", occurred_at=[GOOD]), (0, "amount", "strange"))
    assert caught.value.code == "unknown_reason"


def test_a_frame_of_other_kinds_is_a_bug_and_not_a_silent_pass() -> None:
    with pytest.raises(ValueError, match="occurred_at"):
        judged("lead", pd.DataFrame({"occurred_at": pd.Series([GOOD], dtype="str")}))


def test_a_row_without_an_identifier_is_warned_of_where_identifiers_are_mapped() -> None:
    report = judged("lead", frame_of("lead", external_id=["a", None], occurred_at=[GOOD, GOOD]))
    assert told(report) == [(1, "external_id", "missing_key")]
    assert not report.is_failed.any()


@pytest.mark.parametrize(
    ("name", "column", "value", "code", "is_failed"),
    [
        ("lead", "occurred_at", "2026-06-17T00:00:00Z", "date_in_future", False),
        ("lead", "occurred_at", "2026-06-16T06:00:00Z", None, False),
        ("lead", "completed_at", "2027-01-01T00:00:00Z", "date_in_future", False),
        ("lead", "scheduled_at", "2027-01-01T00:00:00Z", None, False),
        ("lead", "scheduled_at", "1970-01-01T00:00:00Z", "date_too_old", False),
        ("lead", "amount", 10**18, "amount_out_of_range", True),
        ("lead", "amount", 10**18 - 1, None, False),
        ("lead", "amount", -1, "negative_amount", False),
        ("invoice", "balance", -1, None, False),
        ("lead", "duration", 2**31, "number_out_of_range", True),
        ("lead", "duration", -1, "negative_number", False),
        ("lead", "postal_code", "0" * 21, "too_long", True),
        ("lead", "postal_code", "0" * 20, None, False),
        ("lead", "name", "é" * 190, None, False),
        ("lead", "group_id", "a\x00b", "control_characters", False),
        ("lead", "description", "one\ntwo", None, False),
        ("traffic_day", "day", "2026-06-17", "date_in_future", False),
        ("traffic_day", "day", "1899-12-30", "date_too_old", False),
        ("traffic_day", "clicks", -1, "negative_number", False),
        ("traffic_day", "clicks", 10**12, "number_out_of_range", True),
        ("invoice", "balance", -(2**63), "amount_out_of_range", True),
        ("traffic_day", "position", float("inf"), "number_out_of_range", True),
        ("lead", "occurred_at", "2026-06-16T23:59:59Z", None, False),
        ("traffic_day", "day", "2026-06-16", None, False),
        ("lead", "name", "n" * 191, "too_long", True),
        ("lead", "group_id", "a\x7fb", "control_characters", False),
        ("lead", "group_id", "a\u00e9b", None, False),
    ],
)
def test_each_rule_speaks_at_its_edge(name: str, column: str, value: Any, code: str | None, is_failed: bool) -> None:
    dates = {object_type(name).date_column: [GOOD[:10] if name == "traffic_day" else GOOD]}
    report = judged(name, frame_of(name, **(dates | {column: [value]})))
    assert [reason for reason in told(report) if reason[1] == column] == ([(0, column, code)] if code else [])
    assert report.is_failed.tolist() == [is_failed]


@pytest.mark.parametrize(
    ("column", "bad", "good", "code"),
    [
        ("duration", -1, 60, "negative_number"),
        ("amount", 10**18, 5, "amount_out_of_range"),
        ("amount", -(10**18), 5, "amount_out_of_range"),
        ("occurred_at", "1970-01-01T00:00:00Z", GOOD, "date_too_old"),
        ("group_id", "a\x00", "b", "control_characters"),
        ("name", "n" * 191, "n", "too_long"),
    ],
)
def test_one_bad_cell_among_good_and_blank_ones_is_found_in_its_row(
    column: str, bad: object, good: object, code: str
) -> None:
    cells = [good, None, bad, good] if column != "occurred_at" else [good, good, bad, good]
    frame = frame_of("lead", **({"occurred_at": [GOOD] * 4} | {column: cells}))
    assert (told(judged("lead", frame)))[:1] == [(2, column, code)]


@pytest.mark.parametrize("day", ["0026-05-01", "10000-01-01"])
def test_a_year_no_database_keeps_blocks(day: str) -> None:
    moment = np.array([day if len(day) == 10 else "+" + day], dtype="datetime64[us]")
    lead = pd.DataFrame({"occurred_at": pd.Series(moment).dt.tz_localize("UTC")})
    assert judged("lead", lead).is_failed.all()
    assert judged("traffic_day", frame_of("traffic_day", day=[day])).is_failed.all()


def test_a_job_completed_before_it_came_in_is_out_of_order() -> None:
    frame = frame_of("job", occurred_at=[GOOD] * 3, completed_at=["2026-04-29T08:00:00Z", "2026-05-01T00:00:00Z", None])
    assert told(judged("job", frame)) == [(0, "completed_at", "dates_out_of_order")]


def test_an_invoice_that_adjusts_another_may_be_negative() -> None:
    frame = frame_of("invoice", occurred_at=[GOOD, GOOD], amount=[-5, -5], adjustment_to_id=["7", None])
    assert told(judged("invoice", frame)) == [(1, "amount", "negative_amount")]


def test_the_frame_is_left_as_it_came() -> None:
    frame = frame_of("lead", external_id=[None, "b"], occurred_at=[None, GOOD], amount=[-1, None])
    before = frame.copy(deep=True)
    judged("lead", frame, (0, "occurred_at", "unreadable_date"))
    pd.testing.assert_frame_equal(frame, before)


def test_a_reason_told_twice_is_kept_once() -> None:
    frame = frame_of("lead", occurred_at=[GOOD])
    assert len(judged("lead", frame, (0, "email", "unreadable_email"), (0, "email", "unreadable_email")).reasons) == 1


_CELLS = st.tuples(
    st.sampled_from([GOOD, None, "1970-01-01T00:00:00Z", "2030-01-01T00:00:00Z"]),
    st.sampled_from(["a", None, "x" * 191, "a\x07"]),
    st.sampled_from([0, -1, None, 10**18]),
)


@given(st.lists(_CELLS, max_size=12), st.integers(0, 12))
@settings(deadline=None, max_examples=12)
def test_rows_are_judged_alike_in_any_chunk_and_none_is_lost(
    rows: list[tuple[str | None, str | None, int | None]], cut: int
) -> None:
    dates, ids, amounts = ([row[place] for row in rows] for place in range(3))
    frame = frame_of("lead", occurred_at=dates, external_id=ids, amount=amounts)
    whole, head, tail = (judged("lead", part) for part in (frame, frame.iloc[:cut], frame.iloc[cut:]))
    assert whole.is_failed.tolist() == [*head.is_failed, *tail.is_failed]
    assert sorted(told(whole)) == sorted(told(head) + [(row + cut, *rest) for row, *rest in told(tail)])
    assert whole.is_failed.tolist() == [
        date is None or (key is not None and len(key) > 190) or amount == 10**18 for date, key, amount in rows
    ]
    assert set(whole.reasons["code"]) <= set(REASONS)
