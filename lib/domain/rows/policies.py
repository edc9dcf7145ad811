"""What an account does with doubtful rows: a policy for each reason, and how many failed rows it puts up with."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any


class ReasonPolicy(StrEnum):
    """What is done where a row gives a reason.

    `stop`: the load cannot be approved while any row gives it. `hold`: the row fails and stays out. `blank`: the value
    is left out and the row goes in with a warning. `let_in`: the row goes in as it is, with the remark beside it.
    """

    STOP = "stop"
    HOLD = "hold"
    BLANK = "blank"
    LET_IN = "let_in"


@dataclass(frozen=True)
class Policies:
    """What one account asks for, beyond the defaults: `by_code` only holds what differs from them.

    A load with more failed rows than `max_failed_rows`, or more than `max_failed_percent` of its rows, cannot be
    approved; None is no limit.
    """

    by_code: Mapping[str, ReasonPolicy] = field(default_factory=dict)
    max_failed_percent: int | None = None
    max_failed_rows: int | None = None

    def as_dict(self) -> dict[str, Any]:
        """Plain values, as they are stored and shown: `{}` where nothing differs from the defaults."""
        values = {
            "reasons": {code: str(policy) for code, policy in sorted(self.by_code.items())},
            "max_failed_percent": self.max_failed_percent,
            "max_failed_rows": self.max_failed_rows,
        }
        return {name: value for name, value in values.items() if value not in ({}, None)}

    @classmethod
    def of_dict(cls, stored: Mapping[str, Any]) -> Policies:
        """The policies that `as_dict` wrote."""
        by_code = {code: ReasonPolicy(text) for code, text in stored.get("reasons", {}).items()}
        return cls(by_code, stored.get("max_failed_percent"), stored.get("max_failed_rows"))
