"""Rows without a person: which cells of a row about them go, and which stay because they count, date or name a thing.

What goes is what the object or the map calls personal, every free text, and of a file every cell that no map put to
another use. What stays is what a number stands on: ids, dates, states, amounts, campaigns, and whatever a metric tells
records apart by: its values stand beside numbers that clients read, so they are about nobody (R6).
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from lib.domain.hooks import ROW_RECEIVED_AT
from lib.domain.maps import FieldMap, Sensitivity
from lib.domain.objects import Kind, ObjectType, object_type
from lib.mapping.mentions import Mentions
from lib.mapping.shown import UNREADABLE, sensitivity_of
from lib.mapping.transforms import further_sources

# Whom a job was given to is somebody of the client's house, not the person it is about.
OWN_PEOPLE = frozenset({"assigned_to"})
_WORDS = frozenset({Kind.TEXT, Kind.NAME, Kind.EMAIL, Kind.PHONE})
_HIDDEN = frozenset({Sensitivity.PERSONAL, Sensitivity.CONFIDENTIAL})
Rows = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class Going:
    """Of one map: the canonical columns that go, the cells of a file that stay, and the columns (of file and object) that
    name somebody of the client's house.
    """

    columns: frozenset[str]
    kept_sources: frozenset[str]
    aside: frozenset[str]

    @classmethod
    def of(cls, field_map: FieldMap, told_by: Collection[str] = ()) -> Going:
        """What goes of rows that came through a map; `told_by` are the columns by which metrics tell records apart."""
        columns = _personal_columns(object_type(field_map.object), field_map) - frozenset(told_by)
        used = _used(field_map)
        kept = frozenset(source for source, targets in used.items() if not targets & columns)
        aside = frozenset(source for source, targets in used.items() if targets and targets <= OWN_PEOPLE)
        return cls(columns, kept, aside | OWN_PEOPLE)


def _personal_columns(kind: ObjectType, field_map: FieldMap) -> frozenset[str]:
    """The columns that say something of a person: personal ones, free texts, and words that the map calls either."""
    return frozenset(
        column.name
        for column in kind.columns
        if column.sensitivity is Sensitivity.PERSONAL
        or column.kind is Kind.LONG_TEXT
        or (column.kind in _WORDS and sensitivity_of(field_map, kind, column.name) in _HIDDEN)
    )


def _used(field_map: FieldMap) -> dict[str, set[str]]:
    """The columns that each cell of a file becomes; one that no map put to use is not there."""
    used: dict[str, set[str]] = {ROW_RECEIVED_AT: set()}
    for rule in field_map.fields:
        for source in (rule.source, *further_sources(rule.transforms)):
            used.setdefault(source, set()).add(rule.target)
    return used


def text_columns(table: pa.Table) -> list[str]:
    """The columns of a chunk that hold text."""
    return [
        name
        for name, kind in zip(table.column_names, table.schema.types, strict=True)
        if pa.types.is_string(kind) or pa.types.is_large_string(kind)
    ]


def rows_about(table: pa.Table, mentions: Mentions, aside: Collection[str] = ()) -> tuple[Rows, bool]:
    """The rows of a chunk that are about the person, and whether any text of the chunk speaks of them.

    A row is about them when a cell of it is their phone, address or name, or its line could not be read and speaks of
    them. The columns `aside` name somebody else, such as who a job was given to.
    """
    about, is_spoken_of = np.zeros(table.num_rows, dtype=bool), False
    names = text_columns(table)
    for name in names:
        column = table[name]
        spoken = [text for text in column.unique().to_pylist() if text and mentions.is_in(text)]
        is_spoken_of |= bool(spoken)
        own = [] if name in aside else [text for text in spoken if name == UNREADABLE or mentions.is_all_of(text)]
        if own:
            about |= np.asarray(pc.is_in(column, value_set=pa.array(own, column.type)), dtype=bool)
    own_cells = [table[name].to_pylist() for name in names if name not in aside]
    if mentions.who.names and own_cells:
        rows = zip(*own_cells, strict=True)
        about |= np.fromiter((mentions.is_across([cell or "" for cell in row]) for row in rows), bool, table.num_rows)
    return about, is_spoken_of or bool(about.any())


def without_raw(table: pa.Table, rows: Rows, kept: frozenset[str], mentions: Mentions) -> pa.Table:
    """Raw rows with every cell blank that does not stay, in the rows given; what stays speaks of nobody."""
    # A line that could not be read is one cell of everything.
    going = [name for name in table.column_names if name not in kept or name == UNREADABLE]
    return _spoken_of_by_nobody(_blanked(table, rows, going), mentions)


def without_mapped(table: pa.Table, rows: Rows, going: Going, mentions: Mentions) -> pa.Table:
    """Mapped rows, or images of records, with the personal columns blank in the rows given."""
    return _spoken_of_by_nobody(_blanked(table, rows, going.columns & frozenset(table.column_names)), mentions)


def _blanked(table: pa.Table, rows: Rows, names: Collection[str]) -> pa.Table:
    mask = pa.array(rows)
    for name in sorted(names):
        column = table[name]
        blank = pc.if_else(mask, pa.scalar(None, column.type), column.combine_chunks())
        table = table.set_column(table.schema.get_field_index(name), pa.field(name, column.type), blank)
    return table


def _spoken_of_by_nobody(table: pa.Table, mentions: Mentions) -> pa.Table:
    for name in text_columns(table):
        column = table[name]
        others = {text: mentions.redacted(text) for text in column.unique().to_pylist() if text}
        if any(text != other for text, other in others.items()):
            cells = [others.get(cell, cell) for cell in column.to_pylist()]
            table = table.set_column(table.schema.get_field_index(name), name, pa.array(cells, column.type))
    return table
