"""What an account says of its deliveries that come in by themselves: typed as text, stored where it differs."""

from __future__ import annotations

import pytest

from lib.domain.arriving.intake import IntakeSettings, is_intake_setting
from lib.errors import DeskError


def test_only_what_differs_is_stored_and_comes_back_as_it_was() -> None:
    told = IntakeSettings().with_setting("hook.window_seconds", "30").with_setting("unattended.on", "yes")
    assert told.as_dict() == {"hook": {"window_seconds": 30}, "unattended": {"is_on": True}}
    assert IntakeSettings.of_dict(told.as_dict()) == told
    assert IntakeSettings().as_dict() == {}


@pytest.mark.parametrize(
    ("name", "text", "code"),
    [
        ("hook.window_seconds", "soon", "not_a_number"),
        ("unattended.on", "perhaps", "not_yes_or_no"),
        ("hook.colour", "red", "unknown_setting"),
    ],
)
def test_a_setting_that_does_not_fit_is_refused_in_one_sentence(name: str, text: str, code: str) -> None:
    with pytest.raises(DeskError) as refused:
        IntakeSettings().with_setting(name, text)
    assert refused.value.code == code


def test_a_setting_of_the_account_itself_is_none_of_intake() -> None:
    assert is_intake_setting("drop.url") and not is_intake_setting("owner") and not is_intake_setting("signal.lead")
