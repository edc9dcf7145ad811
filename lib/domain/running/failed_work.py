"""What came to nothing: one failure of a step, and the fingerprint by which failures of one cause are one group."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from enum import StrEnum


class Step(StrEnum):
    """Where on the road it failed."""

    RECEIVE = "receive"
    PULL = "pull"
    READ = "read"
    MAP = "map"
    VALIDATE = "validate"
    COMMIT = "commit"
    OTHER = "other"


class Subject(StrEnum):
    """What failed: a job, a webhook, a delivery, or rows of a load."""

    JOB = "job"
    RECEIPT = "receipt"
    DELIVERY = "delivery"
    LOAD = "load"


@dataclass(frozen=True)
class FailedWork:
    """One failure after its last try.

    `code` is its stable reason, `column` the column it concerns ('' for none), `sentence` what happened and `mend` what
    to do; `row_count` is how many rows are held up by it (0: not known).
    """

    account_id: int
    client_id: int
    object: str
    step: Step
    code: str
    column: str
    subject: Subject
    subject_id: int
    sentence: str
    mend: str
    row_count: int = 0

    @property
    def fingerprint(self) -> str:
        """The same for failures of one cause: account, object, step, code and column."""
        said = "\x1f".join((str(self.account_id), self.object, self.step, self.code, self.column))
        return hashlib.sha256(said.encode()).hexdigest()
