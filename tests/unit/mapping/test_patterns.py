"""A pattern never runs for ever, and one that cannot run is refused in a sentence before anything runs."""

from __future__ import annotations

import time

import pandas as pd
import pyarrow as pa
import pytest

from lib.domain.maps import FieldMap, FieldRule, Transform
from lib.mapping.apply import apply_map
from lib.mapping.transforms.patterns import MOST_CHARACTERS, extracted, groups_of, pattern_problem
from lib.mapping.transforms.shape import MapContext


def test_a_pattern_that_would_run_for_ever_comes_back_at_once() -> None:
    hostile = pd.DataFrame({"a": ["a" * 50_000 + "!" for _ in range(20)]}, dtype="str")
    rule = FieldRule("a", "city", (Transform("regex_extract", {"pattern": "(a+)+$"}),))
    started = time.process_time()
    mapped = apply_map(FieldMap("lead", (rule,)), hostile, MapContext("UTC"))
    # A backtracking engine would not have finished the first of them in this universe's lifetime.
    assert time.process_time() - started < 2
    assert mapped.frame["city"].isna().all()
    assert set(mapped.notes["code"]) == {"no_match"}


@pytest.mark.parametrize(
    ("pattern", "says"),
    [
        ("(", "missing )"),
        ("a(?=b)", "look-around and back-references are left out"),
        (r"(a)\1", "look-around and back-references are left out"),
        ("(?P<x>a)(?P=x)", "look-around and back-references are left out"),
        ("((a{100}){100}){100}", "invalid repetition size"),
        ("\ud800", "surrogates"),
        ("a" * (MOST_CHARACTERS + 1), f"at most {MOST_CHARACTERS} characters"),
    ],
)
def test_a_pattern_that_cannot_run_says_why(pattern: str, says: str) -> None:
    assert says in str(pattern_problem(pattern))


@pytest.mark.parametrize(
    ("pattern", "text", "groups", "found"),
    [
        ("job", "a job", 0, ["job"]),
        ("(?i)JOB", "a job", 0, ["job"]),
        (r"(\w+)-(\d+)", "x JOB-12", 2, ["JOB-12", "JOB", "12"]),
        ("(?P<kind>a)(?:b)(?<no>c)", "abc", 2, ["abc", "a", "c"]),
        (r"\((\d)\)[()\]]([)(])", "(1)](", 2, ["(1)](", "1", "("]),
        (r"[]()](x)", ")x", 1, [")x", "x"]),
        (r"\Q(a\E(b)", "(ab", 1, ["(ab", "b"]),
        ("(a)|(b)", "b", 2, ["b", "", "b"]),
        ("[[:alpha:](](x)", "(x", 1, ["(x", "x"]),
    ],
)
def test_each_group_finds_what_it_says(pattern: str, text: str, groups: int, found: list[str]) -> None:
    assert pattern_problem(pattern) is None
    assert groups_of(pattern) == groups
    texts = pa.array([text], pa.large_string())
    assert [extracted(texts, pattern, group)[0].as_py() for group in range(groups + 1)] == found
