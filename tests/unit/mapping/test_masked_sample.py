"""What a masked sample still says: dates, amounts and states as they came, and nothing that is about anybody."""

from __future__ import annotations

import pandas as pd
import pytest

from lib.domain.maps import FieldMap, FieldRule, IgnoredField, Transform
from lib.mapping.masked_sample import SAMPLE, is_plain, masked_sample

STATES = (Transform("value_map", {"values": {"Won": "won"}}),)
MAP = FieldMap(
    "lead",
    (
        FieldRule("id", "external_id"),
        FieldRule("date", "occurred_at"),
        FieldRule("name", "name"),
        FieldRule("status", "status", STATES),
        FieldRule("service", "service"),
        FieldRule("fee", "fee"),
        FieldRule("daily", "duration"),
    ),
    (IgnoredField("secret", "nobody reads it"),),
)
RAW = pd.DataFrame(
    {
        "id": ["L1", "L2", "L1", ""],
        "date": ["3/4/2026 5:00 PM", "4 Mar 2026", "2026-03-04T12:00:00Z", "call Rosa 3/4/2026"],
        "name": ["Rosa Gomez", "", "Zoë", "X"],
        "status": ["won", "WON ", "ask Rosa", ""],
        "service": ["Roof of Rosa", "Roof", "", "5"],
        "fee": ["$1,250.00", "USD 10", "303-555-0100", "3035550100"],
        "daily": ["1:30", "90", "303-555-0100", "3035550100"],
        "secret": ["Rosa", "123", "a@b.org", ""],
    },
    dtype="str",
)


def test_only_what_is_nobodys_is_left_as_it_came() -> None:
    masked = masked_sample(RAW, MAP)
    assert list(masked.columns) == list(RAW.columns)
    assert masked["id"].tolist() == ["id-1", "id-2", "id-1", ""]
    assert masked["date"].tolist() == [*RAW["date"].tolist()[:3], "xxxx xxxx 9/9/9999"]
    assert masked["name"].tolist() == ["xxxx xxxxx", "", "xxx", "x"]
    assert masked["status"].tolist() == ["won", "WON ", "xxx xxxx", ""]
    assert masked["service"].tolist() == ["xxxx xx xxxx", "xxxx", "", "9"]
    assert masked["fee"].tolist() == ["$9,999.99", "xxx 99", "999-999-9999", "9999999999"]
    assert masked["daily"].tolist() == ["1:30", "90", "999-999-9999", "9999999999"]
    assert masked["secret"].tolist() == ["xxxx", "999", "x@x.xxx", ""]


def test_a_few_rows_are_enough_and_two_columns_of_one_name_are_both_masked() -> None:
    raw = pd.concat([RAW] * 20, ignore_index=True)
    raw.columns = ["id", "date", "name", "name", "service", "fee", "daily", "secret"]
    masked = masked_sample(raw, MAP)
    assert len(masked) == SAMPLE
    assert "Rosa" not in masked.to_csv()


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        ("20260304", True),
        ("3/4/2026", True),
        ("12.5", True),
        ("", True),
        ("yes", True),
        ("Monday, 4 March 2026 5:00 pm", True),
        ("+1 (303) 555-0100", False),
        ("3035550100", False),
        ("1772625600", False),
        ("May Wong", False),
        ("April", True),
    ],
)
def test_a_date_or_an_amount_is_plain_and_a_phone_or_a_name_is_not(text: str, plain: bool) -> None:
    assert is_plain(text) is plain
