"""The ladder an account climbs by evidence (MISSION.md, The ladder): what there is of it, and what that proves."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from lib.domain.accounts import Account
from lib.domain.retention import in_words, is_kept
from lib.domain.signals import ObjectSignal
from lib.domain.states import AccountStatus, LoadStatus, MapStatus
from lib.domain.verdicts import Verdict


@dataclass(frozen=True)
class LoadSeen:
    """A load as far as the ladder asks: what it is, where it stands, how its rows fared, who let it in."""

    id: int
    object: str
    status: LoadStatus
    is_test: bool
    row_count: int
    verdicts: dict[Verdict, int]
    created_at: datetime
    approved_by: str

    @property
    def is_proof(self) -> bool:
        """A test import that a person accepted, or a load that a person committed (R15)."""
        return self.status is LoadStatus.COMMITTED or (self.is_test and self.status is LoadStatus.APPROVED)


@dataclass(frozen=True)
class ObjectStanding:
    """What there is of one object: its newest map version, the approved one, its newest load and its newest proof."""

    object: str
    signal: ObjectSignal
    map_version: int | None = None
    map_status: MapStatus | None = None
    approved_version: int | None = None
    approved_by: str = ""
    approved_at: datetime | None = None
    last_load: LoadSeen | None = None
    proof: LoadSeen | None = None

    @property
    def is_used(self) -> bool:
        """Whether anybody began with it: a provider offers more objects than an account need use."""
        return self.map_version is not None or self.last_load is not None


@dataclass(frozen=True)
class BaselineSeen:
    """The newest baseline of an account."""

    id: int
    name: str
    captured_by: str
    captured_at: datetime


@dataclass(frozen=True)
class Standing:
    """What there is of one account; `kinds` are the ways in which anything ever arrived (file, pull, webhook)."""

    objects: tuple[ObjectStanding, ...]
    kinds: frozenset[str] = frozenset()
    last_delivery_at: datetime | None = None
    baseline: BaselineSeen | None = None

    @property
    def used(self) -> tuple[ObjectStanding, ...]:
        """The objects that anybody began with."""
        return tuple(item for item in self.objects if item.is_used)

    @property
    def last_load(self) -> LoadSeen | None:
        """The newest load of any object."""
        loads = [item.last_load for item in self.objects if item.last_load is not None]
        return max(loads, key=lambda load: load.id, default=None)

    @property
    def needs_no_credential(self) -> bool:
        """Files are handed over by a person, who signs in to the provider as themselves."""
        return self.kinds <= {"file", "manual"}


@dataclass(frozen=True)
class Evidence:
    """One line of a rung: what is asked, what was found, who accepted it, when it goes stale."""

    what: str
    found: str
    is_proven: bool
    accepted_by: str = ""
    stale: str = ""


@dataclass(frozen=True)
class Rung:
    """One rung of the six, with the sentence that says what climbs it."""

    number: int
    name: str
    way: str
    evidence: tuple[Evidence, ...]

    @property
    def is_proven(self) -> bool:
        """Every line of it is proven."""
        return all(item.is_proven for item in self.evidence)


def ladder(account: Account, standing: Standing) -> tuple[Rung, ...]:
    """The six rungs as they stand now; nothing of it is stored, so nothing can be ticked off."""
    return (
        Rung(1, "Access", "Write down what the provider is to this client.", _access(account)),
        Rung(2, "Connected", "Write what to do when it goes wrong, below.", _connected(account, standing)),
        Rung(3, "Mapped", "Map the fields of a sample, and approve the map.", _mapped(standing)),
        Rung(4, "Tested", "Import a small file as a test, and accept it.", _tested(standing)),
        Rung(5, "Compared", "Capture a baseline before anything changes.", _compared(standing)),
        Rung(6, "Live, and watched", "Live is proven, never set: it follows the rungs below it.", _live(account)),
    )


def height(rungs: tuple[Rung, ...]) -> int:
    """The highest rung with nothing missing below it; 0 when the first is not proven."""
    reached = 0
    for rung in rungs:
        if not rung.is_proven:
            break
        reached = rung.number
    return reached


def _access(account: Account) -> tuple[Evidence, ...]:
    return (
        _written("Source label", account.source_label, account.owner_email),
        _written("Owner", account.owner_email, account.owner_email),
        _written("Sign-in to the provider", account.auth_model, account.owner_email),
        _written("Database", account.destination, account.owner_email, stale="never: fixed by the first delivery"),
    )


def _connected(account: Account, standing: Standing) -> tuple[Evidence, ...]:
    reference = account.credential_ref or account.webhook_secret_ref
    if not reference and standing.needs_no_credential:
        credential = Evidence("Credential", "None needed: files are handed over by a person", True)
    else:
        credential = _written("Credential", reference, account.owner_email, stale="when it is changed")
    return (
        credential,
        _written("Failure path", account.failure_path, account.owner_email),
        _written("Manual fallback", account.manual_fallback, account.owner_email),
        _written("Rollback note", account.rollback_note, account.owner_email),
        _written("Retry rules", account.retry_rules, account.owner_email),
        _written("Retention", _days(account.retention_days), account.owner_email),
    )


def _mapped(standing: Standing) -> tuple[Evidence, ...]:
    return tuple(_map(item) for item in standing.used) or (Evidence("Map", "No object is mapped yet", False),)


def _map(item: ObjectStanding) -> Evidence:
    name = item.object.replace("_", " ").capitalize()
    if item.approved_version is None:
        found = "No map yet" if item.map_version is None else f"Map {item.map_version} is {item.map_status}"
        return Evidence(name, found, False)
    newer = item.map_version != item.approved_version and item.map_status is MapStatus.SUBMITTED
    found = f"Map {item.approved_version} is approved" + (f", map {item.map_version} waits" if newer else "")
    return Evidence(name, found, True, _by(item.approved_by, item.approved_at), "on a new version or column")


def _tested(standing: Standing) -> tuple[Evidence, ...]:
    lines = [_test(item) for item in standing.used if item.approved_version is not None]
    return tuple(lines) or (Evidence("Test import", "Needs an approved map first", False),)


def _test(item: ObjectStanding) -> Evidence:
    name = item.object.replace("_", " ").capitalize()
    if item.proof is not None:
        kind = "Test load" if item.proof.is_test else "Load"
        by = _by(item.proof.approved_by, item.proof.created_at)
        return Evidence(name, f"{kind} {item.proof.id}: {_verdicts(item.proof)}", True, by, "on a new map")
    if item.last_load is None:
        return Evidence(name, "Nothing was imported yet", False)
    where = str(item.last_load.status).replace("_", " ")
    return Evidence(name, f"Load {item.last_load.id} is {where}: {_verdicts(item.last_load)}", False)


def _compared(standing: Standing) -> tuple[Evidence, ...]:
    seen = standing.baseline
    if seen is None:
        return (Evidence("Baseline", "Missing", False),)
    by = _by(seen.captured_by, seen.captured_at)
    return (Evidence("Baseline", f"Baseline {seen.id}: {seen.name}", True, by, "never: it is sealed"),)


def _live(account: Account) -> tuple[Evidence, ...]:
    if account.status is AccountStatus.LIVE:
        return (Evidence("Promotion", "Live", True, account.owner_email, "as soon as one of the rungs does"),)
    return (Evidence("Promotion", "Not live yet", False),)


def _written(what: str, text: str, owner: str, stale: str = "") -> Evidence:
    return Evidence(what, text or "Missing", bool(text), owner if text else "", stale)


def _days(count: int) -> str:
    return f"Payloads are kept {in_words(count)}" if is_kept(count) else "No payload is kept"


def _by(person: str, at: datetime | None) -> str:
    if not person:
        return ""
    return f"{person}, {at.day} {at:%b %Y}" if at else person


def _verdicts(load: LoadSeen) -> str:
    counts = [f"{load.verdicts[verdict]:,} {verdict}" for verdict in Verdict if load.verdicts.get(verdict)]
    return ", ".join(counts) or "no rows"
