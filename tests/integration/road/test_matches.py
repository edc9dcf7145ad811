"""A row whose id is unknown: matched by the account's rules, laid before a person where two records fit, and undone."""

from __future__ import annotations

import itertools
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from lib.db.tables.imports import data_import_rows
from lib.db.unit_of_work import Desk
from lib.domain.rows.fixes import DecisionKind, WhichRows
from lib.errors import DeskError
from lib.pipeline.loading.decisions import approve, undo_load
from lib.pipeline.loading.fixing import decide, take_back
from lib.services.loading import decide_rows, match_rows
from lib.services.reviewing import review
from tests.builders import (
    LEAD_FIELDS,
    a_csv,
    a_lead,
    a_lead_account,
    a_map,
    admin,
    an_account,
    an_approved_map,
    code_of,
    committed,
    content_of,
    import_file,
    records,
    require_conserved,
    slices,
    table_rows,
    verdicts_of,
)

_NAMES = (f"match{number}" for number in itertools.count())


def matched(desk: Desk, *rules: str, key: str = "site") -> None:
    """An account of leads that are matched by these rules."""
    a_lead_account(desk, key)
    desk.do(admin(desk), match_rows.set_match_rules, key, "lead", rules)


def rows_of(desk: Desk, load: int) -> list[dict[str, Any]]:
    found = [row for row in table_rows(desk.app, data_import_rows) if row["load_id"] == load]
    return sorted(found, key=lambda row: row["row_no"])


def reasons_of(desk: Desk, load: int) -> list[set[str]]:
    return [set(row["reasons"].split()) for row in rows_of(desk, load)]


def choose(desk: Desk, load: int, row_no: int, value: int | str) -> None:
    which = WhichRows((row_no,))
    decide(desk, admin(desk), load, which, DecisionKind.MATCH, "asked the client", value=str(value))


def test_without_rules_an_unknown_id_is_a_new_record(any_desk: Desk) -> None:
    desk = any_desk
    a_lead_account(desk)
    committed(desk, a_csv([a_lead(1)]))
    assert verdicts_of(desk, committed(desk, a_csv([a_lead(1, id="X1")]))["load"]) == ["created"]


def test_a_matched_row_updates_its_record_under_both_ids_and_the_undo_parts_them(desk: Desk) -> None:
    matched(desk, "phone")
    committed(desk, a_csv([a_lead(1), a_lead(2)]))
    before = content_of(desk)
    content = a_csv([a_lead(1, id="X1", status="won"), a_lead(3)])
    load = committed(desk, content)
    require_conserved(load, 2)
    assert verdicts_of(desk, load["load"]) == ["updated", "created"]
    assert reasons_of(desk, load["load"]) == [{"matched_by_phone"}, set()]
    assert records(desk)["L1"]["status"] == "won"
    assert set(records(desk)) == {"L1", "L2", "L3"}
    assert slices(desk, "site.leads") == {("2026-03-04", ""): 3}

    same = committed(desk, a_csv([a_lead(1, id="X1", status="won", phone="")], list(a_lead(1))))
    assert reasons_of(desk, same["load"]) == [{"known_by_match"}]  # the phone is gone from it, the link stays
    undo_load(desk, admin(desk), same["load"], "to see")
    again = import_file(desk, a_csv([a_lead(1, id="X1", status="won"), a_lead(2)]))
    assert verdicts_of(desk, again["load"]) == ["ignored", "ignored"]
    later = committed(desk, a_csv([a_lead(1, status="lost")]))
    assert undo_load(desk, admin(desk), later["load"], "to see")["reversed"] == 1

    done = undo_load(desk, admin(desk), load["load"], "wrong")
    assert (done["reversed"], done["could_not"]) == (2, 0)
    assert content_of(desk) == before
    assert committed(desk, content)["verdicts"] == load["verdicts"]


def test_rules_are_asked_in_their_order_and_both_means_both(any_desk: Desk) -> None:
    desk = any_desk
    matched(desk, "phone+email", "email")
    committed(desk, a_csv([a_lead(1), a_lead(2), a_lead(3, phone="")]))
    rows = [
        a_lead(1, id="X1"),
        a_lead(2, id="X2", email="other@mail.example"),
        a_lead(3, id="X3", phone=""),
        a_lead(9, id="X4", phone="", email=""),
    ]
    load = import_file(desk, a_csv(rows))["load"]
    found = [reasons & match_rows.MATCH_CODES for reasons in reasons_of(desk, load)]
    assert found == [{"matched_by_phone_and_email"}, set(), {"matched_by_email"}, set()]


