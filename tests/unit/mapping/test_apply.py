"""What the house promises of applying a map."""

from __future__ import annotations

from typing import Any

import pandas as pd
import pytest

from lib.domain.maps import FieldMap, FieldRule, IgnoredField, Transform
from lib.domain.objects import object_type
from lib.errors import DeskError
from lib.mapping.apply import MapContext, Mapped, apply_map, check_map

NEW_YORK = MapContext("America/New_York")


def rule(source: str, target: str, *steps: Transform | str) -> FieldRule:
    chain = tuple(Transform(s) if isinstance(s, str) else s for s in steps)
    return FieldRule(source, target, chain, explanation="What the provider says about it.")


def step(name: str, **options: Any) -> Transform:
    return Transform(name, options)


def frame(**columns: list[Any]) -> pd.DataFrame:
    return pd.DataFrame({name: pd.Series(values, dtype="str") for name, values in columns.items()})


def mapped(raw: pd.DataFrame, *rules: FieldRule, name: str = "lead") -> Mapped:
    return apply_map(FieldMap(name, rules), raw, NEW_YORK)


def only(raw: list[Any], target: str, *steps: Transform | str, name: str = "lead") -> list[Any]:
    got = mapped(frame(a=raw), rule("a", target, *steps), name=name).frame[target]
    return [None if pd.isna(value) else value for value in got]


def test_every_kind_is_read_without_a_word_in_the_map() -> None:
    raw = frame(
        w=["3/14/2025 1:20"], m=["$1.50"], p=["303-555-0142"], e=["A@B.co"], b=["yes"], d=["4:13"], n=[" Jane "]
    )
    got = mapped(
        raw,
        rule("w", "occurred_at"),
        rule("m", "amount"),
        rule("p", "phone"),
        rule("e", "email"),
        rule("b", "is_first_time"),
        rule("d", "duration"),
        rule("n", "name"),
    )
    kinds = {name: str(dtype) for name, dtype in got.frame.dtypes.items()}
    assert kinds == {
        "occurred_at": "datetime64[us, UTC]", "amount": "Int64", "phone": "str", "email": "str",
        "is_first_time": "boolean", "duration": "Int64", "name": "str",
    }  # fmt: skip
    assert got.frame.iloc[0].to_list() == [
        pd.Timestamp("2025-03-14 05:20", tz="UTC"), 1_500_000, "+13035550142", "a@b.co", True, 253, "Jane",
    ]  # fmt: skip
    assert got.failures.empty


def test_the_kinds_of_a_day_object_are_read_too() -> None:
    raw = frame(d=["3/14/2025"], c=["1,234"], p=["3.5"], m=["0.25"])
    got = mapped(
        raw, rule("d", "day"), rule("c", "clicks"), rule("p", "position"), rule("m", "cost"), name="traffic_day"
    )
    assert got.frame.iloc[0].to_list() == ["2025-03-14", 1234, 3.5, 250_000]
    assert [str(dtype) for dtype in got.frame.dtypes] == ["str", "Int64", "Float64", "Int64"]


def test_a_value_that_cannot_be_read_is_a_failure_with_its_raw_text() -> None:
    got = mapped(frame(w=["3/14/2025", "soon ", "", None]), rule("w", "occurred_at"))
    assert got.failures.to_dict("records") == [
        {"row": 1, "target": "occurred_at", "source": "w", "code": "unreadable_date", "value": "soon "}
    ]
    assert got.frame["occurred_at"].isna().to_list() == [False, True, True, True]


@pytest.mark.parametrize(
    ("target", "text", "code"),
    [
        ("occurred_at", "x", "unreadable_date"),
        ("amount", "x", "unreadable_money"),
        ("phone", "x", "unreadable_phone"),
        ("email", "x", "unreadable_email"),
        ("duration", "x", "unreadable_duration"),
        ("is_first_time", "x", "unreadable_boolean"),
        ("city", "x" * 191, "too_long"),
        ("external_id", "9" * 191, "too_long"),
        ("email", "a" * 250 + "@example.com", "too_long"),
    ],
)
def test_each_kind_fails_with_its_own_code(target: str, text: str, code: str) -> None:
    got = mapped(frame(a=[text]), rule("a", target))
    assert got.failures["code"].to_list() == [code]
    assert got.frame[target].isna().all()


def test_a_number_that_is_none_fails_too() -> None:
    got = mapped(frame(a=["12.5"]), rule("a", "clicks"), name="traffic_day")
    assert got.failures["code"].to_list() == ["unreadable_number"]


