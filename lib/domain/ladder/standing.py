"""What there is of one account, as far as the ladder asks: facts that were read, and nothing of what they prove."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from lib.domain.ladder.setup_checks import QaCheck, SetupTest
from lib.domain.people import Role
from lib.domain.publishing.statement_states import StatementStatus
from lib.domain.running.breaker import BreakerState
from lib.domain.settings.desk_settings import DeskSettings
from lib.domain.signals import ObjectSignal
from lib.domain.states import SPENT_LOADS, LoadStatus, MapStatus
from lib.domain.verdicts import Verdict

# The key of the line of evidence that a promotion leaves, and of the one that says another value stands behind a reference.
PROMOTION, ROTATION = "promotion", "rotation"


@dataclass(frozen=True)
class LoadSeen:
    """A load as far as the ladder asks: what it is, where it stands, how its rows fared, who let it in, through which map."""

    id: int
    object: str
    status: LoadStatus
    is_test: bool
    row_count: int
    verdicts: dict[Verdict, int]
    created_at: datetime
    approved_by: str
    map_version: int | None = None
    approved_at: datetime | None = None

    @property
    def is_proof(self) -> bool:
        """A test import that a person accepted, or a load that a person committed (R15)."""
        return self.status is LoadStatus.COMMITTED or (self.is_test and self.status is LoadStatus.APPROVED)


@dataclass(frozen=True)
class ObjectStanding:
    """What there is of one object: its newest map version, the approved one, its newest load and its newest proof.

    `drift` is what differs in the columns that came last, while nobody has answered for it; '' for nothing.
    """

    object: str
    signal: ObjectSignal
    map_version: int | None = None
    map_status: MapStatus | None = None
    approved_version: int | None = None
    approved_by: str = ""
    approved_at: datetime | None = None
    last_load: LoadSeen | None = None
    proof: LoadSeen | None = None
    drift: str = ""

    @property
    def is_used(self) -> bool:
        """Whether anybody began with it: a provider offers more objects than an account need use."""
        return self.map_version is not None or self.last_load is not None

    @property
    def is_climbing(self) -> bool:
        """Whether it is to be proven: what was taken back before anything came of it keeps nothing from going live."""
        began = self.map_version is not None and self.map_status is not MapStatus.WITHDRAWN
        came = self.last_load is not None and self.last_load.status not in SPENT_LOADS
        return self.approved_version is not None or began or came


@dataclass(frozen=True)
class BaselineSeen:
    """The newest baseline of a metric, and under which version of its definition it was captured."""

    id: int
    name: str
    captured_by: str
    captured_at: datetime
    definition_version: int


@dataclass(frozen=True)
class StatementSeen:
    """The statement of a metric that stands (reviewed or published), or the newest that ended where none does.

    `is_corrected` of one that was taken back by itself, because a number of it moved: a correction stands in its place,
    and waits as a task of its own.
    """

    id: int
    status: StatementStatus
    definition_id: int
    next_action: str
    reviewed_by: str
    reviewed_at: datetime | None
    ended_because: str
    is_corrected: bool = False

    @property
    def stands(self) -> bool:
        """Whether it was reviewed and nobody took it back."""
        return self.is_corrected or self.status in (StatementStatus.REVIEWED, StatementStatus.PUBLISHED)

    @property
    def standing(self) -> str:
        """How it stands, in a word or two."""
        return "being corrected" if self.is_corrected else str(self.status)


@dataclass(frozen=True)
class MetricSeen:
    """One metric of the account by its current definition; `is_shown` of its card, None while it has none."""

    id: int
    key: str
    label: str
    object: str
    version: int
    is_for_clients: bool
    baseline: BaselineSeen | None = None
    statement: StatementSeen | None = None
    is_shown: bool | None = None


@dataclass(frozen=True)
class OwnerSeen:
    """The account's owner as a person of the desk today."""

    is_active: bool
    role: Role
    may_see_client: bool


@dataclass(frozen=True)
class EvidenceSeen:
    """What a person said last of one gate; `by` is an address, `is_here` whether they are still of the desk."""

    gate: str
    text: str
    link: str
    by: str
    is_here: bool
    at: datetime
    looked_at: Mapping[str, Any]


@dataclass(frozen=True)
class LettersSeen:
    """The dead letters that wait for somebody: how many lines, and since when the first."""

    lines: int
    since: datetime


@dataclass(frozen=True)
class LimitSeen:
    """How many calls the provider said were left, of how many, when it was asked last about an object."""

    object: str
    left: int
    of: int
    at: datetime | None


@dataclass(frozen=True)
class FellBack:
    """The newest fall from live to needs review: why, for the desk's people, and when."""

    because: str
    at: datetime


@dataclass(frozen=True)
class Standing:
    """What there is of one account; `kinds` are the ways in which anything ever arrived (file, pull, webhook).

    `evidence` is what persons said, by gate, `metrics` the current definitions by key; `connection_changed` names what
    of its connection was set anew since the newest setup test.
    """

    objects: tuple[ObjectStanding, ...]
    kinds: frozenset[str] = frozenset()
    last_delivery_at: datetime | None = None
    owner: OwnerSeen | None = None
    evidence: Mapping[str, EvidenceSeen] = field(default_factory=dict)
    setup_test: SetupTest | None = None
    connection_changed: tuple[str, ...] = ()
    qa: QaCheck | None = None
    metrics: Mapping[str, MetricSeen] = field(default_factory=dict)
    breaker: BreakerState | None = None
    letters: LettersSeen | None = None
    limits: tuple[LimitSeen, ...] = ()
    settings: DeskSettings = field(default_factory=DeskSettings)
    fell_back: FellBack | None = None

    @property
    def used(self) -> tuple[ObjectStanding, ...]:
        """The objects that anybody began with."""
        return tuple(item for item in self.objects if item.is_used)

    @property
    def climbing(self) -> tuple[ObjectStanding, ...]:
        """The objects that are to be proven."""
        return tuple(item for item in self.objects if item.is_climbing)

    @property
    def last_load(self) -> LoadSeen | None:
        """The newest load of any object."""
        loads = [item.last_load for item in self.objects if item.last_load is not None]
        return max(loads, key=lambda load: load.id, default=None)

    @property
    def needs_no_credential(self) -> bool:
        """Files are handed over by a person, who signs in to the provider as themselves."""
        return self.kinds <= {"file", "manual"}

    @property
    def promotion(self) -> EvidenceSeen | None:
        """The newest promotion; None while it never was live."""
        return self.evidence.get(PROMOTION)

    @property
    def held(self) -> frozenset[str]:
        """The gates that held when it went live."""
        return frozenset(self.promotion.looked_at.get("gates", ())) if self.promotion else frozenset()
