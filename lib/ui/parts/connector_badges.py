"""The four badges of a connector: setup, sign-in, last run and freshness are four questions with four answers."""

from __future__ import annotations

from lib.domain.ladder.connectors import Connector, SignIn
from lib.domain.states import AccountStatus, LoadStatus
from lib.ui.parts.marks import ATTENTION, GOOD, NOTHING, PAUSED, STOPPED, UNDER_WAY, badge, load_badge
from lib.ui.parts.words import counted

_SIGN_IN = {
    SignIn.REFERENCE_SET: GOOD,
    SignIn.NOT_NEEDED: NOTHING,
    SignIn.MISSING: STOPPED,
    SignIn.REFUSED: STOPPED,
    SignIn.ENDED: STOPPED,
}


def setup_badge(item: Connector) -> str:
    """How far it has come: live, paused, to be looked at, or on which rung."""
    if item.status is AccountStatus.LIVE:
        return badge("Live", GOOD)
    if item.status is AccountStatus.PAUSED:
        return badge("Paused", PAUSED)
    if item.status is AccountStatus.NEEDS_REVIEW:
        return badge("Needs review", ATTENTION)
    return badge(f"Rung {item.rung} of 6", UNDER_WAY)


def sign_in_badge(item: Connector) -> str:
    """Whether the desk can sign in to the provider, and for how long; the secret itself is never here (R20)."""
    if item.signs_in_soon:
        return badge("Ends today" if not item.sign_in_days else f"Ends in {item.sign_in_days} d", ATTENTION)
    return badge(str(item.sign_in).capitalize(), _SIGN_IN[item.sign_in])


def last_run_badge(item: Connector) -> str:
    """How the newest load fared."""
    load = item.last_load
    if load is None:
        return badge("None yet", NOTHING)
    if load.is_test:
        look = GOOD if load.is_proof else ATTENTION if load.status is LoadStatus.IN_REVIEW else NOTHING
        return badge(f"Test, {counted(load.row_count, 'row')}", look)
    return load_badge(load.status)


def freshness_badge(item: Connector) -> str:
    """How old the newest committed delivery is, beside what the account allows."""
    if item.status is AccountStatus.PAUSED:
        return badge("Paused", PAUSED)
    if item.age_hours is None:
        return badge("Not watched yet", NOTHING)
    if item.is_stale:
        return badge(f"{age(item.age_hours)}, allowed {age(item.freshness_hours)}", STOPPED)
    return badge("under 1 h ago" if item.age_hours == 0 else f"{age(item.age_hours)} ago", GOOD)


def age(hours: int) -> str:
    """`30 h`, `4 d`."""
    return f"{hours} h" if hours < 48 else f"{hours // 24} d"
