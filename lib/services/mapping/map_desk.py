"""Show a draft and what stands around it: the account, its versions, every line, and what stands in the way."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass

from lib.db.repositories.maps import MapVersion, VersionLine
from lib.db.unit_of_work import UnitOfWork
from lib.domain.accounts import Account
from lib.domain.mapping.approvals import refusal
from lib.domain.maps import UNPLACED, Band, FieldMap, FieldRule, Sensitivity
from lib.domain.objects import Kind, ObjectType, object_type
from lib.domain.people import Right
from lib.domain.signals import ObjectSignal
from lib.domain.states import MapStatus
from lib.errors import DeskError
from lib.mapping.chain_text import in_words, short_form
from lib.mapping.check import check_map
from lib.mapping.document import fingerprint
from lib.mapping.drafts import MapDraft, Sample
from lib.mapping.drift import Drift, drift, headers_of, headers_of_map
from lib.mapping.edits import FieldLine, field_lines
from lib.mapping.profile import ColumnProfile, Guess
from lib.mapping.scoring import band
from lib.mapping.shown import sensitivity_of, veiled
from lib.mapping.transforms import READERS
from lib.mapping.transforms.shape import MapContext
from lib.mapping.value_lines import ValueLine, ValueTable, translation_of, value_table
from lib.providers import template

__all__ = [
    "AccountChoice",
    "DraftView",
    "GridLine",
    "HeaderNews",
    "MapDesk",
    "MapVersion",
    "Problem",
    "ProfileLine",
    "ValueLine",
    "ValueTable",
    "VersionLine",
    "accounts_to_map",
    "draft_view",
    "map_desk",
    "numbered",
]

# Where check_map names a field, a page names its source alone.
_PLACE = re.compile(
    r'(?:fields|ignored)\[\d+\] \(source "(?P<source>.*)"\)|(?:target|column) (?P<column>.*)', re.DOTALL
)
_READS = {Guess.EPOCH_SECONDS: "time in seconds", Guess.EPOCH_MILLISECONDS: "time in milliseconds"}
_ORDERS = {"mdy": " m/d/y", "dmy": " d/m/y", "ymd": " y/m/d", "mixed": " of mixed order"}
_CAREFUL = frozenset({Sensitivity.PERSONAL, Sensitivity.CONFIDENTIAL})
_PERSONAL_LOOK = frozenset({Guess.EMAIL, Guess.PHONE})
# A text of so few distinct values is a category to whoever reads the profile.
_CATEGORY = 12


@dataclass(frozen=True)
class AccountChoice:
    """An account with the objects whose maps can be drafted, in words for a list."""

    key: str
    words: str
    objects: tuple[str, ...]


@dataclass(frozen=True)
class MapDesk:
    """Everything that stands around a draft: the account, the version in use, the newest that waits, and all of them."""

    account: Account
    object: str
    signal: ObjectSignal
    current: MapVersion | None
    waiting: MapVersion | None
    history: tuple[VersionLine, ...]
    targets: tuple[str, ...]
    required: str
    table: str
    epoch: int
    may_approve: bool
    why_not: str

    @property
    def next_version(self) -> int:
        """The number that the next submitted map gets."""
        return max((line.version for line in self.history), default=0) + 1

    def is_version(self, version: MapVersion | None, draft: MapDraft, view: DraftView) -> bool:
        """Whether the draft says exactly what a version says."""
        if version is None or draft.field_map is None:
            return False
        return version.fingerprint == view.fingerprint or version.field_map == draft.field_map

    def line_of(self, version: int) -> VersionLine:
        """The history's line of a version."""
        return next(line for line in self.history if line.version == version)


@dataclass(frozen=True)
class ProfileLine:
    """One column of the sample as it is shown; examples of a personal or confidential field are masked."""

    name: str
    reads_as: str
    filled_pct: float
    distinct: int
    examples: str
    is_masked: bool


@dataclass(frozen=True)
class GridLine:
    """One line of the grid; `band` is certain, strong, check, left out or mend, `options` are of the reading step."""

    name: str
    source: str
    target: str
    chain: str
    short_form: str
    band: str
    reason: str
    label: str
    owner: str
    explanation: str
    sensitivity: str
    kind: str
    options: Mapping[str, str]


@dataclass(frozen=True)
class Problem:
    """Something that keeps the map from being submitted: the field or column it is about, what, and the mend."""

    place: str
    sentence: str
    mend: str


@dataclass(frozen=True)
class HeaderNews:
    """How the sample's columns differ from the header set that was known last, and which one that is, in words."""

    drift: Drift
    since: str


