"""Two people's edits of one draft brought together, line by line; where both changed one line, neither is overwritten."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TypeVar

from lib.domain.maps import FieldMap, FieldRule, IgnoredField
from lib.mapping.chain_text import short_form
from lib.mapping.draft_content import same_content
from lib.mapping.edits import LEFT_OUT

Answer = FieldRule | IgnoredField
T = TypeVar("T")
_SHOWN = 3


@dataclass(frozen=True)
class Conflict:
    """A line that both changed: its name, and what each of them made of it (None: it is no longer there)."""

    line: str
    mine: Answer | None
    theirs: Answer | None


def lines_of(field_map: FieldMap | None) -> dict[str, Answer]:
    """Every line by its name: the source, and its number where one source is read more than once."""
    found: dict[str, Answer] = {}
    times: dict[str, int] = {}
    answers: tuple[Answer, ...] = (*field_map.fields, *field_map.ignored) if field_map else ()
    for answer in answers:
        times[answer.source] = count = times.get(answer.source, 0) + 1
        found[answer.source if count == 1 else f"{answer.source} ({count})"] = answer
    return found


def changed_lines(before: FieldMap | None, after: FieldMap | None) -> tuple[str, ...]:
    """The names of the lines that differ, in the order in which they stand."""
    old, new = lines_of(before), lines_of(after)
    return tuple(name for name in {**old, **new} if not _is_same(old.get(name), new.get(name)))


def merged(base: FieldMap, mine: FieldMap, theirs: FieldMap) -> tuple[FieldMap, tuple[Conflict, ...]]:
    """Theirs with my changes since `base` made again, and the lines for which that is not done as they changed them too.

    What both changed alike is no conflict.
    """
    result, conflicts = theirs, []
    their_lines, my_lines = lines_of(theirs), lines_of(mine)
    touched = frozenset(changed_lines(base, theirs))
    for name in changed_lines(base, mine):
        my, their = my_lines.get(name), their_lines.get(name)
        if name not in touched:
            result = with_line(result, name, my)
        elif not _is_same(my, their):
            conflicts.append(Conflict(name, my, their))
    return result, tuple(conflicts)


def with_line(field_map: FieldMap, name: str, answer: Answer | None) -> FieldMap:
    """The map with one line answered otherwise: in its place, or at the end where there was none, or taken out."""
    old = lines_of(field_map).get(name)
    rules = _put(field_map.fields, old, answer if isinstance(answer, FieldRule) else None)
    ignored = _put(field_map.ignored, old, answer if isinstance(answer, IgnoredField) else None)
    return replace(field_map, fields=rules, ignored=ignored)


def _put(items: tuple[T, ...], old: object, new: T | None) -> tuple[T, ...]:
    place = next((index for index, item in enumerate(items) if item is old), None)
    put = () if new is None else (new,)
    return (*items, *put) if place is None else (*items[:place], *put, *items[place + 1 :])


def in_words(answer: Answer | None, other: Answer | None) -> str:
    """What an answer says where it differs from the other one: `target outcome, label Result`."""
    if answer is None:
        return "taken out"
    mine, theirs = _said(answer), _said(other)
    differing = [(name, value) for name, value in mine.items() if value != theirs.get(name)]
    return ", ".join(f"{name} {value or 'empty'}" for name, value in differing[:_SHOWN]) or "the same"


def said_of(names: tuple[str, ...]) -> str:
    """Some lines in a few words: `Status, Mood`, `Status, Mood and 5 more`."""
    rest = len(names) - _SHOWN
    head = ", ".join(names[:_SHOWN])
    return f"{head} and {rest} more" if rest > 0 else head


def _said(answer: Answer | None) -> dict[str, str]:
    if answer is None:
        return {}
    if isinstance(answer, IgnoredField):
        return {"target": LEFT_OUT, "reason": answer.reason}
    return {
        "target": answer.target,
        "steps": short_form(answer.transforms),
        "label": answer.label,
        "owner": answer.owner,
        "explanation": answer.explanation,
        "sensitivity": answer.sensitivity.value,
        "blank": answer.blank.value,
        "reason": answer.reason,
    }


def _is_same(one: Answer | None, other: Answer | None) -> bool:
    if one is None or other is None or isinstance(one, IgnoredField) or isinstance(other, IgnoredField):
        return one == other
    return one == other or same_content(FieldMap("", (one,)), FieldMap("", (other,)))
