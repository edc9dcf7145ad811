"""Check mapped rows against what good data means; bad data comes out as reasons, never as an exception."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from lib.domain.objects import object_type
from lib.domain.rows.policies import Policies
from lib.mapping.apply import Mapped
from validation.checks import CheckReport, check
from validation.policy import apply_policy

__all__ = ["CheckReport", "follow_policies", "validate"]


def validate(name: str, mapped: Mapped, now: datetime) -> CheckReport:
    """The reasons that each row of a mapped batch gives, and which rows they block."""
    return check(object_type(name), mapped.frame, mapped.failures, mapped.notes, now=now)


def follow_policies(name: str, mapped: Mapped, report: CheckReport, policies: Policies) -> tuple[Mapped, CheckReport]:
    """The batch and its report once the account's policies are followed: some values blanked, some rows held."""
    frame, followed = apply_policy(report, mapped.frame, policies, object_type(name))
    return replace(mapped, frame=frame), followed
