"""A sample of a delivery and a map being drafted against it: values that are replaced, never changed in place."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import datetime

import numpy as np
import numpy.typing as npt
import pandas as pd

from lib.domain.maps import FieldMap
from lib.mapping.apply import Memory
from lib.mapping.profile import ColumnProfile

# So many rows are profiled, and so many of them read through the draft at every edit.
SAMPLE_ROWS, PREVIEW_ROWS = 10_000, 1_000
_REMEMBERED = 50


@dataclass(frozen=True, eq=False)
class Sample:
    """The first rows of something that arrived, as text.

    `id` tells samples apart (a hash of their bytes); `words` say where it came from; `rows` counts all rows of the
    whole, of which `frame` holds the first SAMPLE_ROWS; `lines` are their 1-based lines in the file. `memory` is what
    the rules of earlier drafts gave for the rows of a preview.
    """

    id: str
    words: str
    frame: pd.DataFrame
    lines: npt.NDArray[np.int64]
    rows: int
    columns: tuple[ColumnProfile, ...]
    received_at: datetime
    memory: Memory = field(default_factory=dict)

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


@dataclass(frozen=True)
class Refusal:
    """An edit that was not made: the field it was about, why not, and what to do instead."""

    source: str
    sentence: str
    mend: str


@dataclass(frozen=True, eq=False)
class MapDraft:
    """A map on its way: `field_map` is None until a suggestion, an earlier map or a file was taken.

    `origin` says in words where it began; `past` and `future` are the maps before and after, for undo and redo;
    `revision` grows with every change, so that what was shown for an older one is told apart.
    """

    account: str
    object: str
    sample: Sample | None = None
    suggestion: FieldMap | None = None
    field_map: FieldMap | None = None
    origin: str = ""
    past: tuple[FieldMap, ...] = ()
    future: tuple[FieldMap, ...] = ()
    refusals: tuple[Refusal, ...] = ()
    revision: int = 0

    @property
    def headers(self) -> tuple[str, ...]:
        """The names of the sample's columns in order; none without a sample."""
        return self.sample.headers if self.sample else ()

    def sampled(self, sample: Sample, suggestion: FieldMap) -> MapDraft:
        """The same draft looked at with another sample."""
        return replace(self, sample=sample, suggestion=suggestion, refusals=(), revision=self.revision + 1)

    def begun(self, field_map: FieldMap, origin: str) -> MapDraft:
        """The draft begun from a whole map; what stood there before can be brought back by `undone`."""
        return replace(self.changed(field_map), origin=origin)

    def changed(self, field_map: FieldMap, refusals: tuple[Refusal, ...] = ()) -> MapDraft:
        """The draft after an edit; an edit that changes nothing is not remembered."""
        is_same = field_map == self.field_map
        past = self.past if is_same or self.field_map is None else (*self.past, self.field_map)[-_REMEMBERED:]
        future = self.future if is_same else ()
        return replace(
            self, field_map=field_map, past=past, future=future, refusals=refusals, revision=self.revision + 1
        )

    def undone(self) -> MapDraft:
        """The draft before its last edit; the same where there was none."""
        if not self.past or self.field_map is None:
            return self
        return replace(
            self,
            field_map=self.past[-1],
            past=self.past[:-1],
            future=(self.field_map, *self.future),
            refusals=(),
            revision=self.revision + 1,
        )

    def redone(self) -> MapDraft:
        """The draft with the last undone edit made again; the same where there is none."""
        if not self.future or self.field_map is None:
            return self
        return replace(
            self,
            field_map=self.future[0],
            past=(*self.past, self.field_map),
            future=self.future[1:],
            refusals=(),
            revision=self.revision + 1,
        )
