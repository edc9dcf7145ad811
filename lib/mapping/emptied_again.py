"""Rows of people who were erased, emptied again when a provider sends them once more.

They are known by keyed hashes alone, of the phone or the address that a row brings. Content hash, keyed hashes and reasons
are those of the row as it came, so that what is known already is not taken for something new.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import chain

import numpy as np
import pyarrow as pa

from lib.domain.access.privacy import Sought
from lib.mapping.checked import CheckedBatch, Texts
from lib.mapping.forgetting import Going, Rows, without_mapped, without_raw
from lib.mapping.keys import keyed_hash
from lib.mapping.mentions import Mentions

_PHONES, _EMAILS = ("phone", "secondary_phone"), ("email",)


@dataclass(frozen=True)
class ErasedPeople:
    """The keyed hashes (`phone`, `email`) of everybody who was erased for a client, and what goes of rows of one map."""

    marks: Mapping[str, frozenset[int]]
    going: Going
    key: bytes

    def emptied(self, batch: CheckedBatch) -> tuple[CheckedBatch, int]:
        """The batch with the rows of erased people emptied, and how many there were."""
        mapped = batch.mapped
        if mapped is None or not any(self.marks.values()):
            return batch, 0
        values = {name: mapped[name].to_pylist() for name in (*_PHONES, *_EMAILS) if name in mapped.column_names}
        about = {name: self._bear(cells, _kind(name)) for name, cells in values.items()}
        rows = np.logical_or.reduce([np.zeros(mapped.num_rows, dtype=bool), *about.values()])
        if not rows.any():
            return batch, 0
        who = Mentions(_sought(values, about), self.key)
        emptied = without_mapped(mapped, rows, self.going, who)
        known = dataclasses.replace(
            batch.rows,
            external_ids=_renamed(batch.rows.external_ids, mapped, emptied, "external_id"),
            groups=_renamed(batch.rows.groups, mapped, emptied, "group_id"),
        )
        raw = without_raw(batch.raw, rows, self.going.kept_sources, who)
        return dataclasses.replace(batch, rows=known, raw=raw, mapped=emptied), int(rows.sum())

    def _bear(self, cells: list[str | None], kind: str) -> Rows:
        wanted = self.marks.get(kind, frozenset())
        hashes = keyed_hash(cells, self.key).to_pylist()
        return np.fromiter((digest in wanted for digest in hashes), dtype=bool, count=len(cells))


def _kind(name: str) -> str:
    return "phone" if name in _PHONES else "email"


def _sought(values: Mapping[str, list[str | None]], about: Mapping[str, Rows]) -> Sought:
    """The phones and addresses by which rows were known."""
    found = {
        name: {cell for cell, is_known in zip(cells, about[name].tolist(), strict=True) if is_known and cell}
        for name, cells in values.items()
    }
    phones, emails = (set(chain.from_iterable(found.get(name, ()) for name in names)) for names in (_PHONES, _EMAILS))
    return Sought(tuple(sorted(phones)), tuple(sorted(emails)))


def _renamed(texts: Texts, before: pa.Table, after: pa.Table, name: str) -> Texts:
    """The ids of rows, with those in whose place something else stands now."""
    if name not in before.column_names:
        return texts
    pairs = zip(texts, before[name].to_pylist(), after[name].to_pylist(), strict=True)
    return np.array([text if was == now else now or "" for text, was, now in pairs], dtype=object)
