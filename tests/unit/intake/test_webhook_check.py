"""The check of webhooks: every sender's stored example is let in as the sender would sign it, and no forgery of it is."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from lib.domain.hooks import Scheme
from lib.domain.ladder.setup_checks import CheckResult, SetupCheck, WebhooksSeen
from lib.intake.checking import webhook
from lib.intake.checking.webhook import Hooked, example_request, signature_check
from lib.intake.signatures import is_genuine
from lib.providers.senders import SECRET_FIELDS, SENDERS

NOW = datetime(2026, 3, 4, 15, 2, 11, tzinfo=UTC)
SECRET = "a secret of twenty and more"
EXAMPLE = {"id": "L1", "entry": [{"changes": [{"value": {"id": "7"}}]}], "data": {"updates": [{"lead_id": "L1"}]}}


def checked(key: str, secret: str = SECRET, seen: WebhooksSeen | None = None) -> SetupCheck:
    hooked = Hooked(SENDERS[key], secret, 300)
    return signature_check(hooked, EXAMPLE, SECRET_FIELDS, seen or WebhooksSeen(), NOW)


@pytest.mark.parametrize("key", sorted(SENDERS))
def test_the_example_of_every_sender_is_let_in_and_a_forged_one_is_not(key: str) -> None:
    sender = SENDERS[key]
    found = checked(key)
    assert found.result is (CheckResult.PASSED if sender.is_verified else CheckResult.WARNING), found
    sent = example_request(sender, SECRET, EXAMPLE, NOW)
    fields = {**EXAMPLE, sender.body_field: SECRET} if sender.scheme is Scheme.SHARED_BODY else None
    assert is_genuine(sender, [SECRET], sent, NOW, 300, fields)
    assert not is_genuine(sender, ["another"], sent, NOW, 300, fields)
    if sender.timestamp_header:
        assert not is_genuine(sender, [SECRET], sent, NOW + timedelta(seconds=301), 300, fields)


def test_a_sender_that_lets_everything_in_fails(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(webhook, "is_genuine", lambda *_: True)
    assert checked("jobber").result is CheckResult.FAILED
    monkeypatch.setattr(webhook, "is_genuine", lambda *_: False)
    assert checked("jobber").result is CheckResult.FAILED


def test_a_key_that_stands_in_the_example_gives_way_to_the_accounts_own() -> None:
    hooked = Hooked(SENDERS["google_ads"], SECRET, 300)
    example = {"lead_id": "1", "Google_key": "of somebody else"}
    assert signature_check(hooked, example, SECRET_FIELDS, WebhooksSeen(), NOW).result is CheckResult.PASSED


def test_an_example_without_fields_says_that_it_cannot_be_read() -> None:
    found = signature_check(Hooked(SENDERS["jobber"], SECRET, 300), {}, SECRET_FIELDS, WebhooksSeen(), NOW)
    assert (found.result, "is not taken" in found.sentence) == (CheckResult.FAILED, True)


@pytest.mark.parametrize(
    ("taken", "refused", "expected"),
    [
        (None, None, CheckResult.PASSED),
        (NOW, None, CheckResult.PASSED),
        (NOW, NOW - timedelta(hours=1), CheckResult.PASSED),
        # Anybody can send something that is refused, and must not be able to end what was proved.
        (NOW - timedelta(hours=1), NOW, CheckResult.WARNING),
        (None, NOW, CheckResult.FAILED),
    ],
)
def test_what_came_tells_more_than_the_example(
    taken: datetime | None, refused: datetime | None, expected: CheckResult
) -> None:
    assert checked("jobber", seen=WebhooksSeen(taken, refused)).result is expected


def test_a_secret_that_can_be_guessed_or_was_cut_is_a_warning() -> None:
    assert "fewer than 16" in checked("jobber", "short").sentence
    assert "no base64" in checked("standard", "whsec_not*base64*at*all").sentence
    assert checked("standard", "whsec_" + "YWFh" * 8).result is CheckResult.PASSED


def test_no_sentence_repeats_the_secret() -> None:
    for key in SENDERS:
        told = checked(key, seen=WebhooksSeen(None, NOW))
        assert SECRET not in told.sentence + told.mend
    assert SECRET not in repr(replace(checked("angi")))
