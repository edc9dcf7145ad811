"""The cell that tries an account's connection: one line a check, with what to do about those that fail."""

from __future__ import annotations

from datetime import datetime

import streamlit as st

from lib.domain.accounts import Account
from lib.domain.ladder.setup_checks import CheckResult, SetupCheck, SetupTest
from lib.domain.people import Right
from lib.pipeline.setup.setup_test import try_account
from lib.services.setup import setup_test
from lib.ui.entry.door import shown_errors, tell_then, told
from lib.ui.entry.guard import Visit
from lib.ui.parts.marks import ATTENTION, GOOD, NOTHING, STOPPED, badge
from lib.ui.parts.notebook import cell, empty
from lib.ui.parts.tables import reading_table
from lib.ui.parts.words import counted, plain, sentence

_PLACE = "setup-tested"
_LOOKS = {
    CheckResult.PASSED: ("Passed", GOOD),
    CheckResult.WARNING: ("Warning", ATTENTION),
    CheckResult.FAILED: ("Failed", STOPPED),
    CheckResult.NOT_APPLICABLE: ("Not asked", NOTHING),
}
_WORDS = {
    "credential": "Credential resolves",
    "base_url": "Base address answers",
    "scopes": "Scopes suffice",
    "data_page": "A page of data is read",
    "clock_skew": "Clocks agree",
    "drop_place": "Place of files answers",
    "webhook_signature": "Webhooks are verified",
    "time_zone": "Time zone agrees",
    "auth_expiry": "Sign-in lasts",
}
_EARLIER = 5


def setup_test_cell(number: int, visit: Visit, account: Account) -> None:
    """The newest test with a line a check, the button that makes another, and what earlier ones came to."""
    found = visit.read(setup_test.tests_of, account.key)
    why = "Everything that can be tried is tried; nothing is taken in. Whoever may import may test, also while it is paused."
    with cell(number, "Setup test", why=why, result=_result(found)):
        told(_PLACE)
        if not found:
            empty(
                "Nothing was tried yet.", "A test asks for one page, verifies an example webhook and compares clocks."
            )
        else:
            _newest(found[0])
        if visit.may(Right.IMPORT):
            _button(visit, account)
        if len(found) > 1:
            _earlier(found[1 : 1 + _EARLIER])


def _result(found: list[SetupTest]) -> str:
    if not found:
        return badge("Never tested", NOTHING)
    words, look = _LOOKS[found[0].outcome]
    return badge("Nothing to try" if found[0].outcome is CheckResult.NOT_APPLICABLE else words, look)


def _newest(test: SetupTest) -> None:
    st.markdown(f":small[:gray[Test {test.id}, {_moment(test.at)}, by {plain(test.person)}.]]")
    asked = [check for check in test.checks if check.result is not CheckResult.NOT_APPLICABLE]
    with st.container(key="narrow-setup-test"):
        if asked:
            reading_table([_line(check) for check in asked], has_header=False)
    rest = [check for check in test.checks if check.result is CheckResult.NOT_APPLICABLE]
    if rest:
        with st.expander(f"Not asked · {counted(len(rest), 'check')}"):
            lines = [f"- :small[{', '.join(names)}: {plain(why)}]" for why, names in _by_reason(rest).items()]
            st.markdown("\n".join(lines))


def _by_reason(checks: list[SetupCheck]) -> dict[str, list[str]]:
    """The checks that were not made by the sentence that says why: most of an API's have the same."""
    found: dict[str, list[str]] = {}
    for check in checks:
        found.setdefault(check.sentence, []).append(_WORDS.get(check.key, check.key))
    return found


def _line(check: SetupCheck) -> dict[str, str]:
    """The fact, in bold with the way out behind it where it did not pass."""
    words, look = _LOOKS[check.result]
    found = plain(check.sentence)
    if check.result is not CheckResult.PASSED:
        found = f"**{found}** {sentence(check.mend)}".rstrip()
    return {
        "Check": _WORDS.get(check.key, plain(check.key)),
        "Result": badge(words, look),
        "Found": found,
    }


def _button(visit: Visit, account: Account) -> None:
    if not st.button(f"Test {plain(account.source_label)} now", key="setup-test", icon=":material/network_check:"):
        return
    with shown_errors(goes_on=True):
        with st.spinner("Asking the provider"):
            test = try_account(visit.desk, visit.actor, account.key)
        failed = len(test.failed)
        kept = f"Test {test.id} is kept: {counted(failed, 'check')} failed." if failed else f"Test {test.id} is kept."
        tell_then(_PLACE, kept)
        st.rerun()


def _earlier(tests: list[SetupTest]) -> None:
    with st.expander("Earlier tests"):
        reading_table(
            [
                {
                    "When": _moment(test.at),
                    "Result": badge(*_LOOKS[test.outcome]),
                    "Failed": ", ".join(_WORDS.get(check.key, check.key).lower() for check in test.failed),
                    "Who": plain(test.person),
                }
                for test in tests
            ]
        )


def _moment(at: datetime) -> str:
    return f"{at.day} {at:%b %Y, %H:%M} UTC"
