"""Test, spam, internal and resold rows are known by evidence, and everything else is genuine."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest

from lib.domain.providers import Mark, MarkOn
from lib.domain.providers import Test as How
from lib.domain.rows.class_rules import drawn_up
from lib.domain.verdicts import RowClass
from lib.errors import DeskError
from lib.mapping.classes import classify, resale_duplicates


def mark(row_class: RowClass, field: str, test: How, *values: str, on: MarkOn = MarkOn.SOURCE) -> Mark:
    return Mark(row_class, on, field, test, values, f"{field} {test} {values[0] if values else ''}")


def text(*cells: str | None) -> pd.Series[str]:
    return pd.Series(list(cells), dtype="str")


def classes(raw: dict[str, Any], *marks: Mark, frame: dict[str, Any] | None = None) -> list[str]:
    rows = pd.DataFrame(raw)
    mapped = pd.DataFrame(frame) if frame else pd.DataFrame(index=rows.index)
    return classify(mapped, rows, marks).row_class.tolist()


def test_a_row_without_evidence_is_genuine() -> None:
    report = classify(pd.DataFrame(index=range(2)), pd.DataFrame({"name": text("Ann", None)}), [])
    assert report.row_class.tolist() == ["genuine", "genuine"]
    assert report.evidence.empty


def test_a_mark_ignores_case_and_outer_blanks_on_both_sides() -> None:
    marked = mark(RowClass.TEST, "is_test", How.EQUALS, " True ")
    assert classes({"is_test": text("TRUE ", "false", "", None)}, marked) == ["test", "genuine", "genuine", "genuine"]


def test_case_folding_knows_more_than_lower_case() -> None:
    assert classes({"name": text("Straße")}, mark(RowClass.TEST, "name", How.EQUALS, "STRASSE")) == ["test"]


@pytest.mark.parametrize(
    ("test", "value", "hits"),
    [
        (How.EQUALS, "test", [True, False, False, False]),
        (How.STARTS_WITH, "test", [True, True, False, False]),
        (How.CONTAINS, "test", [True, True, True, False]),
        (How.MATCHES, r"\btest\b", [True, True, False, False]),
        (How.CONTAINS, "te.t", [False, False, False, False]),
    ],
)
def test_each_comparison_means_what_it_says(test: How, value: str, hits: list[bool]) -> None:
    found = classes({"name": text("Test", "test lead", "contest", "Ann")}, mark(RowClass.TEST, "name", test, value))
    assert [row == "test" for row in found] == hits


def test_any_of_several_values_is_enough() -> None:
    marked = mark(RowClass.SPAM, "status", How.CONTAINS, "spam", "trash")
    assert classes({"status": text("active", "TRASH", "is spam")}, marked) == ["genuine", "spam", "spam"]


@pytest.mark.parametrize("test", [How.CONTAINS, How.STARTS_WITH])
def test_a_blank_value_marks_nothing(test: How) -> None:
    assert classes({"name": text("Ann", "")}, mark(RowClass.TEST, "name", test, "")) == ["genuine", "genuine"]


def test_a_mark_without_values_marks_nothing() -> None:
    assert classes({"name": text("Ann")}, mark(RowClass.TEST, "name", How.MATCHES)) == ["genuine"]


def test_test_beats_spam_beats_internal_whatever_their_order() -> None:
    marks = [
        mark(RowClass.INTERNAL, "a", How.EQUALS, "x"),
        mark(RowClass.SPAM, "b", How.EQUALS, "x"),
        mark(RowClass.TEST, "c", How.EQUALS, "x"),
    ]
    raw = {"a": text("x", "x", "x", "y"), "b": text("x", "x", "y", "y"), "c": text("x", "y", "y", "y")}
    assert classes(raw, *marks) == ["test", "spam", "internal", "genuine"]
    assert classes(raw, *reversed(marks)) == ["test", "spam", "internal", "genuine"]


def test_evidence_is_kept_for_every_class_also_where_a_stronger_one_won() -> None:
    marks = [mark(RowClass.SPAM, "a", How.EQUALS, "x"), mark(RowClass.TEST, "b", How.EQUALS, "x")]
    raw = pd.DataFrame({"a": text("y", "x"), "b": text("y", "x")})
    evidence = classify(pd.DataFrame(index=range(2)), raw, marks).evidence
    assert evidence.to_dict("records") == [
        {"row": 1, "code": "class_test", "mark": "b", "evidence": "b equals x"},
        {"row": 1, "code": "class_spam", "mark": "a", "evidence": "a equals x"},
    ]


def test_the_first_mark_of_a_class_gives_the_evidence() -> None:
    marks = [mark(RowClass.TEST, "a", How.EQUALS, "x"), mark(RowClass.TEST, "b", How.EQUALS, "x")]
    report = classify(pd.DataFrame(index=range(1)), pd.DataFrame({"a": text("x"), "b": text("x")}), marks)
    assert report.evidence["evidence"].tolist() == ["a equals x"]


def test_a_mark_looks_at_the_mapped_column_only_when_it_says_so() -> None:
    frame, raw = {"email": text("ann@test.example")}, {"email": text("other")}
    source = mark(RowClass.TEST, "email", How.CONTAINS, "@test.")
    target = mark(RowClass.TEST, "email", How.CONTAINS, "@test.", on=MarkOn.TARGET)
    assert classes(raw, source, frame=frame) == ["genuine"]
    assert classes(raw, target, frame=frame) == ["test"]


def test_a_target_need_not_be_text() -> None:
    frame = {"is_active": pd.Series([True, False, None], dtype="boolean")}
    marked = mark(RowClass.INTERNAL, "is_active", How.EQUALS, "true", on=MarkOn.TARGET)
    assert classes({"a": text("1", "2", "3")}, marked, frame=frame) == ["internal", "genuine", "genuine"]


def test_a_source_header_is_found_in_another_case() -> None:
    assert classes({"Is_Test ": text("true")}, mark(RowClass.TEST, "is_test", How.EQUALS, "true")) == ["test"]


def test_a_field_that_is_not_there_marks_nothing() -> None:
    assert classes({"a": text("1")}, mark(RowClass.TEST, "is_test", How.EQUALS, "true")) == ["genuine"]


def test_a_pattern_that_cannot_be_read_is_said_with_its_field() -> None:
    with pytest.raises(DeskError, match="name") as caught:
        classes({"name": text("x")}, mark(RowClass.TEST, "name", How.MATCHES, "("))
    assert caught.value.code == "unreadable_mark"


@pytest.mark.parametrize(
    ("pattern", "hits"),
    [
        # Python's \b and \w know every letter, Arrow's engine only those of ASCII: a Mr. Testé is no test.
        (r"\btest\b", "test, TEST LEAD, tést test"),
        (r"^\w+$", "test, testé, étest, contest, Ann"),
        (r"test(?! lead)", "test, testé, étest, contest, tést test"),
        (r"t{,1}est\Z", "test, étest, contest, tést test"),
        (r"[\s]lead", "TEST LEAD, a\x0blead"),
        (r"a\slead", "a\x0blead"),
        (r"[[:alpha:]]st", "test, TEST LEAD, testé, étest, contest, tést test"),
    ],
)
def test_a_pattern_means_the_same_whoever_looks(pattern: str, hits: str) -> None:
    names = ["test", "TEST LEAD", "testé", "étest", "contest", "tést test", "a\x0blead", "a:]st", "Ann", None]
    found = classes({"name": text(*names)}, mark(RowClass.TEST, "name", How.MATCHES, pattern))
    assert ", ".join(str(name) for name, kind in zip(names, found, strict=True) if kind == "test") == hits


@pytest.mark.parametrize("pattern", [r"(a|aa)+$", r"(\w|\w\w)+(?!.)$"])
def test_a_pattern_that_would_run_for_ever_is_stopped_and_named(pattern: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("lib.mapping.classes._PATIENCE_SECONDS", 0.05)
    with pytest.raises(DeskError, match="takes too long") as caught:
        classes({"name": text("a" * 60 + "é!")}, mark(RowClass.TEST, "name", How.MATCHES, pattern))
    assert caught.value.code == "slow_mark"


@pytest.mark.parametrize("pattern", [r"(a|aa)+$", r"(\w|\w\w)+$"])
def test_a_rule_with_such_a_pattern_is_refused_when_it_is_drawn_up(pattern: str) -> None:
    with pytest.raises(DeskError, match="takes too long") as caught:
        drawn_up("test", "name", "matches", [pattern])
    assert caught.value.code == "bad_class_rule"


@pytest.mark.parametrize(("test", "value"), [(How.EQUALS, "a.b"), (How.CONTAINS, "a+"), (How.STARTS_WITH, "<a b>")])
def test_signs_of_patterns_are_letters_in_a_plain_comparison(test: How, value: str) -> None:
    names = ["A.B", "axb", "a+", "aa", "<a b> c"]
    found = classes({"name": text(*names)}, mark(RowClass.TEST, "name", test, value))
    assert [kind == "test" for kind in found] == [name.casefold().startswith(value) for name in names]


def resold(
    groups: pd.Series[Any], ids: pd.Series[Any], known: dict[str, str], genuine: list[bool] | None = None
) -> list[bool]:
    mask = np.array(genuine if genuine is not None else [True] * len(groups))
    return resale_duplicates(groups, mask, ids, known).tolist()


def test_one_request_sold_to_several_is_one_lead() -> None:
    assert resold(text("g", "h", "g", "g"), text("1", "2", "3", "4"), {}) == [False, False, True, True]


def test_the_same_lead_again_is_not_a_resale() -> None:
    assert resold(text("g", "g"), text("1", "1"), {}) == [False, False]


def test_the_first_lead_ever_seen_keeps_its_place() -> None:
    assert resold(text("g", "g"), text("9", "1"), {"g": "1"}) == [True, False]
    assert resold(text("g"), text("9"), {"g": "1"}) == [True]


def test_a_row_without_a_group_is_never_a_resale() -> None:
    assert resold(text(None, None, "", ""), text("1", "2", "3", "4"), {"": "9"}) == [False] * 4


def test_a_test_lead_takes_no_place_and_is_not_marked_resold() -> None:
    assert resold(text("g", "g", "g", "g"), text("1", "2", "3", "4"), {}, [False, True, False, True]) == [
        False,
        False,
        False,
        True,
    ]
