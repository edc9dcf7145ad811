"""Whatever stands in a cell or a header, mapping neither crashes nor loses a row."""

from __future__ import annotations

import json
from pathlib import Path

import pandas as pd
import pytest

from lib.domain.maps import FieldMap, FieldRule, IgnoredField, Transform
from lib.domain.objects import OBJECTS, object_type
from lib.mapping.apply import MapContext, apply_map
from lib.mapping.document import dump_map, load_map
from lib.mapping.suggest import suggest

LIST = Path(__file__).parents[3].parent / "shared" / "data" / "torture" / "big-list-of-naughty-strings"


def naughty() -> list[str]:
    file = LIST / "blns.json"
    if not file.exists():
        pytest.skip(f"../shared/data is absent: {file.name} is not there")
    found: list[str] = json.loads(file.read_text("utf-8"))
    return found


@pytest.mark.parametrize("name", list(OBJECTS))
def test_every_cell_becomes_a_value_a_blank_or_a_failure(name: str) -> None:
    texts = naughty()
    raw = pd.DataFrame({"a": pd.Series(texts, dtype="str")})
    rules = tuple(FieldRule("a", column.name) for column in object_type(name).columns)
    mapped = apply_map(FieldMap(name, rules), raw, MapContext("America/New_York"))
    assert len(mapped.frame) == len(texts)
    blank = raw["a"].str.strip() == ""
    for column in mapped.frame.columns:
        failed = mapped.failures.loc[mapped.failures["target"] == column, "row"]
        lost = mapped.frame[column].isna() & ~blank
        assert set(lost[lost].index) == set(failed), column


def test_every_header_can_be_suggested_written_and_read_again() -> None:
    headers = list(dict.fromkeys(naughty()))
    raw = pd.DataFrame([["x"] * len(headers)], columns=headers, dtype="str")
    got = suggest(raw, object_type("lead"), None, owner="o@example.com", timezone="UTC")
    assert set(got.sources) == set(headers)
    assert load_map(dump_map(got)) == got


def test_every_text_survives_in_every_place_of_a_map() -> None:
    for text in naughty():
        steps = (
            Transform("value_map", {"values": {text: text}, "otherwise": text}),
            Transform("default", {"value": text}),
        )
        rule = FieldRule(text, "city", steps, text, text, text, reason=text)
        field_map = FieldMap("lead", (rule,), (IgnoredField(text, text),))
        assert load_map(dump_map(field_map)) == field_map
