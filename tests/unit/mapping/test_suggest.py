"""What the house promises of a suggested map."""

from __future__ import annotations

import csv
from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest

from lib.domain.maps import UNPLACED, Band, FieldMap, FieldRule, Sensitivity, Transform
from lib.domain.objects import object_type
from lib.domain.providers import ObjectTemplate
from lib.domain.signals import ObjectSignal, Paid, Signal
from lib.mapping.apply import MapContext, apply_map, check_map
from lib.mapping.document import dump_map, load_map
from lib.mapping.scoring import band
from lib.mapping.suggest import suggest

REAL = Path(__file__).parents[3].parent / "shared" / "data" / "real"
LEAD = ObjectTemplate("lead", ObjectSignal(Signal.FORM_LEAD, Paid.ORGANIC), key="")


def suggested(
    rows: dict[str, list[str | None]],
    name: str = "lead",
    template: ObjectTemplate | None = None,
    zone: str = "America/New_York",
) -> FieldMap:
    frame = pd.DataFrame({header: pd.Series(values, dtype="str") for header, values in rows.items()})
    return suggest(frame, object_type(name), template, owner="olga@example.com", timezone=zone)


def pairs(field_map: FieldMap) -> dict[str, str]:
    return {rule.target: rule.source for rule in field_map.fields}


def of(field_map: FieldMap, target: str) -> FieldRule:
    rule = field_map.rule_for(target)
    assert rule is not None, f"nothing fills {target}"
    return rule


def real(path: str) -> pd.DataFrame:
    file = REAL / path
    if not file.exists():
        pytest.skip(f"../shared/data is absent: {file.name} is not there")
    with file.open(newline="", encoding="utf-8-sig") as lines:
        header, *rows = list(csv.reader(lines))
    return pd.DataFrame(rows, columns=header, dtype="str")


def test_a_service_request_export_is_placed_whole() -> None:
    frame = real("nyc311_animals/311_Animals_short.csv")
    got = suggest(frame, object_type("lead"), None, owner="o@example.com", timezone="America/New_York")
    assert pairs(got) == {
        "external_id": "Unique Key",
        "occurred_at": "Created Date",
        "completed_at": "Closed Date",
        "modified_at": "Resolution Action Updated Date",
        "service": "Complaint Type",
        "category": "Descriptor",
        "postal_code": "Incident Zip",
        "address": "Incident Address",
        "city": "City",
        "status": "Status",
    }
    assert of(got, "occurred_at").transforms == (
        Transform("parse_datetime", {"order": "mdy", "timezone": "America/New_York"}),
    )
    assert check_map(got, list(frame.columns), object_type("lead")) == []
    mapped = apply_map(got, frame, MapContext("America/New_York"))
    assert mapped.failures.empty
    assert len(mapped.frame) == len(frame)
    assert mapped.frame["completed_at"].isna().sum() == 277


def test_a_permit_export_is_keyed_by_what_does_not_repeat() -> None:
    frame = real("burlington_permits/Building_Permits.csv")
    got = suggest(frame, object_type("job"), None, owner="o@example.com", timezone="America/Toronto")
    found = pairs(got)
    assert found["external_id"] == "OBJECTID"
    assert {found[t] for t in ("occurred_at", "address", "status", "amount", "reference")} == {
        "INDATE", "ADDRESS", "FOLDERSTATUSDESC", "CONSTRUCTVALUE", "FILENO",
    }  # fmt: skip
    assert check_map(got, list(frame.columns), object_type("job")) == []
    mapped = apply_map(got, frame, MapContext("America/Toronto"))
    assert mapped.failures.empty
    assert mapped.frame["address"].str.strip().eq(mapped.frame["address"]).all()
    days = mapped.frame["occurred_at"].dt.tz_convert("America/Toronto").dt.strftime("%Y/%m/%d")
    assert days.eq(frame["INDATE"].str.slice(0, 10)).all()


def test_a_file_without_a_date_gets_none_invented() -> None:
    got = suggest(real("bank_marketing/bank-full.csv"), object_type("lead"), None, owner="o@x.com", timezone="UTC")
    assert "occurred_at" not in pairs(got)
    assert "external_id" not in pairs(got)
    assert [p.place for p in check_map(got, None, object_type("lead"))] == ["target occurred_at"]


