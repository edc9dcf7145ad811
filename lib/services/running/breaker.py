"""The breaker of an account: ask whether its provider may be called, say what came of it, close it by hand."""

from __future__ import annotations

from collections.abc import Callable

from lib.db.unit_of_work import UnitOfWork
from lib.domain.accounts import Account
from lib.domain.people import Right
from lib.domain.running.breaker import OPENS_AT, BreakerState, Standing, Turn, after_failure, after_success, turn_at
from lib.domain.running.retrying import class_of
from lib.domain.tasks import BREAKER
from lib.errors import DeskError

__all__ = ["BreakerState", "Turn"]

# How often a change is tried that others keep being faster with.
_LOOKS = 8


def state_of(tx: UnitOfWork, account: Account) -> BreakerState:
    """Where the account's breaker stands."""
    tx.actor.require(Right.SEE_DETAIL)
    return tx.breakers.of(account.id)[0]


def held_up(tx: UnitOfWork) -> dict[str, BreakerState]:
    """The breakers in scope that are not closed, by the key of the account."""
    tx.actor.require(Right.SEE_DETAIL)
    return {tx.accounts.by_id(number).key: state for number, state in tx.breakers.not_closed().items()}


def may_try(tx: UnitOfWork, account: Account) -> Turn:
    """Whether the account's provider may be called now. Once its pause is over, one caller is told so: the trial.

    The caller says afterwards what came of it, `note_success` or `note_failure`.
    """
    return _moved(tx, account, lambda state: turn_at(state, tx.now))


def note_failure(tx: UnitOfWork, account: Account, trouble: DeskError) -> BreakerState:
    """A call of the account's provider failed. Trouble that is not the provider's changes nothing."""

    def moved(state: BreakerState) -> Turn:
        said = f"{trouble.message} {trouble.hint}".strip()
        return Turn(after_failure(state, class_of(trouble), said, tx.now, trouble.retry_after))

    return _moved(tx, account, moved).after


def note_success(tx: UnitOfWork, account: Account) -> bool:
    """A call came through: the breaker is closed. Whether it had held work up."""
    was = tx.breakers.of(account.id)[0]
    _moved(tx, account, lambda state: Turn(after_success(state)))
    return was.standing is Standing.OPENED


def close_by_hand(tx: UnitOfWork, key: str, reason: str) -> Account:
    """Close an account's breaker before its time, with a reason that is kept; the account.

    DeskError `reason_missing`, and `breaker_closed` where it is closed.
    """
    tx.actor.require(Right.MANAGE_ACCOUNTS)
    account = tx.accounts.by_key(key)
    if not reason.strip():
        raise DeskError("reason_missing", "Closing a breaker needs a reason.", "Say what was mended.")
    was = tx.breakers.of(account.id)[0]
    if was.standing is not Standing.OPENED:
        raise DeskError("breaker_closed", f"The breaker of {key} is closed already.", "Nothing waits for it.")
    _moved(tx, account, lambda state: Turn(after_success(state)), f"{tx.actor.email} closed it: {reason.strip()}")
    tx.audit.note("breaker closed", "account", account.id, account.client_id, reason=reason.strip())
    return account


def _moved(tx: UnitOfWork, account: Account, move: Callable[[BreakerState], Turn], because: str = "") -> Turn:
    """Take the breaker on by one move, whoever else moves it meanwhile, and tell the owner where its standing changes."""
    for _ in range(_LOOKS):
        state, version = tx.breakers.of(account.id)
        turn = move(state)
        if turn.after == state:
            return turn
        if tx.breakers.save(account, turn.after, version):
            if turn.after.standing is not state.standing:
                _tell(tx, account, turn.after, because or "Its provider answers again.")
            return turn
    raise DeskError(
        "changed_meanwhile", f"Others keep changing the breaker of {account.key}.", "Try again.", is_retryable=True
    )


def _tell(tx: UnitOfWork, account: Account, state: BreakerState, because: str) -> None:
    """One task for the owner while it stands otherwise than calm: on the change, not at each failure (F128)."""
    if state.standing is Standing.CALM:
        for task in tx.tasks.standing([BREAKER], account.id):
            tx.tasks.close_task(task, because)
        return
    if state.standing is Standing.WARNED:
        said = (
            f"{account.source_label} ({account.key}) failed {state.failures} times in a row; "
            f"after {OPENS_AT} it is left alone for a while."
        )
    else:
        said = (
            f"{account.source_label} ({account.key}) is left alone since it failed {state.failures} times in a row; "
            "it is tried again by itself, and work for it waits."
        )
        if state.error_class == "refused":
            said = f"{account.source_label} ({account.key}) refuses the desk; work for it waits for other credentials."
    detail = {"standing": state.standing, "class": state.error_class}
    sentence = f"{said} It said: {state.sentence}"
    tx.tasks.open_task(account, BREAKER, f"breaker:{account.id}", sentence, f"operations?account={account.key}", detail)
