"""What is wrong with a map before it is used: every mistake as a place, a sentence and its mend."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from lib.domain.maps import FieldMap, FieldRule
from lib.domain.objects import ObjectType
from lib.mapping.client_safe import explanation_problems
from lib.mapping.transforms import chain_problem, further_sources, step_problems


@dataclass(frozen=True)
class MapProblem:
    """One mistake: where it stands, what it is, and what mends it.

    `is_about_words` where the field can be read all the same: only what is said of it has to change.
    """

    place: str
    sentence: str
    mend: str
    is_about_words: bool = False


def check_map(field_map: FieldMap, columns: Sequence[str] | None, object_type: ObjectType) -> list[MapProblem]:
    """Every mistake of the map, in the order it is written; empty where it may be used.

    `columns` are the headers of a file, to find those that are not answered for (R9); None leaves that out. A source
    that the file lacks is drift, not a mistake, and is not reported here.
    """
    problems = [problem for index, rule in enumerate(field_map.fields) for problem in _rule(rule, index, object_type)]
    problems.extend(_targets(field_map, object_type))
    problems.extend(_ignored(field_map))
    if columns is not None:
        problems.extend(_unanswered(field_map, columns))
    # What is said of a field comes last: the field itself matters first.
    problems.extend(_words(field_map))
    return problems


def place_of(index: int, source: str) -> str:
    """How a field of a map is named in a sentence: `fields[3] (source "Created Date")`."""
    return f'fields[{index}] (source "{source}")'


def answered(field_map: FieldMap) -> set[str]:
    """Every source the map answers for: mapped, ignored, or read by a step of a chain."""
    further = {source for rule in field_map.fields for source in further_sources(rule.transforms)}
    return set(field_map.sources) | further


def _rule(rule: FieldRule, index: int, object_type: ObjectType) -> Iterator[MapProblem]:
    place = place_of(index, rule.source)
    wrong = [sentence for step in rule.transforms for sentence in step_problems(step)]
    for sentence in wrong:
        yield MapProblem(place, f"{sentence[0].upper()}{sentence[1:]}.", "Correct this step of the chain.")
    is_constant = bool(rule.transforms) and rule.transforms[0].name in {"constant", "coalesce", "join"}
    if not rule.source.strip() and not is_constant:
        yield MapProblem(place, "The source is empty.", "Name the source field, or begin the chain with `constant`.")
    if rule.target not in object_type.column_names:
        yield MapProblem(
            place,
            f"A {object_type.name.replace('_', ' ')} has no column {rule.target!r}.",
            f"Use one of {', '.join(object_type.column_names)}.",
        )
    elif not wrong:
        clash = chain_problem(rule.transforms, object_type.column(rule.target).kind)
        if clash:
            yield MapProblem(place, f"{clash[0].upper()}{clash[1:]}.", "Change the chain or the target.")


def _words(field_map: FieldMap) -> Iterator[MapProblem]:
    """What of the explanations is not for a client (R6, R9)."""
    for index, rule in enumerate(field_map.fields):
        for problem in explanation_problems(rule.explanation):
            yield MapProblem(place_of(index, rule.source), problem.sentence, problem.mend, is_about_words=True)


def _targets(field_map: FieldMap, object_type: ObjectType) -> Iterator[MapProblem]:
    for target, times in Counter(rule.target for rule in field_map.fields).items():
        if times > 1:
            sources = ", ".join(f'"{rule.source}"' for rule in field_map.fields if rule.target == target)
            yield MapProblem(
                f"target {target}",
                f"{times} fields fill the column {target}: {sources}.",
                "Keep one of them, or bring them together in one with `coalesce` or `join`.",
            )
    for column in object_type.columns:
        if column.is_required and field_map.rule_for(column.name) is None:
            yield MapProblem(
                f"target {column.name}",
                f"Nothing fills {column.name}, and every {object_type.name.replace('_', ' ')} needs its date.",
                f"Map the field that holds the date to {column.name}.",
            )


def _ignored(field_map: FieldMap) -> Iterator[MapProblem]:
    mapped = {rule.source for rule in field_map.fields}
    for index, item in enumerate(field_map.ignored):
        place = f'ignored[{index}] (source "{item.source}")'
        if not item.reason.strip():
            yield MapProblem(place, "It is ignored without a reason.", "Say why this field is left out.")
        if item.source in mapped:
            yield MapProblem(place, "It is both mapped and ignored.", "Keep it in one of the two lists.")


def _unanswered(field_map: FieldMap, columns: Sequence[str]) -> Iterator[MapProblem]:
    known = answered(field_map)
    for column in columns:
        if column not in known:
            yield MapProblem(
                f'column "{column}"',
                f'The column "{column}" is neither mapped nor ignored.',
                "Map it, or put it under `ignored` with a reason.",
            )