def test_blank_text_is_na_and_no_failure() -> None:
    got = mapped(frame(a=["", "   ", None, " x "]), rule("a", "city"))
    assert got.frame["city"].isna().to_list() == [True, True, True, False]
    assert got.frame["city"][3] == "x"
    assert got.failures.empty


def test_identifiers_stay_text() -> None:
    assert only(["281498631867774", "00501", "1e5", "12.0"], "external_id") == [
        "281498631867774",
        "00501",
        "1e5",
        "12.0",
    ]


def test_a_source_the_file_lacks_is_a_blank_column_and_not_a_crash() -> None:
    got = mapped(frame(a=["1", "2"]), rule("a", "external_id"), rule("gone", "occurred_at"), rule("gone", "city"))
    assert got.frame[["occurred_at", "city"]].isna().all(axis=None)
    assert str(got.frame["occurred_at"].dtype) == "datetime64[us, UTC]"
    assert got.failures.empty


def test_no_rows_and_all_blank_rows_keep_their_kinds() -> None:
    for raw in (frame(a=[]), frame(a=[None, ""])):
        for target, kind in {"occurred_at": "datetime64[us, UTC]", "amount": "Int64", "phone": "str",
                             "is_first_time": "boolean", "city": "str"}.items():  # fmt: skip
            assert str(mapped(raw, rule("a", target)).frame[target].dtype) == kind


def test_chunk_by_chunk_gives_what_the_whole_gives() -> None:
    raw = frame(a=[f"{month}/3/2025 1:{month:02d}" for month in range(1, 14)])
    whole = mapped(raw, rule("a", "occurred_at"))
    parts = [mapped(raw.iloc[i : i + 4], rule("a", "occurred_at")).frame for i in range(0, 13, 4)]
    pd.testing.assert_frame_equal(whole.frame, pd.concat(parts, ignore_index=True))
    assert whole.failures["row"].to_list() == [12]


def test_text_steps_do_what_they_say() -> None:
    assert only([" a  b "], "city", "collapse_spaces", "upper") == ["A B"]
    assert only(["MAIN ST"], "city", "title") == ["Main St"]
    assert only(["A"], "city", "lower", "trim") == ["a"]
    assert only(["Doe, Jane"], "name", step("split", separator=",", part=2)) == ["Jane"]
    assert only(["Doe, Jane"], "name", step("split", separator=",", part=-1)) == ["Jane"]
    assert only(["JOB-0042/x"], "external_id", step("regex_extract", pattern=r"(\d+)")) == ["0042"]
    assert only(["a.b"], "city", step("replace", find=".", **{"with": "-"})) == ["a-b"]
    assert only(["+1 (303)"], "city", "digits") == ["1303"]
    assert only([None, "x"], "city", step("default", value="none")) == ["none", "x"]
    assert only([None, "x"], "country", step("constant", value="US")) == ["US", "US"]


def test_what_a_step_empties_is_noted_and_never_silent() -> None:
    got = mapped(frame(a=["abc", "1", None]), rule("a", "city", "digits"))
    assert got.notes[["row", "code", "value"]].to_dict("records") == [{"row": 0, "code": "no_match", "value": "abc"}]


def test_several_sources_become_one_value() -> None:
    raw = frame(a=["1 Main", None, "1 Main"], b=["Apt 2", "Apt 2", None])
    joined = mapped(raw, rule("a", "address", step("join", sources=["b"], separator=", "))).frame["address"]
    assert joined.to_list() == ["1 Main, Apt 2", "Apt 2", "1 Main"]
    first = mapped(raw, rule("a", "address", step("coalesce", sources=["gone", "b"]))).frame["address"]
    assert first.to_list() == ["1 Main", "Apt 2", "1 Main"]


def test_values_are_translated_whatever_their_case() -> None:
    table = {"Completed": "completed", "Canceled": "lost"}
    raw = ["completed", " CANCELED ", "New", None]
    assert only(raw, "outcome", step("value_map", values=table)) == ["completed", "lost", "New", None]
    assert only(raw, "outcome", step("value_map", values=table, otherwise="open")) == [
        "completed",
        "lost",
        "open",
        None,
    ]


def test_a_status_nobody_has_seen_is_said_and_never_guessed() -> None:
    blanked = mapped(frame(a=["New"]), rule("a", "outcome", step("value_map", values={"a": "b"}, otherwise="blank")))
    assert blanked.notes["code"].to_list() == ["unseen_value"]
    failed = mapped(frame(a=["New"]), rule("a", "outcome", step("value_map", values={"a": "b"}, otherwise="fail")))
    assert failed.failures[["code", "value"]].to_dict("records") == [{"code": "unseen_value", "value": "New"}]
    assert failed.notes.empty
    assert failed.frame["outcome"].isna().all()


