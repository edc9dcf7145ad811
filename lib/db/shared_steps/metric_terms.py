"""What an account says of its metrics all at once: the signal that an object carries, and the currency of its money."""

from __future__ import annotations

from dataclasses import replace

from lib.db.unit_of_work import UnitOfWork
from lib.domain.accounts import Account
from lib.domain.metrics import Aggregation
from lib.domain.signals import ObjectSignal
from lib.errors import DeskError
from lib.reporting.amounts import is_money


def carry_signal(tx: UnitOfWork, account: Account, name: str, signal: ObjectSignal) -> None:
    """Give an object and every metric of it another signal; DeskError `signals_mixed` where a ratio would then mix two."""
    tx.accounts.set_signal(account, name, signal)
    tx.metrics.set_signal(account, name, signal)
    found = {metric.template.key: metric for metric in tx.metrics.of_account(account)}
    for metric in found.values():
        if metric.template.aggregation is Aggregation.RATIO:
            parts = (found[metric.template.numerator], found[metric.template.denominator])
            if len({(part.signal, part.paid) for part in parts}) > 1:
                raise DeskError(
                    "signals_mixed",
                    f"{metric.template.label} divides a number of {name} by one of another signal, which never mix.",
                    "Give both objects the same signal, or neither another.",
                )


def carry_currency(tx: UnitOfWork, account: Account, currency: str) -> None:
    """Say the account's money in another currency: the amounts are those that the provider sent, only their name changes."""
    for metric in tx.metrics.of_account(account):
        said, per, rest = metric.template.unit.partition(" per ")
        if is_money(metric.template.unit) and said != currency:
            tx.metrics.reword(metric, replace(metric.template, unit=f"{currency}{per}{rest}"))
