"""What people say of rows under review, as arrays beside the rows: held, ignored, put into a class, matched to a record."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from lib.domain.rows.matching import AMBIGUOUS, NEW_RECORD
from lib.mapping.checked import CheckedRows, Texts, chosen_records, codes_of, texts_of

# How it stands among a row's reasons.
HELD, IGNORED, RECLASSED = "held", "ignored_by_person", "class_by_person"
Flags = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class Words:
    """A person's word on rows, one place a row: held, ignored, the class they gave ('' none), and the record they chose
    for it (0 none, -1 a new one).
    """

    is_held: Flags
    is_ignored: Flags
    classes: Texts
    chosen: npt.NDArray[np.int64]


def words_on(rows: pa.Table) -> Words:
    """What people have said of these rows so far."""
    codes = [codes_of(text) for text in texts_of(rows["reasons"])]
    is_reclassed = np.array([RECLASSED in found for found in codes], dtype=bool)
    return Words(
        np.array(rows["is_held"].to_pylist(), dtype=bool),
        np.array([IGNORED in found for found in codes], dtype=bool),
        np.where(is_reclassed, texts_of(rows["row_class"]), "").astype(object),
        chosen_records(rows),
    )


def with_words(words: Words, rows: pa.Table, row_nos: Sequence[int], **said: bool | str | int) -> Words:
    """The same after something was said of some of the rows: `is_held`, `is_ignored`, `classes` or `chosen`.

    '' and 0 take it back. Who releases a row that may be one of several records, and chooses none, has it made a new one.
    """
    changed = {item.name: getattr(words, item.name).copy() for item in fields(words)}
    where = np.isin(np.asarray(rows["row_no"]), list(row_nos))
    for name, value in said.items():
        changed[name][where] = value
    if said.get("is_held") is False and "chosen" not in said:
        is_ambiguous = np.array([AMBIGUOUS in codes_of(text) for text in texts_of(rows["reasons"])], dtype=bool)
        changed["chosen"][where & is_ambiguous] = NEW_RECORD
    return Words(**changed)


def to_judge(rows: CheckedRows, words: Words, *, is_alone: Flags) -> CheckedRows:
    """The rows as people want them judged: an ignored one is as if it had not arrived, a given class is given.

    One that `is_alone` is taken out of its group, so that its class stays.
    """
    given = words.classes != ""
    return CheckedRows(
        **{
            **{item.name: getattr(rows, item.name) for item in fields(rows)},
            "is_failed": rows.is_failed | words.is_ignored,
            "classes": np.where(given, words.classes, rows.classes).astype(object),
            "groups": np.where(is_alone, "", rows.groups).astype(object),
            "chosen": words.chosen,
        }
    )
