"""An account may hold, blank or stop what a rule finds, and never lets in what would be a wrong record."""

from __future__ import annotations

import pandas as pd
import pytest

from lib.domain.findings import Finding
from lib.domain.objects import OBJECTS, object_type
from lib.domain.rows.policies import Policies, ReasonPolicy
from lib.domain.verdicts import Severity
from lib.errors import DeskError
from tests.mapped_frames import GOOD, frame_of, judged, told
from validation.catalogue import rule_book
from validation.load_reasons import LOAD_REASONS
from validation.policy import apply_policy, judged_arrival, load_findings, severity_under
from validation.policy_settings import allowed_policies, default_policy, policies_with
from validation.reasons import REASONS, severity_of

LEAD = object_type("lead")
STOP, HOLD, BLANK, LET_IN = ReasonPolicy.STOP, ReasonPolicy.HOLD, ReasonPolicy.BLANK, ReasonPolicy.LET_IN


def asked(**by_code: ReasonPolicy) -> Policies:
    return Policies(by_code)


def a_frame() -> pd.DataFrame:
    return frame_of(
        "lead", external_id=["a", "b", "c"], occurred_at=[GOOD, "1970-01-01T00:00:00Z", GOOD], fee=[-1, 2, 10**18]
    )


def test_without_policies_nothing_changes() -> None:
    frame = a_frame()
    report = judged("lead", frame)
    assert apply_policy(report, frame, Policies(), LEAD) == (frame, report)
    assert report.is_failed.tolist() == [False, False, True]


def test_a_remark_that_is_held_fails_its_rows_and_no_others() -> None:
    frame = a_frame()
    same, report = apply_policy(judged("lead", frame), frame, asked(negative_amount=HOLD), LEAD)
    assert report.is_failed.tolist() == [True, False, True]
    assert told(report) == told(judged("lead", frame))
    pd.testing.assert_frame_equal(same, frame)


def test_a_value_that_is_blanked_lets_its_row_in_with_a_warning() -> None:
    frame = a_frame()
    before = frame.copy(deep=True)
    blanked, report = apply_policy(judged("lead", frame), frame, asked(amount_out_of_range=BLANK), LEAD)
    assert not report.is_failed.any()
    assert blanked["fee"].tolist() == [-1, 2, pd.NA]
    assert blanked["fee"].dtype == frame["fee"].dtype
    assert (2, "fee", "amount_out_of_range", "warn") in report.reasons.itertuples(index=False, name=None)
    pd.testing.assert_frame_equal(frame, before)


def test_a_required_value_or_an_identifier_is_never_blanked_but_held() -> None:
    frame = frame_of("lead", external_id=["a\x00", "b"], occurred_at=[GOOD, "1970-01-01T00:00:00Z"])
    policies = asked(date_too_old=BLANK, control_characters=BLANK)
    same, report = apply_policy(judged("lead", frame), frame, policies, LEAD)
    assert report.is_failed.tolist() == [True, True]
    pd.testing.assert_frame_equal(same, frame)


def test_a_row_with_another_blocking_reason_stays_out_although_one_is_blanked() -> None:
    frame = frame_of("lead", occurred_at=[None], fee=[10**18])
    _, report = apply_policy(judged("lead", frame), frame, asked(amount_out_of_range=BLANK), LEAD)
    assert report.is_failed.tolist() == [True]


def test_what_a_stored_reason_weighs_is_what_it_weighed_in_the_report() -> None:
    frame = frame_of("lead", external_id=["a\x00"], occurred_at=[GOOD], fee=[-1], amount=[10**18], name=["x@y.z"])
    for policy in (HOLD, BLANK):
        policies = asked(control_characters=policy, negative_amount=policy, amount_out_of_range=policy)
        _, report = apply_policy(judged("lead", frame), frame, policies, LEAD)
        weights = {f"{code}:{column}": weight for _, column, code, weight in report.reasons.itertuples(index=False)}
        assert len(weights) == 4
        assert weights == {reason: severity_under(policies, reason, LEAD).value for reason in weights}
    assert severity_under(Policies(), "too_long:description", LEAD) is severity_of("too_long:description", LEAD)


def test_a_stop_leaves_rows_alone_and_stops_the_load() -> None:
    frame = a_frame()
    policies = asked(negative_amount=STOP)
    _, report = apply_policy(judged("lead", frame), frame, policies, LEAD)
    assert report.is_failed.tolist() == [False, False, True]
    counts = {"negative_amount": 1, "date_too_old": 1}
    (finding,) = load_findings(policies, row_count=3, failed_count=1, reason_counts=counts)
    assert (finding.code, finding.severity) == ("stopped_by_policy", Severity.BLOCK)
    assert finding.sentence == "1 row gives the reason negative_amount, for which this account stops a load."
    assert load_findings(policies, row_count=3, failed_count=1, reason_counts={"date_too_old": 1}) == []
    assert load_findings(asked(negative_amount=HOLD), row_count=3, failed_count=2, reason_counts=counts) == []