@dataclass(frozen=True)
class DraftView:
    """A draft as a page shows it; `drift` is None where nothing was known of the columns before."""

    profile: tuple[ProfileLine, ...]
    lines: tuple[GridLine, ...]
    problems: tuple[Problem, ...]
    values: tuple[ValueTable, ...]
    translatable: tuple[str, ...]
    fingerprint: str
    mapped: int
    left_out: int
    unplaced: int
    to_check: int
    drift: HeaderNews | None = None

    @property
    def undecided(self) -> tuple[tuple[ValueTable, ValueLine], ...]:
        """Values of the sample that nobody has decided about and that are not simply kept, the most frequent first."""
        found = [(table, line) for table in self.values for line in table.undecided if table.otherwise != "keep"]
        return tuple(sorted(found, key=lambda pair: -pair[1].rows))


def accounts_to_map(tx: UnitOfWork, client: str = "") -> tuple[AccountChoice, ...]:
    """The accounts in scope, of one client where its key is given, each with the objects that its database keeps."""
    tx.actor.require(Right.EDIT_MAPS)
    return tuple(
        AccountChoice(account.key, f"{account.client_name} / {account.source_label} ({account.key})", _objects(account))
        for account in tx.accounts.every()
        if client in ("", account.client_key)
    )


def map_desk(tx: UnitOfWork, key: str, name: str) -> MapDesk:
    """What stands around the map of one object of one account."""
    tx.actor.require(Right.EDIT_MAPS)
    account = tx.accounts.by_key(key)
    if name not in _objects(account):
        raise DeskError(
            "object_not_offered",
            f"{key} sends no {name}.",
            f"It sends {', '.join(_objects(account)) or 'nothing that a map could be made for'}.",
        )
    history = tuple(tx.maps.history(account, name))
    waits = next((line.version for line in history if line.status is MapStatus.SUBMITTED), None)
    waiting = tx.maps.numbered(account, name, waits) if waits else None
    current = tx.maps.approved(account, name)
    if waiting and current and waiting.version < current.version:
        waiting = None  # what was submitted before the version in use has been passed over
    kind = object_type(name)
    why_not = _why_not(tx, account, waiting)
    return MapDesk(
        account=account,
        object=name,
        signal=account.signals[name],
        current=current,
        waiting=waiting,
        history=history,
        targets=kind.column_names,
        required=kind.date_column,
        table=kind.table,
        epoch=tx.accounts.epoch(account.id, name),
        may_approve=not why_not,
        why_not=why_not,
    )


def numbered(tx: UnitOfWork, key: str, name: str, version: int) -> MapVersion:
    """One version of a map by its number."""
    tx.actor.require(Right.EDIT_MAPS)
    return tx.maps.numbered(tx.accounts.by_key(key), name, version)


def draft_view(tx: UnitOfWork, draft: MapDraft) -> DraftView:
    """Everything to be shown of a draft; its problems are found anew from the map itself."""
    tx.actor.require(Right.EDIT_MAPS)
    account = tx.accounts.by_key(draft.account)
    field_map, sample = draft.field_map, draft.sample
    profile = _profile_lines(draft)
    news = _header_news(tx, account, draft)
    if field_map is None:
        return DraftView(profile, (), (), (), (), "", 0, 0, 0, 0, news)
    found = check_map(field_map, sample.headers if sample else None, object_type(draft.object))
    problems = tuple(Problem(_place(item.place), item.sentence, item.mend) for item in found)
    wrong = {problem.place for problem in problems}
    lines = tuple(_grid_line(line, draft, wrong) for line in field_lines(field_map, draft.headers))
    return DraftView(
        profile=profile,
        lines=lines,
        problems=problems,
        values=_tables(account, draft, sample),
        translatable=_translatable(draft),
        fingerprint=fingerprint(field_map),
        mapped=len(field_map.fields),
        left_out=len(field_map.ignored),
        unplaced=sum(item.reason == UNPLACED for item in field_map.ignored),
        to_check=sum(line.band == Band.CHECK for line in lines),
        drift=news,
    )


def _objects(account: Account) -> tuple[str, ...]:
    return tuple(name for name in account.signals if object_type(name).destination is account.destination)


def _why_not(tx: UnitOfWork, account: Account, waiting: MapVersion | None) -> str:
    """Why this person may not approve what waits, as one sentence; empty where they may. The service asks again."""
    refused = refusal(tx.actor, account, waiting.submitted_by if waiting else 0)
    if refused is None:
        return ""
    if refused.code == "four_eyes":
        return "You submitted it, and this account asks for a second person."
    return f"The owner of the account approves: {account.owner_email}."


def _header_news(tx: UnitOfWork, account: Account, draft: MapDraft) -> HeaderNews | None:
    """What changed since the map in use was made, which answers for every column that was known then."""
    current = tx.maps.approved(account, draft.object) if draft.sample else None
    if current is None or draft.sample is None:
        return None
    known, found = headers_of_map(current.field_map), headers_of(draft.sample.columns)
    return HeaderNews(drift(known, found, draft.object), f"map {current.version}, which is in use")


