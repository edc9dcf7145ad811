"""What kind of activity a number counts (house rule R3: signals never mix, and paid stands apart from organic)."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from lib.errors import DeskError


class Signal(StrEnum):
    """The six kinds of activity; a metric has exactly one."""

    MARKETPLACE_LEAD = "marketplace_lead"
    FORM_LEAD = "form_lead"
    PHONE_CALL = "phone_call"
    CRM_JOB = "crm_job"
    AD_CLICK = "ad_click"
    SEARCH_CLICK = "search_click"


class Paid(StrEnum):
    """Whether the activity was bought."""

    PAID = "paid"
    ORGANIC = "organic"
    NEITHER = "neither"


USUALLY_PAID = {
    Signal.MARKETPLACE_LEAD: Paid.PAID,
    Signal.FORM_LEAD: Paid.ORGANIC,
    Signal.PHONE_CALL: Paid.NEITHER,
    Signal.CRM_JOB: Paid.NEITHER,
    Signal.AD_CLICK: Paid.PAID,
    Signal.SEARCH_CLICK: Paid.ORGANIC,
}


_WORDS = {
    Signal.MARKETPLACE_LEAD: "Marketplace leads",
    Signal.FORM_LEAD: "Form leads",
    Signal.PHONE_CALL: "Phone calls",
    Signal.CRM_JOB: "CRM jobs",
    Signal.AD_CLICK: "Ad clicks",
    Signal.SEARCH_CLICK: "Search clicks",
}


@dataclass(frozen=True)
class ObjectSignal:
    """The signal that one object of one account carries."""

    signal: Signal
    paid: Paid

    @property
    def words(self) -> str:
        """`Marketplace leads, paid`, and plainly `CRM jobs` where paid or organic says nothing."""
        name = _WORDS[self.signal]
        return name if self.paid is Paid.NEITHER else f"{name}, {self.paid}"


def parse_signal(text: str) -> ObjectSignal:
    """Read `SIGNAL` or `SIGNAL:paid|organic|neither`; without the second part, what that signal usually is."""
    name, _, paid = text.partition(":")
    try:
        signal = Signal(name)
        return ObjectSignal(signal, Paid(paid) if paid else USUALLY_PAID[signal])
    except ValueError as error:
        raise DeskError(
            "unknown_signal",
            f"{text!r} is not a signal.",
            f"Use one of {', '.join(Signal)}, and :paid, :organic or :neither after it where that differs.",
        ) from error