def test_zip_codes_stay_text_and_a_county_is_no_country() -> None:
    frame = real("us_zipcodes/zipcodes.csv")
    got = suggest(frame, object_type("customer"), None, owner="o@x.com", timezone="UTC")
    assert pairs(got) == {"postal_code": "zip_code", "city": "city", "state": "state"}
    assert apply_map(got, frame, MapContext("UTC")).frame["postal_code"][0] == "00501"


def test_every_header_is_mapped_or_ignored_with_the_reason_unplaced() -> None:
    got = suggested({"Created": ["2025-03-14"], "zzz": ["1"], "Created 2": [""]})
    assert set(got.sources) == {"Created", "zzz", "Created 2"}
    assert {item.reason for item in got.ignored} == {UNPLACED}


def test_a_name_alone_never_makes_a_date_of_what_is_none() -> None:
    got = suggested({"Created Date": ["yesterday", "soon"], "Closed Date": ["5", "6"], "Email": ["a@b.co", "c@d.co"]})
    assert pairs(got) == {"email": "Email"}


def test_the_required_date_must_be_filled() -> None:
    got = suggested({"Created Date": ["2025-03-14", None, None], "Date": ["2025-03-14", "2025-03-15", "2025-03-16"]})
    assert pairs(got)["occurred_at"] == "Date"


def test_the_only_dates_of_a_file_are_suggested_for_a_person_to_check() -> None:
    got = suggested({"Wann": ["2025-03-14", "2025-03-15"]})
    assert band(of(got, "occurred_at").confidence) is Band.CHECK
    assert "no name tells the date" in of(got, "occurred_at").reason
    assert "occurred_at" not in pairs(suggested({"Wann": ["2025-03-14"], "Bis": ["2025-03-15"]}))


def test_the_date_that_every_record_needs_goes_before_the_dates_that_some_have() -> None:
    template = replace(LEAD, synonyms={"occurred_at": ("createdOn", "modifiedOn"), "modified_at": ("modifiedOn",)})
    both = suggested({"createdOn": ["2025-03-14"], "modifiedOn": ["2025-03-15"]}, template=template)
    assert pairs(both) == {"occurred_at": "createdOn", "modified_at": "modifiedOn"}
    assert pairs(suggested({"modifiedOn": ["2025-03-15"]}, template=template)) == {"occurred_at": "modifiedOn"}


def test_a_column_that_repeats_is_no_key() -> None:
    assert "external_id" not in pairs(suggested({"Lead ID": ["1", "1"], "Date": ["2025-03-14", "2025-03-15"]}))
    assert "external_id" not in pairs(suggested({"Lead ID": ["1", None], "Date": ["2025-03-14", "2025-03-15"]}))
    assert pairs(suggested({"Lead ID": ["1", "2"]}))["external_id"] == "Lead ID"


def test_anothers_number_is_no_key_of_ours() -> None:
    for header in ("Customer ID", "Campaign ID", "Business Unit ID", "Zip"):
        assert "external_id" not in pairs(suggested({header: ["10", "11"]}, name="job"))
    assert pairs(suggested({"Customer ID": ["10", "11"]}, name="customer"))["external_id"] == "Customer ID"


def test_the_templates_key_is_taken_by_its_name() -> None:
    got = suggested({"ref": ["1", "1"], "id": ["1", "2"]}, template=replace(LEAD, key="ref"))
    assert pairs(got)["external_id"] == "ref"
    assert of(got, "external_id").confidence == 1.0


def test_the_providers_name_wins_over_what_others_call_it() -> None:
    template = replace(LEAD, synonyms={"service": ("Status Desc",)})
    got = suggested({"Status Desc": ["Roof"]}, template=template)
    assert pairs(got) == {"service": "Status Desc"}
    assert of(got, "service").confidence == pytest.approx(0.95)


def test_a_slip_of_the_pen_is_forgiven_and_another_word_is_not() -> None:
    assert pairs(suggested({"Custmer Name": ["Jane"]})) == {"name": "Custmer Name"}
    assert band(of(suggested({"Custmer Name": ["Jane"]}), "name").confidence) is Band.CHECK
    for header in ("County", "Device Type", "Campaign Number of Pages", "User Name Type"):
        assert pairs(suggested({header: ["x"]})) == {}


def test_one_column_fills_one_target_and_the_better_one_gets_it() -> None:
    got = suggested({"Phone": ["3035550142"], "Mobile": ["3035550143"], "Alt Phone": ["3035550144"]})
    assert pairs(got) == {"phone": "Phone", "secondary_phone": "Alt Phone"}