def test_a_record_is_found_by_what_it_bears_now(any_desk: Desk) -> None:
    desk = any_desk
    matched(desk, "phone")
    committed(desk, a_csv([a_lead(1)]))
    committed(desk, a_csv([a_lead(1, phone="3035559999")]))
    load = import_file(desk, a_csv([a_lead(1, id="X1"), a_lead(1, id="X2", phone="3035559999")]))["load"]
    assert verdicts_of(desk, load) == ["created", "updated"]


def test_a_masked_phone_never_matches(any_desk: Desk) -> None:
    desk = any_desk
    an_account(desk)
    an_approved_map(desk, "site", a_map("lead", {**LEAD_FIELDS, "phone_is_masked": ("masked", ())}))
    desk.do(admin(desk), match_rows.set_match_rules, "site", "lead", ["phone"])
    committed(desk, a_csv([a_lead(1, masked="true"), a_lead(2, masked="false"), a_lead(3, masked="")]))
    rows = [a_lead(1, id="X1", masked="false"), a_lead(2, id="X2", masked="true"), a_lead(3, id="X3", masked="")]
    assert verdicts_of(desk, import_file(desk, a_csv(rows))["load"]) == ["created", "created", "updated"]


def test_only_genuine_rows_match_and_only_within_one_account(any_desk: Desk) -> None:
    desk = any_desk
    matched(desk, "phone")
    matched(desk, "phone", key="other")
    committed(desk, a_csv([a_lead(1), a_lead(2, name="Test Person")]))
    rows = [a_lead(1, id="X1", name="Test Person"), a_lead(2, id="X2")]
    load = committed(desk, a_csv(rows))
    assert verdicts_of(desk, load["load"]) == ["created", "created"]
    assert load["classes"]["test"] == 1
    elsewhere = import_file(desk, a_csv([a_lead(1, id="Y1")]), "other")
    assert verdicts_of(desk, elsewhere["load"]) == ["created"]


def test_an_ambiguous_match_is_held_until_a_person_chooses(desk: Desk) -> None:
    matched(desk, "phone")
    committed(desk, a_csv([a_lead(1), a_lead(2, phone="3035550001"), a_lead(3), a_lead(4, phone="3035550003")]))
    before = content_of(desk)
    load = import_file(desk, a_csv([a_lead(1, id="X1", status="won"), a_lead(3, id="X3")]))["load"]
    assert [row["is_held"] for row in rows_of(desk, load)] == [True, True]
    assert reasons_of(desk, load)[0] == {"ambiguous_match", "held"}
    (doubt, _) = desk.ask(admin(desk), match_rows.doubtful_rows, load)
    assert [item.external_id for item in doubt.candidates] == ["L1", "L2"]
    assert any("2 rows" in text for text in desk.ask(admin(desk), review.review_load, load)["warnings"])

    choose(desk, load, 0, doubt.candidates[1].record_id)
    decision = desk.ask(admin(desk), decide_rows.decisions_of, load)[-1]
    take_back(desk, admin(desk), load, decision.id)
    assert reasons_of(desk, load)[0] == {"ambiguous_match", "held"}
    choose(desk, load, 0, doubt.candidates[1].record_id)
    # A person's word stands when everything is looked at again.
    committed(desk, a_csv([a_lead(8)]))
    approve(desk, admin(desk), load)
    assert reasons_of(desk, load)[0] == {"matched_by_person"}
    assert records(desk)["L2"]["status"] == "won"
    assert set(records(desk)) == {"L1", "L2", "L3", "L4", "L8"}

    # What was held is chosen for after the commit, and the undo takes back both.
    choose(desk, load, 1, "new")
    assert records(desk)["X3"]["version"] == 1
    assert slices(desk, "site.leads") == {("2026-03-04", ""): 6}
    undo_load(desk, admin(desk), load, "wrong")
    left = content_of(desk)
    assert [row for row in left["crm_leads"] if row["external_id"] != "L8"] == before["crm_leads"]
    assert [link for link in left["links"] if link["thing"] != "L8"] == before["links"]


def test_a_released_row_that_was_in_doubt_is_a_new_record(any_desk: Desk) -> None:
    desk = any_desk
    matched(desk, "phone")
    committed(desk, a_csv([a_lead(1), a_lead(2, phone="3035550001")]))
    load = import_file(desk, a_csv([a_lead(1, id="X1")]))["load"]
    decide(desk, admin(desk), load, WhichRows((0,)), DecisionKind.RELEASE, "somebody else")
    assert reasons_of(desk, load) == [{"new_by_person"}]
    committed(desk, a_csv([a_lead(8)]))
    approve(desk, admin(desk), load)
    assert set(records(desk)) == {"L1", "L2", "L8", "X1"}


