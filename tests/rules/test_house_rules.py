"""The house rules that stand so far, each asked of the lowest layer that enforces it, on both databases.

The README's table names these tests; `test_the_readme_names_a_test_for_every_rule_that_stands` keeps the two together.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine, delete, event, insert, select, update
from sqlalchemy.exc import DBAPIError

from lib.clock import utc_now
from lib.db.append_only import APPEND_ONLY
from lib.db.failures import Failure, failure_of
from lib.db.rights.grants import grant_statements
from lib.db.tables.accounts import account_objects, integration_provider_accounts
from lib.db.tables.audit import audit_log
from lib.db.tables.baselines import baselines
from lib.db.tables.baselines import change_notes as notes_table
from lib.db.tables.imports import data_import_rows, integration_import_batches
from lib.db.tables.maps import integration_field_mappings
from lib.db.tables.payloads import payload_chunks
from lib.db.tables.reports import metric_definitions, report_metrics
from lib.db.unit_of_work import Desk
from lib.domain.imports import DateRange
from lib.domain.metrics import Aggregation
from lib.domain.people import Role
from lib.domain.running.failed_work import Step
from lib.domain.signals import Signal
from lib.domain.states import AccountStatus
from lib.domain.tasks import SILENCE
from lib.entrypoints.worker import Worker
from lib.errors import DeskError
from lib.pipeline.letters.dead_letters import discard
from lib.pipeline.letters.failing import meet_trouble
from lib.pipeline.loading.decisions import approve, undo_load
from lib.pipeline.loading.inward import Delivered, queue_import
from lib.pipeline.running.retention import purge_payloads
from lib.pipeline.setup.watching import watch_ladder
from lib.providers import TEMPLATES
from lib.services.counting import baseline, metrics
from lib.services.mapping import maps
from lib.services.publishing import change_notes, portal, statements
from lib.services.reviewing import review
from lib.services.running import dead_letters, jobs, tasks
from lib.services.setup import account_settings, ladder
from tests.builders import (
    PROJECT,
    a_csv,
    a_lead,
    a_lead_account,
    a_map,
    a_person,
    admin,
    an_account,
    at,
    code_of,
    committed,
    desk_on,
    everything,
    import_file,
    table_rows,
)
from tests.published import BEFORE, NOW, published, set_live, two_fortnights, written

MARCH = DateRange(date(2026, 3, 1), date(2026, 3, 31))
APRIL = DateRange(date(2026, 4, 1), date(2026, 4, 30))


@pytest.fixture
def desk(database_urls: tuple[str, str], tmp_path: Path) -> Iterator[Desk]:
    with desk_on(database_urls, tmp_path) as opened:
        yield opened


def refused_as(failure: Failure, desk: Desk, statement: object) -> None:
    with pytest.raises(DBAPIError) as refused, desk.app.begin() as connection:
        connection.execute(statement)  # type: ignore[arg-type]
    assert failure_of(refused.value) is failure


def march(desk: Desk) -> dict[str, object]:
    return committed(desk, a_csv([a_lead(n, f"2026-03-{n:02d}") for n in range(1, 11)]), days=MARCH)


def test_r1_no_number_is_shown_without_its_source_label(desk: Desk) -> None:
    a_lead_account(desk)
    march(desk)
    shown = desk.ask(admin(desk), metrics.client_metrics, "acme")
    assert shown
    assert all(item["source"] for item in shown)
    assert all(item["source"] in value["sentence"] for item in shown for value in item["values"])
    with pytest.raises(DeskError) as refused:
        desk.do(admin(desk), account_settings.set_account, "site", {"source_label": " "})
    assert code_of(refused) == "source_label_missing"
    refused_as(Failure.CHECK, desk, update(integration_provider_accounts).values(source_label=""))


def test_r2_an_account_has_a_named_owner_who_is_a_person_of_the_desk(desk: Desk) -> None:
    a_lead_account(desk)
    refused_as(Failure.FOREIGN_KEY, desk, update(integration_provider_accounts).values(owner_id=987654))
    with pytest.raises(DeskError) as refused:
        desk.do(admin(desk), account_settings.set_account, "site", {"owner": "nobody@example.com"})
    assert code_of(refused) == "unknown_person"


def test_r3_every_metric_has_one_signal_and_signals_are_never_compared(desk: Desk) -> None:
    a_lead_account(desk)
    march(desk)
    for item in desk.ask(admin(desk), metrics.client_metrics, "acme"):
        assert item["signal"] in set(Signal)
    captured = desk.do(admin(desk), baseline.capture_baseline, "acme", "site.leads", MARCH, "before")
    with pytest.raises(DeskError) as refused:
        desk.ask(admin(desk), baseline.compare_with_baseline, "acme", "site.calls", captured["baseline"], APRIL)
    assert code_of(refused) == "other_metric"
    refused_as(Failure.CHECK, desk, update(account_objects).values(signal_name="everything"))
    with pytest.raises(DeskError) as fixed:
        desk.do(admin(desk), account_settings.set_account, "site", {"signal.lead": "phone_call"})
    assert code_of(fixed) == "signal_fixed"


def test_r3_a_ratio_never_divides_one_signal_by_another() -> None:
    for offered in TEMPLATES.values():
        signals = {item.key: offered.object(item.object).signal for item in offered.metrics}
        for item in offered.metrics:
            if item.aggregation is Aggregation.RATIO:
                assert signals[item.numerator] == signals[item.denominator] == signals[item.key]


def test_r4_improvement_is_only_spoken_of_against_a_baseline_captured_before(desk: Desk) -> None:
    a_lead_account(desk)
    march(desk)
    committed(desk, a_csv([a_lead(n, f"2026-04-{n:02d}") for n in range(11, 30)]), days=APRIL)
    captured = desk.do(admin(desk), baseline.capture_baseline, "acme", "site.leads", MARCH, "before the new form")
    said = desk.ask(admin(desk), baseline.compare_with_baseline, "acme", "site.leads", captured["baseline"], APRIL)
    assert (said["baseline"]["value"], said["current"]["value"], said["change"]) == (10, 19, 9)
    assert not re.search(r"improve|better|worse", said["sentence"], re.IGNORECASE)
    with pytest.raises(DeskError) as refused:
        desk.do(admin(desk), baseline.capture_baseline, "acme", "site.leads", MARCH, " ")
    assert code_of(refused) == "reason_missing"


def test_r4_a_change_is_recorded_only_against_a_baseline_captured_before_it(desk: Desk) -> None:
    number = two_fortnights(desk)
    for day, code in ((date(2026, 3, 15), "baseline_too_late"), (date(2026, 3, 17), "")):
        given = ("site.leads", "form", day, "The form asks for the town now.", number)
        if code:
            with pytest.raises(DeskError) as refused:
                desk.do(admin(desk), change_notes.note_change, *given)
            assert code_of(refused) == code
        else:
            desk.do(admin(desk), change_notes.note_change, *given)
    (noted,) = table_rows(desk.app, notes_table)
    assert (noted["baseline_id"], noted["day"]) == (number, date(2026, 3, 17))
    refused_as(Failure.FOREIGN_KEY, desk, insert(notes_table).values({**noted, "id": 99, "baseline_id": 4711}))


def test_r4_a_sentence_claims_nothing_that_no_baseline_from_before_supports(desk: Desk) -> None:
    two_fortnights(desk)
    late = desk.do(admin(desk), baseline.capture_baseline, "acme", "site.leads", BEFORE, "after the fact")["baseline"]
    for words in ("Leads are better than before.", "Leads improved thanks to the new form."):
        with pytest.raises(DeskError) as refused:
            written(desk, late, sentence=words)
        assert code_of(refused) == "not_for_clients"
        assert "captured after the current period had begun" in refused.value.message


def test_r5_every_import_is_logged_with_provider_range_rows_status_and_error(desk: Desk) -> None:
    a_lead_account(desk)
    load = march(desk)
    with pytest.raises(DeskError):
        import_file(desk, b"<!doctype html><html></html>")
    good, bad = sorted(table_rows(desk.app, integration_import_batches), key=lambda row: row["id"])
    assert (good["provider"], good["status"], good["row_count"]) == ("other", "read", 10)
    assert (good["range_from"], good["range_to"]) == (MARCH.first, MARCH.last)
    assert (bad["status"], bad["row_count"]) == ("refused", None)
    assert "web page" in bad["error_note"]
    actions = [row["action"] for row in table_rows(desk.app, audit_log) if row["subject_id"] == load["load"]]
    assert {"load opened", "load committed"} <= set(actions)


def test_r6_a_stakeholder_reads_summaries_and_never_rows(desk: Desk) -> None:
    a_lead_account(desk)
    load = march(desk)
    client = a_person(desk, "sam@acme.example", Role.STAKEHOLDER, "acme")
    assert desk.ask(client, portal.portal, "acme").client_key == "acme"
    for verb, about in ((review.review_load, load["load"]), (metrics.client_metrics, "acme")):
        with pytest.raises(DeskError) as refused:
            desk.ask(client, verb, about)
        assert code_of(refused) == "not_allowed"


def test_r7_the_database_is_decided_before_anything_is_imported(desk: Desk) -> None:
    a_lead_account(desk)
    march(desk)
    with pytest.raises(DeskError) as refused:
        desk.do(admin(desk), account_settings.set_account, "site", {"destination": "traffic"})
    assert code_of(refused) == "destination_fixed"
    with pytest.raises(DeskError) as contradicted:
        an_account(desk, "leads", provider="angi", destination="traffic")
    assert code_of(contradicted) == "destination_contradicts"
    with pytest.raises(DeskError) as wrong:
        desk.do(admin(desk), maps.save_map, "site", a_map("traffic_day", {"day": "day"}))
    assert code_of(wrong) == "wrong_destination"


def test_r8_nothing_is_received_without_an_account(desk: Desk) -> None:
    with pytest.raises(DeskError) as refused:
        import_file(desk, a_csv([a_lead(1)]), account="nowhere")
    assert code_of(refused) == "account_not_found"
    an_account(desk)
    row = {"account_id": 4711, "client_id": 1, "provider": "x", "kind": "file", "file_name": "f", "content_hash": "h"}
    rest = {"byte_count": 1, "status": "received", "is_range_given": False, "is_partial": False, "error_note": ""}
    rest["by_hand_reason"] = ""
    more = {"received_at": datetime(2026, 1, 1, tzinfo=UTC), "received_by": 1, "control_totals": {}}
    refused_as(Failure.FOREIGN_KEY, desk, insert(integration_import_batches).values(**row, **rest, **more))


def test_r9_every_field_is_mapped_or_ignored_with_a_reason(desk: Desk) -> None:
    a_lead_account(desk)
    with desk.app.connect() as connection:
        fields = connection.execute(select(integration_field_mappings)).all()
    assert fields
    values = {name: value for name, value in fields[0]._mapping.items() if name != "id"}
    values |= {"position": 99, "target_column": "", "reason": ""}
    refused_as(Failure.CHECK, desk, insert(integration_field_mappings).values(**values))


def test_r10_tests_and_spam_are_kept_and_shown_and_never_counted(desk: Desk) -> None:
    a_lead_account(desk)
    rows = [a_lead(1), a_lead(2, name="Test Lead"), a_lead(3)]
    load = committed(desk, a_csv(rows), days=MARCH)
    assert load["verdicts"]["created"] == 3
    assert load["classes"]["test"] == 1
    (leads,) = [
        item for item in desk.ask(admin(desk), metrics.client_metrics, "acme") if item["metric"] == "site.leads"
    ]
    assert [(value["value"], value["left_out"]) for value in leads["values"]] == [(2, 1)]


def test_r11_without_retention_no_payload_is_kept_and_the_verdicts_stay(desk: Desk) -> None:
    a_lead_account(desk)
    desk.do(admin(desk), account_settings.set_account, "site", {"retention_days": "0"})
    load = march(desk)
    assert table_rows(desk.app, payload_chunks) == []
    assert len([row for row in table_rows(desk.app, data_import_rows) if row["load_id"] == load["load"]]) == 10


def test_r11_a_payload_is_purged_when_its_days_are_over_and_its_record_stays(desk: Desk) -> None:
    account = a_lead_account(desk)
    desk.do(admin(desk), account_settings.set_account, "site", {"retention_days": "30"})
    load = march(desk)
    rows = table_rows(desk.app, data_import_rows)
    hashes = [row["content_hash"] for row in table_rows(desk.app, integration_import_batches)]
    for days, chunks_left in ((29, True), (31, False)):
        later = at(desk, lambda days=days: utc_now() + timedelta(days=days))
        purge_payloads(later, admin(later), account.id)
        assert bool(table_rows(desk.app, payload_chunks)) is chunks_left
    assert table_rows(desk.app, data_import_rows) == rows
    assert [row["content_hash"] for row in table_rows(desk.app, integration_import_batches)] == hashes
    assert desk.ask(admin(desk), review.review_load, load["load"])["verdicts"] == load["verdicts"]


def test_r12_the_portal_shows_rollups_and_nothing_of_a_record(desk: Desk) -> None:
    number = two_fortnights(desk)
    published(desk, number)
    seen: list[str] = []

    def look(connection: object, cursor: object, statement: str, *_rest: object) -> None:
        seen.append(statement)

    sam = a_person(desk, "sam@acme.example", Role.STAKEHOLDER, "acme")
    event.listen(Engine, "before_cursor_execute", look)
    found = desk.ask(sam, portal.portal, "acme")
    event.remove(Engine, "before_cursor_execute", look)
    assert len(found.cards) == 1
    # Every question of the portal asks a view of the portal, and what comes back holds nothing of a row or a record.
    read = {name for statement in seen for name in re.findall(r"(?:FROM|JOIN) `?(\w+)", statement)}
    assert read == {
        "portal_clients",
        "portal_cards_published",
        "portal_corrections",
        "portal_freshness",
        "portal_checks",
    }
    said = repr(found)
    assert not re.search(r"Person \d|p\d+@mail|303555\d|export\.csv|L\d{2,}", said)


def test_r13_and_r16_an_account_without_its_plan_for_failure_is_named_by_the_doctor(desk: Desk) -> None:
    from lib.services.running import doctor

    a_lead_account(desk)
    assert "account_unprepared" in {item.code for item in doctor.examine_desk(desk, admin(desk))}
    plan = {"failure_path": "call Ana", "manual_fallback": "type it in", "rollback_note": "undo the load"}
    desk.do(admin(desk), account_settings.set_account, "site", plan)
    assert "account_unprepared" not in {item.code for item in doctor.examine_desk(desk, admin(desk))}


def test_r13_and_r16_nobody_goes_live_without_a_plan_for_failure(desk: Desk) -> None:
    a_lead_account(desk)
    plan = ("failure_path", "manual_fallback", "rollback_note", "retry_rules")
    desk.do(admin(desk), account_settings.set_account, "site", {"retry_rules": ""})
    with pytest.raises(DeskError) as refused:
        desk.do(admin(desk), ladder.promote, "site")
    assert code_of(refused) == "gates_missing" and all(name in refused.value.message for name in plan)
    desk.do(admin(desk), account_settings.set_account, "site", dict.fromkeys(plan, "call Ana"))
    with pytest.raises(DeskError) as still:
        desk.do(admin(desk), ladder.promote, "site")
    assert not any(name in still.value.message for name in plan)


def test_r14_a_metric_without_one_clear_sentence_is_neither_stored_nor_rolled_up(desk: Desk) -> None:
    a_lead_account(desk)
    refused_as(Failure.CHECK, desk, update(metric_definitions).values(client_meaning=""))
    refused_as(Failure.CHECK, desk, update(metric_definitions).values(unit=""))
    with desk.app.begin() as connection:
        connection.execute(update(metric_definitions).values(client_meaning="\t"))
    march(desk)
    assert table_rows(desk.app, report_metrics) == []
    assert desk.ask(admin(desk), metrics.client_metrics, "acme") == []


def test_r15_a_test_import_is_reviewed_and_writes_no_record_and_no_number(desk: Desk) -> None:
    a_lead_account(desk)
    load = import_file(desk, a_csv([a_lead(1), a_lead(1), {**a_lead(2), "date": "never"}]), is_test=True)
    assert load["verdicts"] == {"created": 1, "updated": 0, "duplicate": 1, "failed": 1, "ignored": 0}
    assert approve(desk, admin(desk), load["load"])["status"] == "approved"
    assert table_rows(desk.app, report_metrics) == []


def test_r16_what_fails_after_its_last_try_lies_in_the_queue_with_an_owner_and_a_mend(desk: Desk) -> None:
    """Rows that stay out, a file nobody can read, a job out of tries: none is just gone, and each says what to do."""
    owner = a_lead_account(desk).owner_email
    committed(desk, a_csv([a_lead(1), a_lead(2, fee="about ten")]))
    with pytest.raises(DeskError):
        import_file(desk, b"name;nothing\n")
    job_id = queue_import(desk, admin(desk), Delivered("site", "lead", "later.csv", a_csv([a_lead(3)]))).job_id
    claimed = desk.do(admin(desk), jobs.claim, "worker")
    assert claimed is not None
    assert claimed.id == job_id
    desk.do(admin(desk), meet_trouble, claimed, DeskError("not_possible", "It cannot be done.", "Ask the owner."), 0.5)
    found = desk.ask(admin(desk), dead_letters.groups)
    assert {item.step for item in found} >= {Step.VALIDATE, Step.READ}
    assert len(found) == 3
    assert all(item.owner == owner and item.sentence and item.mend for item in found)
    asked = {task.detail["fingerprint"] for task in desk.ask(admin(desk), tasks.listed) if task.owner == owner}
    assert asked == {item.fingerprint for item in found}
    # And it never just goes: what is given up for good says why, and stays counted.
    for item in found:
        with pytest.raises(DeskError):
            discard(desk, admin(desk), item.fingerprint, " ")
        discard(desk, admin(desk), item.fingerprint, "a drill")
    assert desk.ask(admin(desk), dead_letters.groups) == ()
    assert len(desk.ask(admin(desk), dead_letters.groups, is_open=False)) == 3


def test_r16_what_is_entered_by_hand_says_why_and_is_labelled_wherever_it_shows(desk: Desk) -> None:
    from lib.pipeline.loading.by_hand import enter_rows
    from lib.services.arriving import uploads
    from lib.services.tracing import find_records

    a_lead_account(desk)
    me, typed = admin(desk), {"id": "L1", "date": "2026-03-04 12:00:00Z"}
    with pytest.raises(DeskError) as refused:
        enter_rows(desk, me, "site", "lead", [typed], " ")
    assert code_of(refused) == "reason_missing"
    load = int(enter_rows(desk, me, "site", "lead", [typed], "the export is down")["load"])
    approve(desk, me, load)
    said = [
        desk.ask(me, review.look_at, load).delivery.file_name,
        desk.ask(me, uploads.brought).loads[0].file_name,
        desk.ask(me, find_records.browse, "site", "lead").records[0].source_label,
        *(item["source"] for item in desk.ask(me, metrics.client_metrics, "acme") if item["values"]),
    ]
    assert len(said) > 3 and all("entered by hand" in words.lower() for words in said)
    refused_as(Failure.CHECK, desk, _without_a_reason(desk))


def _without_a_reason(desk: Desk) -> object:
    """A delivery entered by hand once more, and nobody says why."""
    row = table_rows(desk.app, integration_import_batches)[0]
    return insert(integration_import_batches).values(**{**row, "id": 99, "content_hash": "x", "by_hand_reason": ""})


def test_r15_nobody_goes_live_before_an_import_was_reviewed(desk: Desk) -> None:
    def lacks() -> set[str]:
        return {gate.key for gate in desk.ask(admin(desk), ladder.ladder_of, "site").lacking}

    a_lead_account(desk)
    load = import_file(desk, a_csv([a_lead(1)]), is_test=True)["load"]
    assert "test_import.lead" in lacks(), "it arrived, and nobody has looked at it"
    approve(desk, admin(desk), load)
    assert "test_import.lead" not in lacks()


def test_r17_what_is_live_stops_being_so_when_a_proof_of_it_lapses(desk: Desk) -> None:
    published(desk, two_fortnights(desk))
    assert not watch_ladder(desk, admin(desk))
    desk.do(admin(desk), account_settings.set_account, "site", {"rollback_note": ""})
    assert [lapse.account_key for lapse in watch_ladder(desk, admin(desk))] == ["site"]
    found = desk.ask(admin(desk), ladder.ladder_of, "site")
    assert (found.is_live, found.account.status) == (False, AccountStatus.NEEDS_REVIEW)
    ((_, fresh),) = desk.ask(admin(desk), portal.portal, "acme").cards
    assert fresh.is_stale and "Looked at again since" in fresh.words


def test_r17_live_is_not_a_setting(desk: Desk) -> None:
    a_lead_account(desk)
    with pytest.raises(DeskError) as refused:
        desk.do(admin(desk), account_settings.set_account, "site", {"status": "live"})
    assert code_of(refused) == "status_not_a_setting"


def test_r17_nothing_of_an_account_is_published_before_it_is_live(desk: Desk) -> None:
    number = two_fortnights(desk)
    set_live(desk, status="setup")
    draft = written(desk, number)
    owner = a_person(desk, "owner@example.com", Role.OWNER)
    desk.do(owner, statements.review, draft.id)
    for reason, code in (("", "not_live"), ("they wait for it", "not_allowed")):
        with pytest.raises(DeskError) as refused:
            desk.do(owner, statements.publish, draft.id, reason)
        assert code_of(refused) == code
    assert desk.ask(admin(desk), portal.portal, "acme").cards == ()
    # An admin may, by name and with a reason that stays with it.
    done = desk.do(admin(desk), statements.publish, draft.id, "they wait for it")
    assert (done.published_by, done.override_reason) == ("Local admin", "they wait for it")


def test_r18_an_incomplete_period_is_never_published(desk: Desk) -> None:
    number = two_fortnights(desk)
    draft = written(desk, number, span=DateRange(NOW.first, date(2026, 3, 31)))
    desk.do(admin(desk), statements.review, draft.id)
    with pytest.raises(DeskError) as refused:
        desk.do(admin(desk), statements.publish, draft.id)
    assert code_of(refused) == "incomplete"


def test_r18_a_partial_import_leaves_a_baseline_as_it_was_and_supports_no_claim(desk: Desk) -> None:
    a_lead_account(desk)
    march(desk)
    before = desk.do(admin(desk), baseline.capture_baseline, "acme", "site.leads", MARCH, "clean")
    committed(desk, a_csv([a_lead(50, "2026-03-20")]), days=MARCH, is_partial=True)
    committed(desk, a_csv([a_lead(60, "2026-04-02")]), days=APRIL, is_partial=True)
    said = desk.ask(admin(desk), baseline.compare_with_baseline, "acme", "site.leads", before["baseline"], APRIL)
    assert said["baseline"]["value"] == 10
    assert (said["complete"], said["change_pct"]) == (False, None)
    for statement in (update(baselines).values(reason="another"), delete(baselines)):
        if desk.app.dialect.name == "sqlite":
            refused_as(Failure.NOT_GRANTED, desk, statement)
    grants = [line for line in grant_statements(desk.settings, "'desk'@'%'") if "`baselines`" in line]
    assert grants == [line for line in grants if "GRANT SELECT, INSERT ON" in line] != []


def test_r18_a_baseline_changed_behind_the_desk_is_found_by_its_seal(desk: Desk) -> None:
    a_lead_account(desk)
    march(desk)
    captured = desk.do(admin(desk), baseline.capture_baseline, "acme", "site.leads", MARCH, "clean")
    with desk.app.connect() as connection:
        evidence = connection.execute(select(baselines.c.evidence)).scalar_one()
    evidence["series"]["days"][0][1] = "9999"
    _as_somebody_with_all_rights(desk, update(baselines).values(evidence=evidence))
    with pytest.raises(DeskError) as refused:
        desk.ask(admin(desk), baseline.compare_with_baseline, "acme", "site.leads", captured["baseline"], APRIL)
    assert code_of(refused) == "seal_broken"


def test_r19_the_running_app_changes_no_table_and_rewrites_no_history(desk: Desk) -> None:
    a_lead_account(desk)
    march(desk)
    if desk.app.dialect.name == "sqlite":
        for ddl in ("DROP TABLE clients", "ALTER TABLE clients ADD COLUMN x TEXT", "CREATE TABLE x (y INTEGER)"):
            with pytest.raises(DBAPIError) as refused, desk.app.begin() as connection:
                connection.exec_driver_sql(ddl)
            assert failure_of(refused.value) is Failure.NOT_GRANTED
        refused_as(Failure.NOT_GRANTED, desk, delete(audit_log))
        refused_as(Failure.NOT_GRANTED, desk, update(audit_log).values(action="nothing happened"))
    grants = "\n".join(grant_statements(desk.settings, "'desk'@'%'"))
    assert not re.search(r"\b(DROP|ALTER|CREATE|ALL)\b", grants)
    for table in APPEND_ONLY:
        assert not re.search(rf"DELETE[^\n]*`{table}`", grants)


def test_r20_a_secret_is_refused_where_a_reference_belongs_and_is_not_repeated(desk: Desk) -> None:
    a_lead_account(desk)
    secret = "whsec_c2VjcmV0LXZhbHVl"
    with pytest.raises(DeskError) as refused:
        desk.do(admin(desk), account_settings.set_account, "site", {"webhook_secret": secret})
    assert code_of(refused) == "not_a_reference"
    assert secret not in refused.value.message + refused.value.hint
    desk.do(admin(desk), account_settings.set_account, "site", {"webhook_secret": "env:SITE_SECRET"})
    with pytest.raises(DeskError) as pasted:
        desk.do(admin(desk), account_settings.set_account, "site", {"failure_path": f"Tell Ana, with {secret}"})
    assert code_of(pasted) == "secret_in_text"
    assert secret not in pasted.value.message + pasted.value.hint
    assert secret not in repr(everything(desk))


def test_r21_a_provider_that_falls_silent_is_a_task_of_its_owner_without_anybody_looking(desk: Desk) -> None:
    a_lead_account(desk)
    desk.do(
        admin(desk),
        account_settings.set_account,
        "site",
        {"owner": a_person(desk, "ana@example.com", Role.OWNER).email},
    )
    # At an hour at which every week's delivery is of one weekday, whether clocks went back meanwhile or not.
    now = desk.clock().replace(hour=18)
    today = at(desk, lambda: now)
    for weeks in (5, 4, 3, 2):
        then = at(desk, lambda back=weeks: now - timedelta(weeks=back, days=1))  # type: ignore[misc]
        committed(then, a_csv([a_lead(10 * weeks + number) for number in range(3)]))
    Worker(today).step()
    (task,) = [item for item in desk.ask(admin(desk), tasks.listed) if item.kind == SILENCE]
    assert task.owner == "ana@example.com"
    assert task.page == "operations"
    committed(today, a_csv([a_lead(99)]))
    Worker(today).step()
    assert [item for item in desk.ask(admin(desk), tasks.listed) if item.kind == SILENCE] == []


def test_r22_every_metric_ends_somewhere(desk: Desk) -> None:
    a_lead_account(desk)
    assert all(item.surface for offered in TEMPLATES.values() for item in offered.metrics)
    refused_as(Failure.CHECK, desk, update(metric_definitions).values(surface=""))


def test_an_undone_load_takes_its_numbers_with_it(desk: Desk) -> None:
    a_lead_account(desk)
    load = march(desk)
    undo_load(desk, admin(desk), int(str(load["load"])), "wrong file")
    assert table_rows(desk.app, report_metrics) == []


def test_the_readme_names_a_test_for_every_rule_that_stands() -> None:
    rows = re.findall(r"^\| R(\d+) \|.*$", (PROJECT / "README.md").read_text("utf-8"), re.MULTILINE)
    assert [int(number) for number in rows] == list(range(1, 23))
    written = set(
        re.findall(r"def (test_\w+)", "".join(path.read_text("utf-8") for path in PROJECT.glob("tests/**/*.py")))
    )
    named = set(re.findall(r"`(test_\w+)`", (PROJECT / "README.md").read_text("utf-8")))
    assert named <= written
    assert {f"r{number}" for number in rows} == {name.split("_")[1] for name in named if name.startswith("test_r")}


def _as_somebody_with_all_rights(desk: Desk, statement: object) -> None:
    from lib.db.engine import open_engine

    engine = open_engine(desk.settings.app_migration_url, is_migrating=True)
    with engine.begin() as connection:
        connection.execute(statement)  # type: ignore[arg-type]
    engine.dispose()