def test_a_status_is_kept_as_it_is_and_translated_beside() -> None:
    template = replace(LEAD, value_maps={"outcome": {"Won": "accepted"}})
    got = suggested({"Date": ["2025-03-14", "2025-03-15"], "Status": ["Won", "Odd"]}, template=template)
    frame = pd.DataFrame({"Date": ["2025-03-14", "2025-03-15"], "Status": ["Won", "Odd"]}, dtype="str")
    mapped = apply_map(got, frame, MapContext("UTC"))
    assert mapped.frame["status"].to_list() == ["Won", "Odd"]
    assert mapped.frame["outcome"][0] == "accepted"
    assert pd.isna(mapped.frame["outcome"][1])
    assert mapped.notes[["code", "value"]].to_dict("records") == [{"code": "unseen_value", "value": "Odd"}]


def test_a_field_of_its_own_for_the_outcome_is_translated_itself() -> None:
    template = replace(LEAD, value_maps={"outcome": {"Won": "accepted"}})
    got = suggested({"Status": ["x"], "Outcome": ["Won"]}, template=template)
    assert pairs(got) == {"status": "Status", "outcome": "Outcome"}
    assert of(got, "outcome").transforms[-1].name == "value_map"


def test_every_rule_says_why_for_whom_and_how_careful() -> None:
    got = suggested({"customerEmail": ["a@b.co"], "Created": ["3/14/2025"]})
    rule = of(got, "email")
    assert rule.owner == "olga@example.com"
    assert rule.label == "Customer email"
    assert rule.sensitivity is Sensitivity.PERSONAL
    assert all(item.reason and item.explanation and item.label for item in got.fields)


def test_the_evidence_for_the_order_of_days_goes_into_the_map() -> None:
    assert of(suggested({"Date": ["14/3/2025", "15/3/2025"]}), "occurred_at").transforms[0].options["order"] == "dmy"
    unproven = of(suggested({"Date": ["1/3/2025"]}, template=replace(LEAD, day_order="dmy")), "occurred_at")
    assert unproven.transforms[0].options["order"] == "dmy"
    assert "no day above the 12th" in unproven.reason


def test_the_providers_zone_and_unit_go_into_the_map() -> None:
    template = replace(LEAD, timezone="UTC", money_unit="cents")
    got = suggested({"Created": ["2025-03-14 01:00"], "Amount": ["1999"], "fee_micros": ["1"]}, template=template)
    assert of(got, "occurred_at").transforms[0].options["timezone"] == "UTC"
    assert of(got, "amount").transforms[0].options == {"unit": "cents"}


def test_seconds_since_1970_are_read_as_times_where_the_name_says_so() -> None:
    got = suggested({"created_at": ["1700000000"], "blob": ["1700000001"]})
    assert pairs(got) == {"occurred_at": "created_at"}
    assert of(got, "occurred_at").transforms[0].options["format"] == "epoch_s"


def test_a_header_without_rows_still_gets_a_complete_map() -> None:
    got = suggested({"Email": [], "Created Date": [], "zzz": []})
    assert set(got.sources) == {"Email", "Created Date", "zzz"}
    assert "occurred_at" not in pairs(got)
    assert suggested({}).fields == ()


def test_a_suggestion_can_be_written_and_read_again() -> None:
    template = replace(LEAD, value_maps={"outcome": {"Yes": "accepted", "No": "declined"}})
    got = suggested({"Status": ["Yes"], "Created": ["3/14/2025"], "Amount": ["$5"]}, template=template)
    assert load_map(dump_map(got)) == got


def test_bands_are_cut_where_the_design_cuts_them() -> None:
    assert [band(value) for value in (1.0, 0.97, 0.95, 0.85, 0.84, 0.6, 0.59)] == [
        Band.CERTAIN, Band.CERTAIN, Band.STRONG, Band.STRONG, Band.CHECK, Band.CHECK, Band.NONE,
    ]  # fmt: skip


def test_the_only_column_of_phone_numbers_is_placed_to_be_checked_and_two_of_them_are_not() -> None:
    days, numbers = [f"2026-03-0{day}" for day in range(1, 6)], [f"(303) 555-013{place}" for place in range(5)]
    alone = of(suggested({"Created": days, "Ring back on": numbers}), "phone")
    assert (alone.source, band(alone.confidence)) == ("Ring back on", Band.CHECK)
    assert "phone" not in pairs(suggested({"Created": days, "Ring back on": numbers, "Or else": numbers[::-1]}))