@pytest.mark.parametrize(
    ("policies", "failed", "is_stopped"),
    [
        (Policies(), 100, False),
        (Policies(max_failed_percent=5), 5, False),
        (Policies(max_failed_percent=5), 6, True),
        (Policies(max_failed_percent=0), 1, True),
        (Policies(max_failed_rows=5), 5, False),
        (Policies(max_failed_rows=5), 6, True),
        (Policies(max_failed_percent=50, max_failed_rows=5), 6, True),
        (Policies(max_failed_percent=0, max_failed_rows=0), 0, False),
    ],
)
def test_more_failed_rows_than_the_account_puts_up_with_stop_the_load(
    policies: Policies, failed: int, is_stopped: bool
) -> None:
    found = load_findings(policies, row_count=100, failed_count=failed, reason_counts={})
    assert [item.code for item in found] == (["too_many_failed"] if is_stopped else [])


def test_an_empty_load_is_not_over_any_limit() -> None:
    policies = Policies(max_failed_percent=0, max_failed_rows=0)
    assert load_findings(policies, row_count=0, failed_count=0, reason_counts={}) == []


def test_a_doubt_about_an_arrival_blocks_where_the_account_says_so() -> None:
    doubt = Finding("round_row_count", Severity.WARN, "There are exactly 100 rows.", "Look.", {"rows": 100})
    assert judged_arrival([doubt], Policies()) == [doubt]
    (stopped,) = judged_arrival([doubt], asked(round_row_count=STOP))
    assert (stopped.severity, stopped.numbers) == (Severity.BLOCK, doubt.numbers)


def test_policies_are_stored_and_come_back() -> None:
    policies = policies_with(Policies(), "policy.negative_amount", "stop")
    policies = policies_with(policies_with(policies, "max_failed_percent", "5"), "max_failed_rows", "0")
    assert policies.as_dict() == {
        "reasons": {"negative_amount": "stop"}, "max_failed_percent": 5, "max_failed_rows": 0
    }  # fmt: skip
    assert Policies.of_dict(policies.as_dict()) == policies
    for name, text in (
        ("policy.negative_amount", "default"),
        ("max_failed_percent", "none"),
        ("max_failed_rows", "none"),
    ):
        policies = policies_with(policies, name, text)
    assert policies.as_dict() == {}


@pytest.mark.parametrize(
    ("name", "text", "code"),
    [
        ("policy.no_such_reason", "stop", "unknown_reason"),
        ("policy.class_spam", "hold", "unknown_reason"),
        ("policy.rows_not_as_expected", "let_in", "unknown_reason"),
        ("policy.negative_amount", "explode", "unknown_policy"),
        ("policy.missing_date", "blank", "unknown_policy"),
        ("policy.unreadable_money", "let_in", "unknown_policy"),
        ("policy.in_file", "hold", "unknown_policy"),
        ("max_failed_percent", "101", "not_a_number"),
        ("max_failed_rows", "-1", "not_a_number"),
    ],
)
def test_a_policy_that_cannot_be_had_is_refused_with_what_can(name: str, text: str, code: str) -> None:
    with pytest.raises(DeskError) as caught:
        policies_with(Policies(), name, text)
    assert caught.value.code == code
    assert caught.value.hint


def test_asking_for_the_default_keeps_nothing() -> None:
    assert policies_with(Policies(), "policy.missing_date", "hold") == Policies()


@pytest.mark.parametrize("code", [*REASONS, *LOAD_REASONS])
def test_a_default_is_among_what_may_be_chosen_and_no_wrong_record_is_let_in(code: str) -> None:
    allowed = allowed_policies(code)
    assert not allowed or default_policy(code) in allowed
    if code in REASONS and REASONS[code].severity is Severity.BLOCK:
        assert LET_IN not in allowed


def test_every_reason_stands_in_the_rule_book_with_the_cells_it_is_about() -> None:
    book = {rule.code: rule for rule in rule_book()}
    assert list(book) == [*REASONS, *LOAD_REASONS]
    assert book["missing_date"].cells["traffic_day"] == ("day",)
    assert book["negative_amount"].cells["lead"] == ("amount", "fee")
    assert book["unreadable_money"].cells["traffic_day"] == ("cost",)
    assert book["no_contact"].cells == {
        name: ("phone",) for name in OBJECTS if name in ("lead", "booking", "quote_request")
    }
    assert book["negative_amount"].concerns("lead", frozenset({"fee"}))
    assert not book["negative_amount"].concerns("lead", frozenset({"name"}))
    assert book["in_file"].concerns("lead", frozenset())
