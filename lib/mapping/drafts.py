"""A sample of a delivery and a map being drafted against it: values that are replaced, never changed in place."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from lib.domain.maps import FieldMap
from lib.mapping.apply import Memory
from lib.mapping.draft_merge import Conflict, with_line
from lib.mapping.profile import ColumnProfile

# So many rows are profiled, and so many of them read through the draft at every edit.
SAMPLE_ROWS, PREVIEW_ROWS = 10_000, 1_000


@dataclass(frozen=True, eq=False)
class Sample:
    """The first rows of something that arrived, as text.

    `id` tells samples apart (a hash of their bytes); `words` say where it came from; `rows` counts all rows of the
    whole, of which `frame` holds the first SAMPLE_ROWS; `lines` are their 1-based lines in the file. `memory` is what
    the rules of earlier drafts gave for the rows of a preview, `shown` what of it was shown as text. `delivery` is the
    id of the delivery it was taken from, and `is_example` says that it is the template's: those two are found again,
    anything else only by who brought it.
    """

    id: str
    words: str
    frame: pd.DataFrame
    lines: npt.NDArray[np.int64]
    rows: int
    columns: tuple[ColumnProfile, ...]
    received_at: datetime
    memory: Memory = field(default_factory=dict)
    shown: dict[tuple[str, ...], list[str]] = field(default_factory=dict)
    delivery: int | None = None
    is_example: bool = False

    @property
    def headers(self) -> tuple[str, ...]:
        """The names of the columns in order."""
        return tuple(column.name for column in self.columns)

    @property
    def first_rows(self) -> pd.DataFrame:
        """The rows that a preview reads."""
        return self.frame.head(PREVIEW_ROWS)

    @property
    def is_whole(self) -> bool:
        """Whether every row of the delivery is in the sample."""
        return len(self.frame) >= self.rows

    @property
    def reference(self) -> dict[str, Any]:
        """Where it is found again, as plain values: the sample itself is written nowhere."""
        kind = "delivery" if self.delivery is not None else "example" if self.is_example else "brought"
        return {"kind": kind, "delivery": self.delivery, "id": self.id, "words": self.words}


@dataclass(frozen=True)
class Refusal:
    """An edit that was not made: the field it was about, why not, and what to do instead."""

    source: str
    sentence: str
    mend: str


class Move(StrEnum):
    """What was done to a draft since it was kept; only an edit can be brought together with somebody else's."""

    NONE = "none"
    EDIT = "edit"
    BEGIN = "begin"
    UNDO = "undo"
    REDO = "redo"


@dataclass(frozen=True)
class Step:
    """One step of a draft that can be undone or done again: what it changed, who made it, when."""

    said: str
    person: str
    made_at: datetime


@dataclass(frozen=True)
class Kept:
    """The draft as the database has it: `revision` 0 where it has none yet.

    `content` is what stood there at that revision; `undo` and `redo` are the steps on either side of it; `others` says
    who else changed it lately, as (name, when). `sample` is the reference of the sample it was last looked at with.
    """

    revision: int = 0
    content: FieldMap | None = None
    origin: str = ""
    edited_by: str = ""
    edited_at: datetime | None = None
    undo: Step | None = None
    redo: Step | None = None
    others: tuple[tuple[str, datetime], ...] = ()
    sample: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, eq=False)
class MapDraft:
    """A map on its way: `field_map` is None until a suggestion, an earlier map or a file was taken.

    `origin` says in words where it began. `revision` grows with every change in this session, so that what was shown
    for an older one is told apart; `kept` is what the database has, and `move` what was done since. `conflicts` are the
    lines that somebody else changed meanwhile; `taken_in` says in words what of theirs came in with the last edit.
    """

    account: str
    object: str
    sample: Sample | None = None
    suggestion: FieldMap | None = None
    field_map: FieldMap | None = None
    origin: str = ""
    refusals: tuple[Refusal, ...] = ()
    revision: int = 0
    kept: Kept = Kept()
    move: Move = Move.NONE
    conflicts: tuple[Conflict, ...] = ()
    taken_in: str = ""

    @property
    def headers(self) -> tuple[str, ...]:
        """The names of the sample's columns in order; none without a sample."""
        return self.sample.headers if self.sample else ()

    def sampled(self, sample: Sample, suggestion: FieldMap) -> MapDraft:
        """The same draft looked at with another sample."""
        return replace(self, sample=sample, suggestion=suggestion, refusals=(), revision=self.revision + 1)

    def begun(self, field_map: FieldMap | None, origin: str) -> MapDraft:
        """The draft begun anew, from a whole map or from nothing; once it is kept, what stood there can be undone to."""
        return replace(self._next(), field_map=field_map, origin=origin, move=Move.BEGIN)

    def changed(self, field_map: FieldMap, refusals: tuple[Refusal, ...] = ()) -> MapDraft:
        """The draft after an edit; an edit that changes nothing is no move."""
        is_same = field_map == self.field_map
        moved = self.move if is_same or self.move is Move.BEGIN else Move.EDIT
        return replace(self._next(), field_map=field_map, refusals=refusals, move=moved)

    def settled(self, conflict: Conflict) -> MapDraft:
        """The draft with my answer to a line that both changed; the other's is one step back."""
        assert self.field_map is not None
        mine = with_line(self.field_map, conflict.line, conflict.mine)
        return replace(self.changed(mine), conflicts=self.without(conflict).conflicts)

    def without(self, conflict: Conflict) -> MapDraft:
        """The draft with the other's answer left where it stands."""
        rest = tuple(item for item in self.conflicts if item.line != conflict.line)
        return replace(self._next(), conflicts=rest)

    def undone(self) -> MapDraft:
        """The draft asked to go one step back; the same where there is none."""
        return replace(self._next(), move=Move.UNDO) if self.kept.undo else self

    def redone(self) -> MapDraft:
        """The draft asked to make the last undone step again; the same where there is none."""
        return replace(self._next(), move=Move.REDO) if self.kept.redo else self

    def _next(self) -> MapDraft:
        return replace(self, refusals=(), conflicts=(), taken_in="", revision=self.revision + 1)
