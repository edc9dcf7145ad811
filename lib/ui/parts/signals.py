"""Signals in words: what a number counts, and whether it was bought (R3)."""

from __future__ import annotations

from collections.abc import Iterable

from lib.domain.signals import ObjectSignal, Paid, Signal


def signals_in_words(items: Iterable[ObjectSignal]) -> str:
    """Several signals, each named; they stand beside each other and are never one."""
    return "; ".join(item.words for item in items)


def every_signal() -> dict[str, str]:
    """Each signal with each way of paying, as `form_lead:organic` and in words."""
    return {
        f"{signal}:{paid}": ObjectSignal(signal, paid).words + (" (neither)" if paid is Paid.NEITHER else "")
        for signal in Signal
        for paid in Paid
    }