def test_two_rows_that_match_one_record_are_both_in_doubt(any_desk: Desk) -> None:
    desk = any_desk
    matched(desk, "phone")
    committed(desk, a_csv([a_lead(1), a_lead(2)]))
    rows = [a_lead(1, id="X1"), a_lead(1, id="X2"), a_lead(2, id="X3"), a_lead(2, status="won")]
    load = import_file(desk, a_csv(rows))["load"]
    assert [row["is_held"] for row in rows_of(desk, load)] == [True, True, True, False]
    assert verdicts_of(desk, load) == ["created", "created", "created", "updated"]
    doubts = desk.ask(admin(desk), match_rows.doubtful_rows, load)
    assert doubts[2].candidates[0].is_taken
    with pytest.raises(DeskError) as refused:
        choose(desk, load, 2, doubts[2].candidates[0].record_id)
    assert code_of(refused) == "record_taken"
    choose(desk, load, 0, doubts[0].candidates[0].record_id)
    with pytest.raises(DeskError) as refused:
        choose(desk, load, 1, doubts[1].candidates[0].record_id)
    assert code_of(refused) == "record_taken"
    require_conserved(approve(desk, admin(desk), load), 4)
    assert set(records(desk)) == {"L1", "L2"}


def test_of_two_ids_of_one_record_in_a_file_the_later_row_counts(any_desk: Desk) -> None:
    desk = any_desk
    matched(desk, "phone")
    committed(desk, a_csv([a_lead(1)]))
    committed(desk, a_csv([a_lead(1, id="X1")]))
    load = committed(desk, a_csv([a_lead(1, status="won"), a_lead(1, id="X1", status="lost")]))
    assert verdicts_of(desk, load["load"]) == ["duplicate", "updated"]
    assert reasons_of(desk, load["load"])[0] == {"same_record"}
    assert records(desk)["L1"]["status"] == "lost"


def test_a_match_made_by_another_load_meanwhile_is_known_when_this_one_is_approved(any_desk: Desk) -> None:
    desk = any_desk
    matched(desk, "phone")
    committed(desk, a_csv([a_lead(1)]))
    one = import_file(desk, a_csv([a_lead(1, id="X1", status="won")]))["load"]
    two = import_file(desk, a_csv([a_lead(1, id="X1", status="lost")]))["load"]
    approve(desk, admin(desk), one)
    approve(desk, admin(desk), two)
    assert reasons_of(desk, two) == [{"known_by_match"}]
    undo_load(desk, admin(desk), one, "wrong")
    undo_load(desk, admin(desk), two, "wrong")
    assert {row["external_id"] for row in content_of(desk)["integration_external_objects"]} == {"L1"}


ROWS = st.fixed_dictionaries(
    {
        "id": st.sampled_from(["A", "B", "C", "D"]),
        "date": st.just("2026-03-04 20:00:00Z"),
        "phone": st.sampled_from(["3035550001", "3035550002", ""]),
        "status": st.sampled_from(["new", "won"]),
    }
)


def _few(examples: int) -> settings:
    return settings(
        max_examples=examples,
        deadline=None,
        derandomize=True,
        phases=(Phase.explicit, Phase.generate),
        suppress_health_check=[HealthCheck.function_scoped_fixture],
    )


FILES = st.lists(st.lists(ROWS, min_size=1, max_size=3), min_size=2, max_size=4)


@_few(2)
@given(files=FILES, data=st.data())
def test_whatever_was_matched_undone_in_any_order_leaves_nothing(
    sqlite_desk: Desk, files: list[list[dict[str, str]]], data: st.DataObject
) -> None:
    _match_and_undo(sqlite_desk, files, data)


@pytest.mark.prove
@_few(12)
@given(files=FILES, data=st.data())
def test_whatever_was_matched_undone_in_any_order_leaves_nothing_on_either_database(
    desk: Desk, files: list[list[dict[str, str]]], data: st.DataObject
) -> None:
    _match_and_undo(desk, files, data)


def _match_and_undo(desk: Desk, files: list[list[dict[str, str]]], data: st.DataObject) -> None:
    key = next(_NAMES)
    matched(desk, "phone", key=key)
    before, loads = [content_of(desk)], []
    for content in dict.fromkeys(a_csv(rows) for rows in files):
        load = committed(desk, content, key)
        # Undone at once nothing has changed, and the same file comes to the same again.
        undo_load(desk, admin(desk), load["load"], "to see")
        assert content_of(desk) == before[-1]
        again = committed(desk, content, key)
        assert again["verdicts"] == load["verdicts"]
        loads.append(again["load"])
        before.append(content_of(desk))
    for load in data.draw(st.permutations(loads)):
        assert undo_load(desk, admin(desk), load, "wrong")["could_not"] == 0
    assert content_of(desk) == before[0]
