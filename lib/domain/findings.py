"""What is found about a load as a whole, rather than about one of its rows."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date

from lib.domain.verdicts import Severity

Number = int | float | str | date


@dataclass(frozen=True)
class Finding:
    """One doubt about a whole load.

    `code` is stable, `sentence` says it with its numbers, `mend` what to do; `numbers` are the same figures for
    machines. With the severity `block` the load cannot be approved.
    """

    code: str
    severity: Severity
    sentence: str
    mend: str
    numbers: dict[str, Number] = field(default_factory=dict)
