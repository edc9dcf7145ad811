"""What is different between two versions of a map, in words: one sentence a change, by kind and field."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields
from enum import StrEnum
from typing import Any

from lib.domain.maps import Blank, FieldMap, FieldRule, IgnoredField, Sensitivity, Transform
from lib.domain.objects import Kind, object_type
from lib.mapping.chain_text import in_words, short_form
from lib.mapping.document import as_plain
from lib.mapping.value_lines import VALUE_MAP, translation_of

# So many entries of a value map are named in a sentence; the rest are counted.
_NAMED = 5
_CLEARS = "clears what stands there; before, it kept it"
_PUT = {"keep": "stays as it came", "blank": "is left blank", "fail": "fails its row"}


class ChangeKind(StrEnum):
    """What a difference is about. Everything before `label` can make a row become something else."""

    NEW = "new field"
    GONE = "field gone"
    TAKEN_IN = "taken in"
    LEFT_OUT = "left out"
    TARGET = "target"
    SOURCE = "source"
    STEPS = "steps"
    VALUES = "values"
    BLANK = "blank cells"
    OTHER = "setting"
    LABEL = "label"
    OWNER = "owner"
    EXPLANATION = "explanation"
    SENSITIVITY = "sensitivity"
    REASON = "reason"
    ORDER = "order"


_WORDS_ONLY = frozenset(
    {
        ChangeKind.LABEL, ChangeKind.OWNER, ChangeKind.EXPLANATION, ChangeKind.SENSITIVITY, ChangeKind.REASON,
        ChangeKind.ORDER,
    }
)  # fmt: skip


@dataclass(frozen=True)
class Difference:
    """One change: its kind, the field it is about ('' for the map as a whole), and the sentence that says it."""

    kind: ChangeKind
    field: str
    sentence: str

    @property
    def touches_rows(self) -> bool:
        """Whether a row may become something else by it."""
        return self.kind not in _WORDS_ONLY


def differences(old: FieldMap | None, new: FieldMap) -> tuple[Difference, ...]:
    """Everything that `new` says and `old` does not, and the other way round; empty exactly where they say the same.

    None for `old` is a first version: every field of it is new.
    """
    before = old or FieldMap(new.object, ())
    pairs, gone, fresh = _paired(before, new)
    kinds = {column.name: column.kind for column in object_type(new.object).columns}
    found = [
        *(item for was, now in pairs for item in _of_pair(was, now, kinds)),
        *_fresh(fresh, before, kinds),
        *_gone(gone, new),
        *_left_out(before, new),
    ]
    if not found and as_plain(before) != as_plain(new):
        found.append(Difference(ChangeKind.ORDER, "", "Nothing that a row or a reader meets is different."))
    return tuple(sorted(found, key=lambda item: not item.touches_rows))


def in_one_text(found: tuple[Difference, ...], longest: int) -> str:
    """The sentences after each other, at most `longest` characters, with how many are left unsaid."""
    said = ""
    for place, item in enumerate(found):
        more = f" And {len(found) - place} more."
        if len(said) + len(item.sentence) + 1 + len(more) > longest:
            return (said + more).strip()
        said = f"{said} {item.sentence}".strip()
    return said


def _paired(old: FieldMap, new: FieldMap) -> tuple[list[tuple[FieldRule, FieldRule]], list[FieldRule], list[FieldRule]]:
    """Rules that are the same field in both maps, those that are gone, those that are new: by both names, then by one."""
    left, right = list(old.fields), list(new.fields)
    pairs: list[tuple[FieldRule, FieldRule]] = []
    for by in (lambda rule: (rule.source, rule.target), lambda rule: rule.source, lambda rule: rule.target):
        for rule in [*left]:
            # A rule that reads no field (a constant) is known by its column alone.
            twin = next((item for item in right if by(item) == by(rule) and by(rule) != ""), None)
            if twin is not None:
                pairs.append((rule, twin))
                left.remove(rule)
                right.remove(twin)
    order = {id(rule): place for place, rule in enumerate(new.fields)}
    return sorted(pairs, key=lambda pair: order[id(pair[1])]), left, right


def _of_pair(was: FieldRule, now: FieldRule, kinds: Mapping[str, Kind]) -> Iterator[Difference]:
    name = _named(now)
    if was.target != now.target:
        yield Difference(ChangeKind.TARGET, name, f"“{name}” fills {now.target}; before, it filled {was.target}.")
    if was.source != now.source:
        yield Difference(ChangeKind.SOURCE, name, f"{now.target} is read from {_read(now)}; before, from {_read(was)}.")
    yield from _steps(name, was, now, kinds)
    yield from _values(name, was, now)
    yield from _words(name, was, now)
    yield from _settings(name, was, now)


def _steps(name: str, was: FieldRule, now: FieldRule, kinds: Mapping[str, Kind]) -> Iterator[Difference]:
    before, after = _bare(was), _bare(now)
    if before == after:
        return
    told = [in_words(before, kinds.get(was.target, Kind.TEXT)), in_words(after, kinds.get(now.target, Kind.TEXT))]
    if told[0] == told[1] or was.target != now.target:
        told = [short_form(before) or "none", short_form(after) or "none"]
    yield Difference(ChangeKind.STEPS, name, f"“{name}” is read by these steps: {told[1]}. Before: {told[0]}.")


def _bare(rule: FieldRule) -> tuple[Transform, ...]:
    """The chain without its value map, which is told entry by entry."""
    told = translation_of(rule)
    return tuple(step for step in rule.transforms if step is not told)


def _values(name: str, was: FieldRule, now: FieldRule) -> Iterator[Difference]:
    old, new = translation_of(was), translation_of(now)
    for lead, entries in _entries(_table(old), _table(new)):
        if entries:
            yield Difference(ChangeKind.VALUES, name, f"The value map of “{name}” {lead}: {_some(entries)}.")
    before, after = _otherwise(old), _otherwise(new)
    if before != after:
        yield Difference(ChangeKind.VALUES, name, f"Any other value of “{name}” {after}; before, it {before}.")
    if old and new and (_further(old), _place(was)) != (_further(new), _place(now)):
        yield Difference(ChangeKind.STEPS, name, f"The value map of “{name}” works at another place, or otherwise.")


def _table(step: Transform | None) -> Mapping[str, Any]:
    found: Mapping[str, Any] = step.options.get("values", {}) if step else {}
    return found


def _entries(before: Mapping[str, Any], after: Mapping[str, Any]) -> Iterator[tuple[str, list[str]]]:
    yield "also knows", [f"“{key}” becomes {_ours(after[key])}" for key in after if key not in before]
    yield (
        "changes",
        [
            f"“{key}” becomes {_ours(after[key])}, before {_ours(before[key])}"
            for key in after
            if key in before and after[key] != before[key]
        ],
    )
    yield "no longer knows", [f"“{key}” (was {_ours(before[key])})" for key in before if key not in after]


def _further(step: Transform) -> dict[str, Any]:
    return {name: value for name, value in step.options.items() if name not in {"values", "otherwise"}}


def _place(rule: FieldRule) -> int:
    return next((place for place, step in enumerate(rule.transforms) if step.name == VALUE_MAP), -1)


def _otherwise(step: Transform | None) -> str:
    put = str(step.options.get("otherwise", "keep")) if step else "keep"
    return _PUT.get(put, f"becomes “{put}”")


def _ours(value: Any) -> str:
    return f"“{value}”" if value not in ("", None) else "blank"


def _some(entries: list[str]) -> str:
    more = len(entries) - _NAMED
    return "; ".join(entries[:_NAMED]) + (f"; and {more:,} more" if more > 0 else "")


def _words(name: str, was: FieldRule, now: FieldRule) -> Iterator[Difference]:
    for kind in (ChangeKind.LABEL, ChangeKind.OWNER, ChangeKind.EXPLANATION):
        before, after = getattr(was, kind.value), getattr(now, kind.value)
        if before != after:
            yield Difference(kind, name, f"The {kind} of “{name}” is {_said(after)}; before, {_said(before)}.")
    if was.sensitivity is not now.sensitivity:
        careful = list(Sensitivity)
        less = careful.index(now.sensitivity) < careful.index(was.sensitivity)
        shown = " It is shown to more people." if less else ""
        yield Difference(
            ChangeKind.SENSITIVITY, name, f"“{name}” is {now.sensitivity}; before, {was.sensitivity}.{shown}"
        )
    if (was.reason, was.confidence) != (now.reason, now.confidence):
        yield Difference(
            ChangeKind.REASON, name, f"Why “{name}” was placed reads: {_said(now.reason)} ({now.confidence:.0%} sure)."
        )


def _said(text: str) -> str:
    return f"“{text}”" if text else "nothing"


_TOLD = frozenset(
    {"source", "target", "transforms", "label", "owner", "explanation", "sensitivity", "confidence", "reason", "blank"}
)


def _settings(name: str, was: FieldRule, now: FieldRule) -> Iterator[Difference]:
    if was.blank is not now.blank:
        then = "keeps what stands there; before, it cleared it" if now.blank is Blank.KEEP else _CLEARS
        yield Difference(ChangeKind.BLANK, name, f"A blank “{name}” in an update {then}.")
    for item in fields(FieldRule):
        before, after = getattr(was, item.name), getattr(now, item.name)
        if item.name not in _TOLD and before != after:
            word = item.name.removeprefix("is_").replace("_", " ")
            yield Difference(
                ChangeKind.OTHER, name, f"“{word}” of “{name}” is {_setting(after)}; before, {_setting(before)}."
            )


def _setting(value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return str(value) or "nothing"


def _fresh(rules: list[FieldRule], old: FieldMap, kinds: Mapping[str, Kind]) -> Iterator[Difference]:
    reasons = {item.source: item.reason for item in old.ignored}
    for rule in rules:
        name, how = _named(rule), in_words(rule.transforms, kinds.get(rule.target, Kind.TEXT))
        if rule.source and rule.source in reasons:
            sentence = f"“{name}” is taken in and fills {rule.target} ({how}); before, it was left out."
            yield Difference(ChangeKind.TAKEN_IN, name, sentence)
        else:
            yield Difference(ChangeKind.NEW, name, f"{rule.target} is filled from {_read(rule)} ({how}).")


def _gone(rules: list[FieldRule], new: FieldMap) -> Iterator[Difference]:
    reasons = {item.source: item.reason for item in new.ignored}
    for rule in rules:
        name = _named(rule)
        if rule.source and rule.source in reasons:
            sentence = f"“{name}” is left out, so {rule.target} is no longer filled from it: {_said(reasons[name])}."
            yield Difference(ChangeKind.LEFT_OUT, name, sentence)
        else:
            yield Difference(ChangeKind.GONE, name, f"{rule.target} is no longer filled from {_read(rule)}.")


def _left_out(old: FieldMap, new: FieldMap) -> Iterator[Difference]:
    """Fields that are left out in one of the two and that no sentence about a mapped one has told."""
    was, now = _reasons(old.ignored), _reasons(new.ignored)
    mapped_before, mapped_now = {rule.source for rule in old.fields}, {rule.source for rule in new.fields}
    for name, reason in now.items():
        if name not in was and name not in mapped_before:
            yield Difference(ChangeKind.LEFT_OUT, name, f"“{name}” is new and left out: {_said(reason)}.")
        elif name in was and was[name] != reason:
            yield Difference(
                ChangeKind.REASON, name, f"“{name}” is left out because: {_said(reason)}; before: {_said(was[name])}."
            )
    for name in was:
        if name not in now and name not in mapped_now:
            yield Difference(ChangeKind.GONE, name, f"“{name}” was left out and is no longer in the map.")


def _reasons(items: tuple[IgnoredField, ...]) -> dict[str, str]:
    return {item.source: item.reason for item in items}


def _named(rule: FieldRule) -> str:
    return rule.source or rule.target


def _read(rule: FieldRule) -> str:
    return f"“{rule.source}”" if rule.source else "the map's own steps"


__all__ = ["ChangeKind", "Difference", "differences", "in_one_text"]
