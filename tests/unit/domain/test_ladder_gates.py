"""The rules of the gates: what was never reached, what has lapsed, and what only warns."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from lib.domain.accounts import Account
from lib.domain.ladder.gates import GATES, WARNINGS, Gate, height
from lib.domain.ladder.ladder import ladder
from lib.domain.ladder.lapses import Lapse, said_to_clients
from lib.domain.ladder.setup_checks import CheckResult, SetupCheck, SetupTest
from lib.domain.ladder.standing import (
    PROMOTION,
    EvidenceSeen,
    LimitSeen,
    LoadSeen,
    MetricSeen,
    ObjectStanding,
    OwnerSeen,
    Standing,
    StatementSeen,
)
from lib.domain.people import Role
from lib.domain.publishing.statement_states import StatementStatus
from lib.domain.settings.desk_settings import DeskSettings
from lib.domain.states import AccountStatus, LoadStatus, MapStatus
from lib.domain.verdicts import Verdict
from tests.unit.plain_accounts import ANA, LEADS, an_account

NOW = datetime(2026, 11, 20, 9, tzinfo=UTC)


def a_standing(**more: Any) -> Standing:
    return Standing(**{"objects": (ObjectStanding("lead", LEADS),), "owner": OwnerSeen(True, Role.OWNER, True), **more})


def said(gate: str, days_ago: float = 1, *, is_here: bool = True, **looked_at: Any) -> Mapping[str, EvidenceSeen]:
    at = NOW - timedelta(days=days_ago)
    return {gate: EvidenceSeen(gate, "Seen.", "", ANA, is_here, at, looked_at)}


def gate_of(account: Account, standing: Standing, key: str) -> Gate:
    found = {gate.key: gate for rung in ladder(account, standing, NOW) for gate in rung.gates}
    return found[key]


def a_load(map_version: int, days_ago: float = 1) -> LoadSeen:
    at = NOW - timedelta(days=days_ago)
    counts = {Verdict.CREATED: 3}
    return LoadSeen(7, "lead", LoadStatus.COMMITTED, False, 3, counts, at, ANA, map_version, at)


def test_every_word_of_the_ladder_is_a_gate_of_an_account_that_was_begun_with() -> None:
    begun = (ObjectStanding("lead", LEADS, 1, MapStatus.APPROVED, 1, ANA, NOW, a_load(1), a_load(1)),)
    rungs = ladder(an_account(), a_standing(objects=begun), NOW)
    for rung in rungs:
        assert tuple(gate.name for gate in rung.gates) == GATES[rung.number]
        assert {gate.name for gate in rung.gates if not gate.is_blocking} == WARNINGS & set(GATES[rung.number])


def test_nothing_of_a_new_account_has_lapsed_and_everything_that_lacks_says_what_to_do() -> None:
    gates = [gate for rung in ladder(an_account(), a_standing(), NOW) for gate in rung.gates]
    assert not [gate.key for gate in gates if gate.has_lapsed]
    assert all(gate.climb and gate.why for gate in gates if not gate.holds)
    assert not [gate.key for gate in gates if gate.holds and gate.climb]


def test_what_held_when_it_went_live_has_lapsed_when_it_holds_no_more() -> None:
    live = an_account(status=AccountStatus.LIVE)
    held = a_standing(evidence=said(PROMOTION, gates={"rollback_note": "Undo it."}, marks={}))
    lapsed = gate_of(live, held, "rollback_note")
    assert lapsed.has_lapsed and lapsed.stale_because == "it held when the account went live; now: Nothing is written"
    # What did not hold then blocks nothing while it is live, and has not lapsed.
    other = gate_of(live, held, "failure_path")
    assert (other.holds, other.has_lapsed, other.is_blocking) == (False, False, False)


def test_a_warning_keeps_no_rung_from_holding() -> None:
    near = a_standing(limits=(LimitSeen("lead", 9, 100, NOW),))
    found = gate_of(an_account(), near, "rate_limits")
    assert (found.holds, found.is_blocking) == (False, False)
    assert gate_of(an_account(), a_standing(limits=(LimitSeen("lead", 10, 100, NOW),)), "rate_limits").holds


@pytest.mark.parametrize(
    ("evidence", "why"),
    [
        (
            said("access", mark="ben@desk.example"),
            "it was confirmed for ben@desk.example, and it is ana@desk.example now",
        ),
        (
            said("access", mark=ANA, is_here=False),
            "ana@desk.example, who confirmed it, is no longer a person of this desk",
        ),
        (said("access", 366, mark=ANA), "it was confirmed more than 365 days ago, on 19 Nov 2025"),
        (said("access", 364, mark=ANA), ""),
    ],
)
def test_what_a_person_confirmed_goes_stale_with_what_it_was_confirmed_for(
    evidence: Mapping[str, EvidenceSeen], why: str
) -> None:
    found = gate_of(an_account(), a_standing(evidence=evidence), "access")
    assert (found.holds, found.stale_because) == (not why, why)


def test_a_test_stays_good_for_as_long_as_the_desk_says_or_the_account_may_be_silent() -> None:
    begun = ObjectStanding("lead", LEADS, 1, MapStatus.APPROVED, 1, ANA, NOW, a_load(1, 31), a_load(1, 31))
    standing = a_standing(objects=(begun,))
    assert gate_of(an_account(), standing, "test_import.lead").stale_because == "it is older than 30 days: 20 Oct 2026"
    assert gate_of(an_account(freshness_hours=24 * 35), standing, "test_import.lead").holds, "it sends once a month"
    assert gate_of(an_account(), replace(standing, settings=DeskSettings(0, 40)), "test_import.lead").holds


@pytest.mark.parametrize(("reviewed_through", "holds"), [(2, True), (1, False)])
def test_a_test_import_is_one_through_the_map_that_is_in_use(reviewed_through: int, holds: bool) -> None:
    proof = a_load(reviewed_through)
    begun = ObjectStanding("lead", LEADS, 2, MapStatus.APPROVED, 2, ANA, NOW, proof, proof)
    assert gate_of(an_account(), a_standing(objects=(begun,)), "test_import.lead").holds is holds


def test_a_failed_setup_test_says_which_check_and_what_mends_it() -> None:
    checks = (
        SetupCheck("credential", CheckResult.FAILED, "There is nothing behind env:KEY.", "Put it there."),
        SetupCheck("clock", CheckResult.PASSED, "They agree."),
    )
    standing = a_standing(setup_test=SetupTest(1, 1, NOW, ANA, CheckResult.FAILED, checks))
    account = an_account(credential_ref="env:KEY")
    found = gate_of(account, standing, "setup_test")
    assert (found.holds, found.climb) == (False, "Put it there.")
    assert "There is nothing behind env:KEY." in found.stale_because
    assert gate_of(account, standing, "credential").stale_because == "There is nothing behind env:KEY."
    changed = a_standing(
        setup_test=SetupTest(1, 1, NOW, ANA, CheckResult.PASSED, checks[1:]), connection_changed=("auth_scopes",)
    )
    assert gate_of(account, changed, "setup_test").stale_because == "the connection was set anew since: auth scopes"


def test_a_number_that_is_being_corrected_keeps_its_card_and_one_taken_back_by_hand_does_not() -> None:
    def standing(*, is_corrected: bool) -> Standing:
        taken = StatementSeen(4, StatementStatus.WITHDRAWN, 1, "Look.", ANA, NOW, "It moved.", is_corrected)
        metric = MetricSeen(1, "leads", "Leads", "lead", 1, is_for_clients=True, statement=taken)
        begun = ObjectStanding("lead", LEADS, 1, MapStatus.APPROVED, 1, ANA, NOW)
        return a_standing(objects=(begun,), metrics={"leads": metric})

    account = an_account(promised=("leads",), public_promise="Leads a week.")
    for key in ("comparison", "promised_cards"):
        assert gate_of(account, standing(is_corrected=True), key).holds
        assert not gate_of(account, standing(is_corrected=False), key).holds
    assert gate_of(account, standing(is_corrected=False), "comparison").stale_because.endswith("It moved.")


def test_only_live_is_the_sixth_rung() -> None:
    rungs = [replace(rung, gates=()) for rung in ladder(an_account(), a_standing(), NOW)]
    assert (height(rungs, is_live=True), height(rungs, is_live=False)) == (6, 5)
    assert height(ladder(an_account(), a_standing(), NOW), is_live=True) == 0


def test_clients_read_of_a_lapse_in_the_houses_words_only() -> None:
    lapsed = Gate("owner", 1, "Owner", False, ANA, stale_because=f"{ANA} is no longer a person of this desk")
    late = Gate("freshness", 6, "Freshness", False, "", stale_because="nothing has come since 1 Nov 2026")
    fall = Lapse(1, 1, "site", "Site", ANA, (lapsed, late), said_to_clients((lapsed, late)), NOW)
    assert fall.said == "somebody new is taking care of it"
    assert (
        fall.because
        == f"Owner: {ANA} is no longer a person of this desk. Freshness: Nothing has come since 1 Nov 2026."
    )
    every = {name for names in GATES.values() for name in names} - WARNINGS
    for name in every:
        words = said_to_clients((replace(lapsed, key=name),))
        assert words and words[0].islower() and "@" not in words and not words.endswith(".")