def _profile_lines(draft: MapDraft) -> tuple[ProfileLine, ...]:
    if draft.sample is None:
        return ()
    known, kind = draft.field_map or draft.suggestion, object_type(draft.object)
    hidden = _hidden(known, kind) if known else frozenset()
    return tuple(
        _profile_line(column, column.name in hidden or column.guess in _PERSONAL_LOOK)
        for column in draft.sample.columns
    )


def _hidden(field_map: FieldMap, kind: ObjectType) -> frozenset[str]:
    """The sources whose values may not be shown as they are.

    What is left out on purpose is answered for, so nobody has to look at it any more, and no rule says what it holds.
    """
    rules = (rule for rule in field_map.fields if rule.target in kind.column_names)
    careful = {rule.source for rule in rules if sensitivity_of(field_map, kind, rule.target) in _CAREFUL}
    return frozenset(careful | {item.source for item in field_map.ignored if item.reason != UNPLACED})


def _profile_line(column: ColumnProfile, is_masked: bool) -> ProfileLine:
    examples = [veiled(text) if is_masked else text for text in column.examples]
    return ProfileLine(
        name=column.name,
        reads_as=_reads_as(column),
        filled_pct=100 * column.filled_share,
        distinct=column.distinct,
        examples=", ".join(dict.fromkeys(examples)),
        is_masked=is_masked,
    )


def _reads_as(column: ColumnProfile) -> str:
    if column.guess in {Guess.TIMESTAMP, Guess.DATE}:
        what = "date and time" if column.guess is Guess.TIMESTAMP and not column.is_whole_days else "date"
        return what + _ORDERS.get(column.day_order, "")
    if column.is_key_like and column.rows > 1 and column.guess in {Guess.TEXT, Guess.INTEGER, Guess.ZIP}:
        return "identifier"
    if column.guess is Guess.TEXT and column.distinct <= _CATEGORY < column.filled:
        return "category"
    return _READS.get(column.guess, column.guess.replace("_", " "))


def _grid_line(line: FieldLine, draft: MapDraft, wrong: Collection[str]) -> GridLine:
    rule = line.rule
    is_wrong = line.source in wrong or line.target in wrong
    if rule is None:
        assert line.ignored is not None
        chip = "mend" if is_wrong else "left out"
        return GridLine(line.name, line.source, line.target, "", "", chip, line.ignored.reason, "", "", "", "", "", {})
    column = {item.name: item.kind for item in object_type(draft.object).columns}
    kind = column.get(rule.target, Kind.TEXT)
    return GridLine(
        name=line.name,
        source=line.source,
        target=rule.target,
        chain=in_words(rule.transforms, kind),
        short_form=short_form(rule.transforms),
        band="mend" if is_wrong else band(rule.confidence).value,
        reason=rule.reason,
        label=rule.label,
        owner=rule.owner,
        explanation=rule.explanation,
        sensitivity=rule.sensitivity.value,
        kind=kind.value,
        options=_reading_options(rule, kind),
    )


def _reading_options(rule: FieldRule, kind: Kind) -> dict[str, str]:
    """The options of the step that reads the target's kind; a value that is not text stays in the chain's line only."""
    reader = READERS.get(kind)
    steps = [step for step in rule.transforms if step.name == reader]
    return {name: value for step in steps for name, value in step.options.items() if isinstance(value, str)}


def _place(place: str) -> str:
    found = _PLACE.fullmatch(place)
    return (found["source"] or (found["column"] or "").strip('"')) if found else place


def _context(account: Account, draft: MapDraft) -> MapContext:
    offered = template(account.provider).object(draft.object)
    zone = offered.timezone if offered.timezone != "account" else account.timezone or account.client_timezone
    return MapContext(zone, account.phone_region, offered.day_order, offered.money_unit)


def _tables(account: Account, draft: MapDraft, sample: Sample | None) -> tuple[ValueTable, ...]:
    if draft.field_map is None or sample is None:
        return ()
    translated = [rule for rule in draft.field_map.fields if translation_of(rule)]
    offered = template(account.provider).object(draft.object).value_maps
    context = _context(account, draft)
    return tuple(
        value_table(rule, sample.frame, context, sample.lines, offered.get(rule.target)) for rule in translated
    )


def _translatable(draft: MapDraft) -> tuple[str, ...]:
    """Columns of states that keep the provider's words, which could be translated into ours."""
    kinds = {column.name: column.kind for column in object_type(draft.object).columns}
    rules = draft.field_map.fields if draft.field_map else ()
    return tuple(rule.target for rule in rules if kinds.get(rule.target) is Kind.STATUS and not translation_of(rule))
