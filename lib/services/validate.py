"""Check mapped rows against what good data means; bad data comes out as reasons, never as an exception."""

from __future__ import annotations

from datetime import datetime

from lib.domain.objects import object_type
from lib.mapping.apply import Mapped
from validation.checks import CheckReport, check
from validation.reasons import REASONS

__all__ = ["CheckReport", "sentence_of", "validate"]


def validate(name: str, mapped: Mapped, now: datetime) -> CheckReport:
    """The reasons that each row of a mapped batch gives, and which rows they block."""
    return check(object_type(name), mapped.frame, mapped.failures, mapped.notes, now=now)


def sentence_of(code: str) -> tuple[str, str]:
    """What a reason code says to a person, and what to do about it."""
    reason = REASONS.get(code)
    return (reason.sentence, reason.mend) if reason else (code, "")
