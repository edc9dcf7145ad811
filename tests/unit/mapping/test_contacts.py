"""What the house promises of phones and e-mail addresses that are not quite what they should be."""

from __future__ import annotations

from typing import Any

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lib.domain.maps import FieldMap, FieldRule, Transform
from lib.mapping.apply import MapContext, Mapped, apply_map
from lib.mapping.transforms.contact import read_email
from validation.reasons import REASONS


def mapped(texts: list[str | None], target: str, *steps: str) -> Mapped:
    rule = FieldRule("a", target, tuple(Transform(step) for step in steps))
    return apply_map(FieldMap("lead", (rule,)), pd.DataFrame({"a": pd.Series(texts, dtype="str")}), MapContext("UTC"))


def codes(remarks: pd.DataFrame) -> list[tuple[Any, Any]]:
    return list(zip(remarks["row"], remarks["code"], strict=True))


@pytest.mark.parametrize(
    "text", ["303-555-XXXX", "(303) 555-****", "***-***-0142", "XXX-XXX-0142", "(•••) •••-0142", "303-555-##42", "Anonymous",
             " restricted "]
)  # fmt: skip
def test_a_hidden_phone_is_said_to_be_hidden_and_never_read_as_keys(text: str) -> None:
    got = mapped([text, "303-555-0142"], "phone")
    assert codes(got.failures) == [(0, "hidden_phone")]
    assert got.frame["phone"].isna().to_list() == [True, False]


def test_a_number_spelt_in_letters_is_read_by_its_keys() -> None:
    assert mapped(["1-800-FLOWERS"], "phone").frame["phone"][0] == "+18003569377"


def test_an_extension_is_left_out_of_the_number_and_noted() -> None:
    texts = ["303-555-0142 x12", "(303) 555-0142 extension 7", "303-555-0142", "tel:+1-303-555-0142;ext=99"]
    got = mapped([*texts], "phone")
    assert got.frame["phone"].to_list() == ["+13035550142"] * 4
    assert codes(got.notes) == [(0, "extension_apart"), (1, "extension_apart"), (3, "extension_apart")]


def test_an_extension_has_a_column_of_its_own_if_the_map_asks() -> None:
    got = mapped(["303-555-0142 x12", "303-555-0142", "7", "call me", None], "phone_extension", "phone_extension")
    assert got.frame["phone_extension"].fillna("").to_list() == ["12", "", "7", "", ""]
    assert codes(got.notes) == [(3, "no_match")]


def test_phones_of_many_spellings_in_one_column_keep_their_rows() -> None:
    texts = ["x", None, "+44 20 7946 0958", "3035550142", "", "(303) 555-0199", "303-555-01", "1.303.555.0142"]
    got = mapped([*texts], "phone")
    wanted = ["", "", "+442079460958", "+13035550142", "", "+13035550199", "", "+13035550142"]
    assert got.frame["phone"].fillna("").to_list() == wanted
    assert codes(got.failures) == [(0, "unreadable_phone"), (6, "unreadable_phone")]


@pytest.mark.parametrize("text", ["j***@example.com", "••••@example.com"])
def test_a_hidden_address_is_said_to_be_hidden(text: str) -> None:
    assert codes(mapped([text], "email").failures) == [(0, "hidden_email")]


def test_a_relay_address_is_an_address() -> None:
    relay = "reply+8f3a-22c1@messaging.example.com"
    assert mapped([relay.upper()], "email").frame["email"][0] == relay


def test_an_address_behind_a_name_is_read() -> None:
    assert read_email("Jane Doe <Jane@Example.com>") == "jane@example.com"


def test_two_addresses_in_one_cell_are_not_guessed_between() -> None:
    assert codes(mapped(["a@example.com; b@example.com"], "email").failures) == [(0, "unreadable_email")]


_PIECE = st.text(alphabet="aK*é+ .-İ<", max_size=4)


@settings(max_examples=60)
@given(st.lists(st.builds("{}{}@{}.{}{}".format, st.sampled_from(("", "mailto:")), *[_PIECE] * 4), max_size=8))
def test_a_column_of_addresses_is_what_each_is_alone(texts: list[str]) -> None:
    got = mapped([*texts], "email").frame["email"]
    assert [None if pd.isna(value) else value for value in got] == [read_email(text) for text in texts]


@pytest.mark.parametrize("code", ["hidden_phone", "hidden_email", "extension_apart"])
def test_each_remark_on_a_contact_has_its_sentence_and_mend(code: str) -> None:
    assert REASONS[code].sentence
    assert REASONS[code].mend


def test_words_for_nothing_are_blanks_where_the_map_says_so() -> None:
    rule = FieldRule("a", "amount", (Transform("blank_words", {"words": ["--", "N/A"]}),))
    raw = pd.DataFrame({"a": pd.Series([" --", "n/a", "none", "5"], dtype="str")})
    got = apply_map(FieldMap("lead", (rule,)), raw, MapContext("UTC"))
    assert got.frame["amount"].isna().to_list() == [True, True, True, False]
    assert codes(got.failures) == [(2, "unreadable_money")]
