"""Header sets with the right answer beside each header, by which the suggestions are measured.

They stand in `lib/mapping/labelled/*.yaml`, one list of sets a file, so that a person can read and extend them:

    - name: Angi leads as a hand-made export     # what it is
      from: the API's fields, renamed            # where the header names come from; every value is invented
      provider: angi                             # whose template is used; `other` for a provider without one
      object: lead
      held_out: true                             # left out: false. Sets never looked at while the scoring is tuned
      headers:
        Lead #: external_id = 91 | 92 | 93       # the right column, then sample values; an empty one is a blank cell
        Office Notes: left out = a | b | c       # it must not be placed
        Price: amount or fee = 1 | 2 | 3         # either is right; `or left out` where a person could do without

A set that showed a mistake is the best one to add. Whoever tunes on a held-out set takes the mark off it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from lib.domain.objects import object_type
from lib.errors import DeskError
from lib.mapping.yaml_text import load_yaml

FOLDER = Path(__file__).parent / "labelled"
LEFT_OUT = "left out"


@dataclass(frozen=True)
class LabelledHeader:
    """One header: the columns that are right for it (LEFT_OUT among them where it may stay out) and its sample values."""

    header: str
    right: frozenset[str]
    values: tuple[str | None, ...]

    @property
    def must_be_placed(self) -> bool:
        """Whether leaving it out is a miss."""
        return LEFT_OUT not in self.right


@dataclass(frozen=True)
class LabelledSet:
    """The headers of one file with their right answers."""

    name: str
    origin: str
    provider: str
    object: str
    is_held_out: bool
    headers: tuple[LabelledHeader, ...]

    @property
    def frame(self) -> pd.DataFrame:
        """The sample as text, blank cells missing, in the order of the headers."""
        return pd.DataFrame({item.header: pd.Series(item.values, dtype="str") for item in self.headers})


def labelled_sets(folder: Path = FOLDER) -> tuple[LabelledSet, ...]:
    """Every set, by file and in its order; DeskError `labelled_set_invalid` names the set and header of a mistake."""
    return tuple(_set(item) for path in sorted(folder.glob("*.yaml")) for item in load_yaml(path.read_text("utf-8")))


def _set(item: Mapping[str, Any]) -> LabelledSet:
    name = str(item.get("name", "a set without a name"))
    missing = [key for key in ("from", "provider", "object", "headers") if key not in item]
    if missing:
        raise _invalid(name, f"says nothing of {', '.join(missing)}")
    columns = object_type(item["object"]).column_names
    headers = tuple(_header(name, header, str(line), columns) for header, line in item["headers"].items())
    if len({len(header.values) for header in headers}) != 1:
        raise _invalid(name, "gives some headers more values than others")
    return LabelledSet(name, item["from"], item["provider"], item["object"], bool(item.get("held_out", False)), headers)


def _header(name: str, header: str, line: str, columns: tuple[str, ...]) -> LabelledHeader:
    answer, found, values = line.partition("=")
    right = frozenset(word.strip() for word in answer.split(" or "))
    unknown = sorted(right - {LEFT_OUT, *columns})
    if not found or unknown:
        raise _invalid(name, f"has no right column for {header!r}: {', '.join(unknown) or line!r}")
    return LabelledHeader(header, right, tuple(value.strip() or None for value in values.split("|")))


def _invalid(name: str, what: str) -> DeskError:
    return DeskError("labelled_set_invalid", f"The labelled set {name!r} {what}.", f"Look into {FOLDER}.")