def test_a_failed_value_is_not_filled_up_by_a_default() -> None:
    steps = (step("value_map", values={"a": "b"}, otherwise="fail"), step("default", value="d"))
    got = mapped(frame(a=["x", "a", None]), rule("a", "outcome", *steps))
    assert [None if pd.isna(v) else v for v in got.frame["outcome"]] == [None, "b", "d"]
    assert got.failures["row"].to_list() == [0]


def test_one_source_may_feed_two_columns() -> None:
    got = mapped(
        frame(a=["Done"]), rule("a", "status"), rule("a", "outcome", step("value_map", values={"done": "completed"}))
    )
    assert got.frame.iloc[0].to_list() == ["Done", "completed"]


def test_a_local_time_that_came_twice_is_noted() -> None:
    got = mapped(frame(a=["11/2/2025 1:30"]), rule("a", "occurred_at"))
    assert got.notes[["row", "target", "code", "value"]].to_dict("records") == [
        {"row": 0, "target": "occurred_at", "code": "ambiguous_time", "value": "11/2/2025 1:30"}
    ]


def test_a_map_to_a_column_that_is_none_is_refused() -> None:
    with pytest.raises(DeskError) as caught:
        mapped(frame(a=["1"]), rule("a", "nowhere"))
    assert caught.value.code == "unknown_column"


# ---- check_map


def problems(*rules: FieldRule, ignored: tuple[IgnoredField, ...] = (), columns: list[str] | None = None) -> list[str]:
    dated = (rule("when", "occurred_at"), *rules)
    found = check_map(FieldMap("lead", dated, ignored), columns, object_type("lead"))
    assert all(problem.mend and problem.place for problem in found)
    return [f"{problem.place}: {problem.sentence}" for problem in found]


def test_a_good_map_has_no_problem() -> None:
    chain = (step("trim"), step("parse_money", unit="cents"))
    assert (
        problems(rule("fee", "fee", *chain), ignored=(IgnoredField("x", "not needed"),), columns=["when", "fee", "x"])
        == []
    )


@pytest.mark.parametrize(
    ("bad", "says"),
    [
        (rule("a", "nowhere"), "no column 'nowhere'"),
        (rule("a", "occurred_at"), "2 fields fill the column occurred_at"),
        (rule("a", "city", "shout"), "no transform 'shout'"),
        (rule("a", "city", step("trim", hard=True)), "no option 'hard'"),
        (rule("a", "city", step("split", separator=",")), "needs its option part"),
        (rule("a", "city", step("split", separator=",", part="2")), "must be a number"),
        (rule("a", "city", step("regex_extract", pattern="(")), "must be a pattern"),
        (rule("a", "fee", step("parse_money", unit="pence")), "must be one of dollars, cents, micros"),
        (rule("a", "modified_at", step("parse_datetime", timezone="Mars/Base")), "must be a time zone name"),
        (rule("a", "modified_at", step("parse_datetime", format="DD/MM")), "neither epoch_s"),
        (rule("a", "modified_at", "parse_date"), "end with parse_datetime"),
        (rule("a", "fee", "parse_money", "trim"), "must be the last step"),
        (rule("a", "city", "parse_money"), "cannot stand in a column of text"),
        (rule("", "city"), "The source is empty"),
        (rule("a", "city", step("value_map", values={})), "must be a table"),
    ],
)
def test_every_mistake_in_a_map_is_named_with_its_place(bad: FieldRule, says: str) -> None:
    found = problems(bad)
    assert len(found) == 1
    assert says in found[0]


def test_a_map_without_a_date_is_told_so() -> None:
    found = check_map(FieldMap("lead", (rule("a", "city"),)), None, object_type("lead"))
    assert [problem.place for problem in found] == ["target occurred_at"]


def test_every_header_must_be_answered_for() -> None:
    assert problems(columns=["when", "extra"]) == ['column "extra": The column "extra" is neither mapped nor ignored.']
    assert problems(rule("a", "address", step("join", sources=["b"])), columns=["when", "a", "b"]) == []


def test_ignoring_needs_a_reason() -> None:
    assert problems(ignored=(IgnoredField("x", " "),)) == ['ignored[0] (source "x"): It is ignored without a reason.']
    assert len(problems(ignored=(IgnoredField("when", "why not"),))) == 1
