"""A chain is one line to edit and a few words to read, and the line gives the same chain back."""

from __future__ import annotations

import pytest

from lib.domain.maps import Transform
from lib.domain.objects import Kind
from lib.errors import DeskError
from lib.mapping.chain_text import in_words, read_short_form, short_form

CHAINS = [
    (),
    (Transform("trim"),),
    (Transform("trim"), Transform("parse_datetime", {"order": "dmy", "timezone": "Europe/Paris", "whole_days": True})),
    (Transform("value_map", {"values": {"yes, please": "open", "No": "1", "#x: y": ""}, "otherwise": "blank"}),),
    (Transform("join", {"sources": ["Last, First", "b"], "separator": ", "}),),
    (Transform("regex_extract", {"pattern": r"^\[(\d+)\]{2}"}),),
]


@pytest.mark.parametrize("chain", CHAINS)
def test_the_short_form_gives_the_same_chain_back(chain: tuple[Transform, ...]) -> None:
    text = short_form(chain)
    assert "\n" not in text
    assert read_short_form(text, "field") == chain


def test_the_words_say_how_a_column_is_read_also_where_the_chain_leaves_it_out() -> None:
    dated = (Transform("trim"), Transform("parse_datetime", {"order": "mdy", "timezone": "America/Denver"}))
    assert in_words(dated, Kind.TIMESTAMP) == "date m/d/y, America/Denver"
    assert in_words((), Kind.MONEY) == "money, as the account says"
    assert in_words((), Kind.TEXT) == "as it came"
    assert in_words((Transform("trim"),), Kind.PHONE) == "phone"
    translated = (Transform("trim"), Transform("value_map", {"values": {"a": "b"}}))
    assert in_words(translated, Kind.STATUS) == "value map, 1 value"


def test_a_long_value_map_is_its_name_alone_and_keeps_its_values() -> None:
    table = Transform("value_map", {"values": {str(number): "x" for number in range(21)}})
    text = short_form((Transform("trim"), table))
    assert text == "trim, value_map"
    assert read_short_form(f"{text}, upper", "field", (table,)) == (Transform("trim"), table, Transform("upper"))
    with pytest.raises(DeskError, match="needs its option values"):
        read_short_form(text, "field")
