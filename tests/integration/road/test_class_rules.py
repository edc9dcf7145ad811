"""An account's own signs of test, spam and internal rows, the evidence they leave, and the classes that stay."""

from __future__ import annotations

import pytest

from lib.db.tables.imports import data_import_rows
from lib.db.unit_of_work import Desk
from lib.domain.people import Role
from lib.domain.rows.class_rules import drawn_up
from lib.domain.rows.fixes import DecisionKind, WhichRows
from lib.errors import DeskError
from lib.pipeline.loading.decisions import approve
from lib.pipeline.loading.fixing import decide
from lib.services.loading import class_evidence, class_rules
from tests.builders import (
    a_csv,
    a_lead,
    a_lead_account,
    a_person,
    admin,
    code_of,
    committed,
    import_file,
    records,
    slices,
    table_rows,
    verdicts_of,
)


def short(desk: Desk, kind: str, text: str, key: str = "site") -> int:
    mark = desk.ask(admin(desk), class_rules.short_rule, key, kind, text)
    return desk.do(admin(desk), class_rules.add_rule, key, mark).number


def reasons_of(desk: Desk, load: int) -> list[set[str]]:
    rows = [row for row in table_rows(desk.app, data_import_rows) if row["load_id"] == load]
    return [set(row["reasons"].split()) for row in sorted(rows, key=lambda row: row["row_no"])]


def test_an_accounts_own_rules_stand_beside_the_marks_and_say_which_told(any_desk: Desk) -> None:
    desk = any_desk
    a_lead_account(desk)
    short(desk, "own_domain", "harbor.example")
    short(desk, "own_phone", "(303) 555-0777")
    short(desk, "test_word", "Zapier")
    short(desk, "spam_sender", "seo@rank.example")
    desk.do(admin(desk), class_rules.add_rule, "site", drawn_up("spam", "fee", "equals", ["99.99"], on="source"))
    rows = [
        a_lead(1, email="ana@mail.harbor.example"),
        a_lead(2, email="ana@notharbor.example"),
        a_lead(3, phone="303-555-0777"),
        a_lead(4, name="zapier sample"),
        a_lead(5, email="SEO@rank.example"),
        a_lead(6, fee="99.99"),
        a_lead(7, name="Test Person"),
        a_lead(8),
    ]
    load = committed(desk, a_csv(rows))
    assert load["classes"] == {"genuine": 2, "test": 2, "spam": 2, "internal": 2, "marketplace_duplicate": 0}
    assert slices(desk, "site.leads") == {("2026-03-04", ""): 2}
    assert reasons_of(desk, load["load"])[2:5] == [
        {"class_internal:rule_2"},
        {"class_test:rule_3"},
        {"class_spam:rule_4"},
    ]
    told = {item.reason: item for item in desk.ask(admin(desk), class_evidence.class_evidence, load["load"])}
    assert told["class_internal:rule_1"].sentence == "The e-mail address is at harbor.example."
    assert told["class_test:rule_3"].given_by == "rule 3 of this account"
    assert told["class_test:name"].sentence == "The name says that this is a test entry."


def test_a_removed_rule_gives_its_number_to_no_other_and_the_log_keeps_both(any_desk: Desk) -> None:
    desk = any_desk
    account = a_lead_account(desk)
    first = short(desk, "test_word", "zapier")
    desk.do(admin(desk), class_rules.remove_rule, "site", first)
    assert short(desk, "test_word", "typeform") == first + 1
    noted = desk.ask(admin(desk), lambda tx: tx.audit.of("account", account.id))
    actions = [(line.action, line.detail["rule"]) for line in noted if line.action.startswith("class rule")]
    assert actions == [("class rule added", 1), ("class rule removed", 1), ("class rule added", 2)]
    with pytest.raises(DeskError) as refused:
        desk.do(admin(desk), class_rules.remove_rule, "site", first)
    assert code_of(refused) == "unknown_class_rule"


@pytest.mark.parametrize(
    ("given", "says"),
    [
        (("test", "name", "matches", ["(unclosed"]), "The pattern '(unclosed' cannot be read: "),
        (("test", "name", "sounds_like", ["x"]), "cannot compare by 'sounds_like'"),
        (("genuine", "name", "equals", ["x"]), "no rule for the class 'genuine'"),
        (("test", "name", "equals", [" "]), "1 to 200 values"),
    ],
)
def test_a_bad_rule_is_one_clear_sentence(given: tuple[str, str, str, list[str]], says: str) -> None:
    with pytest.raises(DeskError) as refused:
        drawn_up(*given)
    assert code_of(refused) == "bad_class_rule"
    assert says in refused.value.message


def test_a_rule_looks_at_a_column_that_is_there_and_only_owners_add_it(any_desk: Desk) -> None:
    desk = any_desk
    a_lead_account(desk)
    mark = drawn_up("test", "shoe_size", "equals", ["44"])
    with pytest.raises(DeskError) as refused:
        desk.do(admin(desk), class_rules.add_rule, "site", mark)
    assert code_of(refused) == "bad_class_rule"
    analyst = a_person(desk, "an@example.com", Role.ANALYST, "acme")
    with pytest.raises(DeskError):
        desk.do(analyst, class_rules.add_rule, "site", drawn_up("test", "name", "equals", ["x"]))


def test_classes_survive_duplicates_and_deliveries_of_the_same_rows(desk: Desk) -> None:
    a_lead_account(desk)
    rows = [a_lead(1, name="Test Person"), a_lead(1, name="Test Person", fee="11"), a_lead(2, status="spam"), a_lead(3)]
    first = committed(desk, a_csv(rows))
    assert verdicts_of(desk, first["load"]) == ["duplicate", "created", "created", "created"]
    assert reasons_of(desk, first["load"])[:2] == [{"class_test:name", "in_file"}, {"class_test:name"}]
    again = committed(desk, a_csv([*rows, a_lead(4)]))
    assert verdicts_of(desk, again["load"]) == ["duplicate", "ignored", "ignored", "ignored", "created"]
    assert reasons_of(desk, again["load"])[1:3] == [
        {"class_test:name", "unchanged"},
        {"class_spam:status", "unchanged"},
    ]
    assert {key: row["row_class"] for key, row in records(desk).items()}["L1"] == "test"
    assert slices(desk, "site.leads") == {("2026-03-04", ""): 2}


def test_a_persons_class_is_not_undone_when_a_load_is_looked_at_again(any_desk: Desk) -> None:
    desk = any_desk
    a_lead_account(desk)
    load = import_file(desk, a_csv([a_lead(1, name="Test Person"), a_lead(2)]))["load"]
    decide(desk, admin(desk), load, WhichRows((0,)), DecisionKind.RECLASS, "his name is Test", value="genuine")
    committed(desk, a_csv([a_lead(2), a_lead(3)]))
    assert approve(desk, admin(desk), load)["verdicts"]["ignored"] == 1
    assert records(desk)["L1"]["row_class"] == "genuine"
    assert reasons_of(desk, load)[0] == {"class_test:name", "class_by_person"}
