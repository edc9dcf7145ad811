"""Look at a staged load a second time, when something was committed between its review and its approval."""

from __future__ import annotations

import numpy as np

from lib.db.unit_of_work import UnitOfWork
from lib.domain.imports import Load
from lib.domain.objects import object_type
from lib.domain.verdicts import RowClass, Verdict
from lib.mapping.checked import CheckedRows, Classified
from lib.mapping.content import row_hashes
from lib.mapping.keys import read_row_texts

# What classifying adds to a row's reasons; a second look decides on these anew.
_OWN = frozenset({"in_file", "unchanged", "class_marketplace_duplicate"})


def load_rows(tx: UnitOfWork, load: Load) -> CheckedRows:
    """The light rows of a staged load, from what was kept of it."""
    kind, found = object_type(load.object), tx.rows.of(load.id)
    field_map = tx.maps.by_id(load.map_version_id).field_map
    count = len(found)
    ids, groups = np.full(count, "", dtype=object), np.full(count, "", dtype=object)
    hashes = np.zeros(count, dtype="S32")
    modified = np.full(count, np.datetime64("NaT"), dtype="datetime64[us]")
    for first, lines in tx.payloads.rows(load.delivery_id, load.id, "mapped"):
        frame, place = read_row_texts(lines, kind), slice(first, first + len(lines))
        ids[place] = frame["external_id"].array.to_numpy(dtype=object, na_value="")
        hashes[place] = row_hashes(field_map, frame, lines)
        modified[place] = frame["modified_at"].dt.tz_localize(None).to_numpy(dtype="datetime64[us]")
        if "group_id" in frame:
            groups[place] = frame["group_id"].array.to_numpy(dtype=object, na_value="")
    return CheckedRows(
        lines=np.array([row.line_no for row in found], dtype=np.int64),
        external_ids=ids,
        hashes=hashes,
        modified=modified,
        groups=groups,
        is_failed=np.array([row.verdict == Verdict.FAILED for row in found], dtype=bool),
        classes=np.array([_marked(row.row_class) for row in found], dtype=object),
        reasons=np.array([_without_own(row.reasons) for row in found], dtype=object),
        id_hash=np.array([row.id_hash for row in found], dtype=object),
        phone_hash=np.array([row.phone_hash for row in found], dtype=object),
        email_hash=np.array([row.email_hash for row in found], dtype=object),
    )


def correct_rows(tx: UnitOfWork, load: Load, classified: Classified) -> int:
    """Write down where a second look came out differently; the number of rows that changed."""
    changed = 0
    for place, row in enumerate(tx.rows.of(load.id)):
        verdict = str(classified.verdicts[place])
        record_id = int(classified.record_ids[place]) or None
        if verdict == row.verdict == Verdict.CREATED:
            # Created either way: the id that was reserved for it first is still its own.
            record_id = row.record_id
        values = {"verdict": verdict, "row_class": str(classified.classes[place]), "record_id": record_id}
        if any(row._mapping[name] != value for name, value in values.items()):
            tx.rows.change(load.id, row.row_no, **values, reasons=classified.reasons[place][:1000])
            changed += 1
    return changed


def _marked(row_class: str) -> str:
    # A resale is decided against what is known, so a second look starts from genuine again.
    return str(RowClass.GENUINE) if row_class == RowClass.MARKETPLACE_DUPLICATE else row_class


def _without_own(reasons: str) -> str:
    return " ".join(code for code in reasons.split() if code not in _OWN)
