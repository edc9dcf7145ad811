"""Every field and every number of an account in words, as Markdown: for whoever takes it over."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from lib.domain.maps import FieldMap, FieldRule
from lib.domain.objects import object_type
from lib.domain.verdicts import RowClass, Verdict
from lib.mapping.chain_text import in_words

_VERDICTS = {
    Verdict.CREATED: "the row makes a new record",
    Verdict.UPDATED: "the row changes a record that is there",
    Verdict.DUPLICATE: "the row says again what is known, and changes nothing",
    Verdict.FAILED: "the row gives a reason that keeps it out",
    Verdict.IGNORED: "a person or a rule left the row out",
}
_CLASSES = {
    RowClass.GENUINE: "counts in every number",
    RowClass.TEST: "somebody tried the form or the line; told beside the numbers",
    RowClass.SPAM: "nobody's request; told beside the numbers",
    RowClass.INTERNAL: "from the business itself; told beside the numbers",
    RowClass.MARKETPLACE_DUPLICATE: "one request sold several times; told beside the numbers",
}


def glossary(maps: Iterable[FieldMap], metrics: Sequence[Mapping[str, Any]]) -> str:
    """Markdown: the fields of each map, the numbers (as `label`, `unit`, `client_meaning` …), verdicts and classes."""
    return "\n".join(["# Glossary", "", *_fields(maps), *_numbers(metrics), *_words()]) + "\n"


def _fields(maps: Iterable[FieldMap]) -> Iterator[str]:
    for field_map in maps:
        yield from (f"## Fields of a {field_map.object.replace('_', ' ')}", "")
        yield from _table(
            ("Field", "Comes as", "Becomes", "Read as", "Who sees it", "In words"),
            [_field(rule, field_map.object) for rule in field_map.fields],
        )
        if field_map.ignored:
            yield from _table(("Left out", "Why"), [(item.source, item.reason) for item in field_map.ignored])


def _field(rule: FieldRule, name: str) -> tuple[str, ...]:
    how = in_words(rule.transforms, object_type(name).column(rule.target).kind)
    return (rule.label or rule.target, rule.source, rule.target, how, str(rule.sensitivity), rule.explanation)


def _numbers(metrics: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    if metrics:
        yield from ("## Numbers", "")
        rows = [
            tuple(str(item[name]) for name in ("label", "unit", "date_basis", "client_meaning")) for item in metrics
        ]
        yield from _table(("Number", "Unit", "Counted by", "In words"), rows)


def _words() -> Iterator[str]:
    yield from ("## What becomes of a row", "")
    yield from _table(("Verdict", "Meaning"), [(str(item), meaning) for item, meaning in _VERDICTS.items()])
    yield from _table(("Class", "Meaning"), [(str(item), meaning) for item, meaning in _CLASSES.items()])


def _table(heads: Sequence[str], rows: Iterable[Sequence[str]]) -> Iterator[str]:
    yield f"| {' | '.join(heads)} |"
    yield f"|{'---|' * len(heads)}"
    for row in rows:
        yield f"| {' | '.join(' '.join(cell.split()).replace('|', '/') for cell in row)} |"
    yield ""
