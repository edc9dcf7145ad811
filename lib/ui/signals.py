"""Signals in words: what a number counts, and whether it was bought (R3)."""

from __future__ import annotations

from collections.abc import Iterable

from lib.domain.signals import ObjectSignal, Paid, Signal

_NAMES = {
    Signal.MARKETPLACE_LEAD: "Marketplace leads",
    Signal.FORM_LEAD: "Form leads",
    Signal.PHONE_CALL: "Phone calls",
    Signal.CRM_JOB: "CRM jobs",
    Signal.AD_CLICK: "Ad clicks",
    Signal.SEARCH_CLICK: "Search clicks",
}


def signal_in_words(item: ObjectSignal) -> str:
    """`Marketplace leads, paid`, and plainly `CRM jobs` where paid or organic says nothing."""
    name = _NAMES[item.signal]
    return name if item.paid is Paid.NEITHER else f"{name}, {item.paid}"


def signals_in_words(items: Iterable[ObjectSignal]) -> str:
    """Several signals, each named; they stand beside each other and are never one."""
    return "; ".join(signal_in_words(item) for item in items)


def every_signal() -> dict[str, str]:
    """Each signal with each way of paying, as `form_lead:organic` and in words."""
    return {
        f"{signal}:{paid}": signal_in_words(ObjectSignal(signal, paid)) + (" (neither)" if paid is Paid.NEITHER else "")
        for signal in Signal
        for paid in Paid
    }
