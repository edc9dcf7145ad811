"""A header says the same in other words, and something else in nearly the same ones."""

from __future__ import annotations

import pandas as pd
import pytest

from lib.domain.maps import Band
from lib.domain.objects import Kind, object_type
from lib.mapping.scoring import band
from lib.mapping.suggest import suggest
from lib.mapping.wording import meaning_of, readings, unit_of


def placed(header: str, values: list[str], name: str = "lead") -> tuple[str, Band]:
    frame = pd.DataFrame({header: pd.Series(values, dtype="str")})
    got = suggest(frame, object_type(name), None, owner="o@example.com", timezone="UTC")
    return (got.fields[0].target, band(got.fields[0].confidence)) if got.fields else ("", Band.NONE)


def test_order_plurals_units_and_abbreviations_do_not_count() -> None:
    assert (
        meaning_of("Name of Customer") == meaning_of("Cust Nm") == meaning_of("customer.name") == {"customer", "name"}
    )
    assert meaning_of("Duration (seconds)") == {"duration"}
    assert meaning_of("Comments") == {"comment"}
    assert meaning_of("Address") == {"address"}
    assert meaning_of("#") == {"number"}
    assert meaning_of("Min") == {"min"}
    assert meaning_of("") == frozenset()


def test_whose_a_field_is_may_be_left_away_and_what_remains_must_tell() -> None:
    assert [set(meaning) for meaning, _ in readings("Client Email", "email", Kind.EMAIL)][1:] == [{"email"}]
    for header in ("Lead Type", "Customer Number", "job.id", "contact.date"):
        assert len(list(readings(header, "category", Kind.TEXT))) == 1, header


@pytest.mark.parametrize(
    ("header", "values", "target"),
    [
        ("Client Email", ["a@b.co", "c@d.co"], "email"),
        ("Name (First)", ["Ann", "Bob"], "first_name"),
        ("Type of Service", ["Roof", "Siding"], "service"),
        ("data.request.location.city", ["Oakland", "Salem"], "city"),
        ("request.category.name", ["Roof", "Siding"], "category"),
        ("Best Phone", ["3035550142", "3035550143"], "phone"),
        ("Bill to Street", ["1 Elm Road", "2 Elm Road"], "address"),
    ],
)
def test_a_name_in_other_words_is_placed_surely(header: str, values: list[str], target: str) -> None:
    assert placed(header, values) == (target, Band.STRONG)


@pytest.mark.parametrize(
    ("header", "values"),
    [
        ("User Agent", ["Mozilla", "Safari"]),
        ("data.form.name", ["Contact", "Contact"]),
        ("Customer Service", ["good", "bad"]),
        ("Lead Time", ["5 days", "6 days"]),
        ("Created By", ["ana", "ben"]),
        ("Service Area", ["North", "South"]),
        ("Property Value", ["high", "low"]),
        ("xref", ["q1", "q2"]),
        ("Cty", ["Kent", "Kent"]),
    ],
)
def test_nearly_the_same_words_for_another_thing_are_left_out(header: str, values: list[str]) -> None:
    assert placed(header, values) == ("", Band.NONE)


def test_a_misspelt_contact_is_sure_only_where_its_values_are_nothing_else() -> None:
    assert placed("Emial", ["a@b.co", "c@d.co"]) == ("email", Band.STRONG)
    assert placed("Emial", ["call me", "later"]) == ("", Band.NONE)


def test_a_unit_in_the_name_is_the_unit_that_is_read() -> None:
    assert unit_of("Duration (min)", {"min": "minutes"}) == "minutes"
    frame = pd.DataFrame({"Duration (min)": pd.Series(["90", "120"], dtype="str")})
    got = suggest(frame, object_type("booking"), None, owner="o@example.com", timezone="UTC")
    assert got.fields[0].transforms[0].options == {"unit": "minutes"}


def test_letters_and_a_number_are_no_amount_of_money() -> None:
    assert placed("Reference", ["frp-0017", "frp-0018"])[0] == "reference"
    assert placed("Amount", ["L-100", "L-101"]) == ("", Band.NONE)
    assert placed("Amount", ["US$ 5.00", "$342.09K"])[0] == "amount"


def test_a_call_begins_when_it_begins() -> None:
    frame = pd.DataFrame(
        {"created_at": ["2026-03-04T10:05:00Z"], "start_time": ["2026-03-04T10:00:00Z"], "Job #": ["7"]}, dtype="str"
    )
    call = suggest(frame, object_type("call"), None, owner="o@example.com", timezone="UTC")
    rule = call.rule_for("occurred_at")
    assert rule is not None
    assert rule.source == "start_time"
