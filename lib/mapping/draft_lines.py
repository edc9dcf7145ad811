"""A draft line by line, as a person reads it: what the sample's columns hold, what the map does, what is wrong with it."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass

from lib.domain.maps import UNPLACED, FieldMap, FieldRule, Sensitivity
from lib.domain.objects import Kind, ObjectType, object_type
from lib.mapping.chain_text import in_words, short_form
from lib.mapping.check import check_map
from lib.mapping.drafts import MapDraft
from lib.mapping.edits import FieldLine, field_lines
from lib.mapping.profile import ColumnProfile, Guess
from lib.mapping.scoring import band
from lib.mapping.shown import sensitivity_of, veiled
from lib.mapping.transforms import READERS
from lib.mapping.value_lines import translation_of

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


def profile_lines(draft: MapDraft) -> tuple[ProfileLine, ...]:
    """One line for each column of the sample; none without one."""
    if draft.sample is None:
        return ()
    known, kind = draft.field_map or draft.suggestion, object_type(draft.object)
    hidden = _hidden(known, kind) if known else frozenset()
    return tuple(
        _profile_line(column, column.name in hidden or column.guess in _PERSONAL_LOOK)
        for column in draft.sample.columns
    )


def problems_of(draft: MapDraft, field_map: FieldMap) -> tuple[Problem, ...]:
    """What keeps the map from being submitted, found anew from the map itself."""
    found = check_map(field_map, draft.sample.headers if draft.sample else None, object_type(draft.object))
    return tuple(Problem(_place(item.place), item.sentence, item.mend) for item in found)


def grid_lines(draft: MapDraft, field_map: FieldMap, problems: Collection[Problem]) -> tuple[GridLine, ...]:
    """One line for each source and each column that is made of several; what has a problem is to be mended."""
    wrong = {problem.place for problem in problems}
    return tuple(_grid_line(line, draft, wrong) for line in field_lines(field_map, draft.headers))


def translatable(draft: MapDraft) -> tuple[str, ...]:
    """Columns of states that keep the provider's words, which could be translated into ours."""
    kinds = {column.name: column.kind for column in object_type(draft.object).columns}
    rules = draft.field_map.fields if draft.field_map else ()
    return tuple(rule.target for rule in rules if kinds.get(rule.target) is Kind.STATUS and not translation_of(rule))


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
