"""What an alert says of a task, a breaker or an account: fixed words, an account's label and key, and the way there."""

from __future__ import annotations

from lib.domain.accounts import Account
from lib.domain.running.alerts import AlertState
from lib.domain.states import AccountStatus
from lib.domain.tasks import (
    BREAKER,
    CONTROL_TOTALS,
    CORRECTION,
    DEAD_LETTER,
    DRIFT,
    LAPSED_GATE,
    LOAD_REVIEW,
    MAP_REVIEW,
    REPORT_NOTE,
    SILENCE,
    STALE,
    UNSEEN_VALUE,
    WAITING_RECEIPTS,
    Task,
    TaskSeverity,
)

# Fixed words: a task's own sentence may say what a provider sent, or whom a note went to, and an alert leaves the desk.
_SAID = {
    UNSEEN_VALUE: "a value that the map does not know holds rows back",
    DRIFT: "the columns that arrive are not those the map reads",
    CORRECTION: "a published number moved and was taken back",
    REPORT_NOTE: "a monthly report note did not go out",
    WAITING_RECEIPTS: "webhooks come in and wait",
    SILENCE: "nothing came when it usually does",
    DEAD_LETTER: "work came to nothing although it was tried",
    LAPSED_GATE: "something that proved it lapsed",
    CONTROL_TOTALS: "the control totals do not agree",
    STALE: "it is late",
    LOAD_REVIEW: "a load waits for a decision",
    MAP_REVIEW: "a map waits for approval",
}
# What may stand in an address that is sent out: keys and numbers, never a value or a column of a provider's.
_PLACES = frozenset({"account", "client", "load", "incident", "object", "cause"})


def has_fallen(account: Account) -> bool:
    """Whether the account was called live and is so no longer."""
    return account.status is AccountStatus.NEEDS_REVIEW


def says_more(account: Account, task: Task) -> bool:
    """Whether a task is a state of its own: an account that fell back is one, however many of its proofs lapsed."""
    return task.kind != LAPSED_GATE or not has_fallen(account)


def state_of_task(account: Account, task: Task) -> AlertState:
    """An open task of the account; that of a breaker has the breaker's key, so that one state is not told as two."""
    asked = "&".join(f"{name}={value}" for name, value in task.address.items() if name in _PLACES)
    link = f"{task.page}?{asked}" if asked else task.page
    if task.kind == BREAKER:
        said = "its provider fails, and is about to be left alone"
        return _state(account, f"breaker:{account.id}", TaskSeverity.WARNING, said, link)
    said = _SAID.get(task.kind, task.words.lower())
    return _state(account, f"task:{task.id}", task.severity, said, link)


def state_of_breaker(account: Account) -> AlertState:
    """The account's breaker, which is open."""
    said, link = "its provider is left alone, because call after call failed", f"operations?account={account.key}"
    return _state(account, f"breaker:{account.id}", TaskSeverity.INCIDENT, said, link)


def state_of_fall(account: Account) -> AlertState:
    """The account, which fell back."""
    said, link = "it is not called live any longer and needs review", f"provider_setup?account={account.key}"
    return _state(account, f"status:{account.id}", TaskSeverity.INCIDENT, said, link)


def _state(account: Account, key: str, severity: TaskSeverity, said: str, link: str) -> AlertState:
    sentence = f"{account.source_label} ({account.key}): {said}."
    return AlertState(key, account.client_id, account.id, severity, sentence, link)
