"""What a setting takes, where a database belongs to a signal, and that every template's words fit an account."""

from __future__ import annotations

from datetime import date

import pytest

from lib.domain.access.secret_shapes import refuse_secrets
from lib.domain.objects import Destination
from lib.domain.settings.account_settings import SETTINGS, read_setting
from lib.domain.settings.account_versions import in_words
from lib.domain.settings.desk_settings import DeskSettings
from lib.domain.settings.destinations import require_agreement
from lib.domain.signals import parse_signal
from lib.errors import DeskError
from lib.providers import TEMPLATES

PROPOSED = ("source_label", "auth_model", "failure_path", "manual_fallback", "rollback_note", "retry_rules")


@pytest.mark.parametrize("key", sorted(TEMPLATES))
def test_what_a_template_proposes_is_taken_as_it_is(key: str) -> None:
    told = TEMPLATES[key]
    texts = {name: getattr(told, name) for name in PROPOSED}
    texts |= {"public_promise": told.promise, "auth_scopes": " ".join(told.auth_scopes)}
    texts |= {"promised": ",".join(told.default_metrics), "retention_days": str(told.retention_days)}
    refuse_secrets(texts.items())
    for name, text in texts.items():
        read_setting(name, text)
    require_agreement(told.destination, {item.object: item.signal for item in told.objects})


@pytest.mark.parametrize(
    ("name", "text", "value"),
    [
        ("retention_days", "forever", -1),
        ("retention_days", " 30 ", 30),
        ("auth_expires_on", "2027-03-31", date(2027, 3, 31)),
        ("auth_expires_on", "", None),
        ("promised", " leads , lead_fees,,leads", ["leads", "lead_fees"]),
        ("promised", "", []),
        ("currency", "cad", "CAD"),
        ("four_eyes", "On", True),
        ("timezone", "", ""),
        ("credential_ref", "", ""),
    ],
)
def test_a_setting_is_read_as_it_was_meant(name: str, text: str, value: object) -> None:
    assert read_setting(name, text) == (SETTINGS[name][0], value)


@pytest.mark.parametrize(
    ("destination", "signals", "is_fine"),
    [
        ("app", {"lead": "marketplace_lead", "job": "crm_job", "call": "phone_call"}, True),
        ("traffic", {"traffic_day": "search_click"}, True),
        ("app", {"lead": "form_lead", "traffic_day": "ad_click"}, True),
        ("traffic", {"lead": "form_lead", "traffic_day": "ad_click"}, True),
        ("app", {"lead": "form_lead", "daily_metric": "ad_click"}, True),
        ("traffic", {"lead": "form_lead"}, False),
        ("app", {"traffic_day": "ad_click"}, False),
        ("app", {"lead": "ad_click"}, False),
        ("app", {"lead": "form_lead", "traffic_day": "phone_call"}, False),
    ],
)
def test_people_belong_in_one_database_and_counts_in_the_other(
    destination: str, signals: dict[str, str], is_fine: bool
) -> None:
    carried = {name: parse_signal(text) for name, text in signals.items()}
    if is_fine:
        require_agreement(Destination(destination), carried)
        return
    with pytest.raises(DeskError) as met:
        require_agreement(Destination(destination), carried)
    assert met.value.code == "destination_contradicts"


def test_the_legal_minimum_asks_nothing_of_what_is_kept_for_good() -> None:
    settings = DeskSettings.of_texts({"min_retention_days": "60"})
    assert [settings.keeps_long_enough(days) for days in (-1, 0, 59, 60, 61)] == [True, False, False, True, True]
    assert [settings.at_least(days) for days in (-1, 30, 90)] == [-1, 60, 90]
    assert DeskSettings().keeps_long_enough(0)


def test_a_change_reads_as_before_and_after() -> None:
    assert in_words({"retention_days": [90, 30], "promised": [None, "leads"], "reason": ["x" * 99, None]}) == [
        "retention_days: 90 → 30",
        "promised: nothing → leads",
        f"reason: {'x' * 59}… → nothing",
    ]
