"""What a mapped row is known by: its canonical text, its hashes, its external id, and who wins inside one file."""

from __future__ import annotations

from collections.abc import Iterable
from hashlib import blake2b
from typing import Any

import numpy as np
import numpy.typing as npt
import orjson
import pandas as pd

from lib.domain.objects import Kind, ObjectType

KEYLESS = "row:"
_DIGEST_BYTES = 16
# Rows turned into text at a time: enough to be quick, few enough that the Python values of one step stay in the cache
# (twice as fast as the whole frame at once, with a tenth of the memory).
_STEP = 5_000

# The dtype of each kind in a mapped frame (the contract is written at Kind); every other kind is text.
TEXT_DTYPE = pd.StringDtype(na_value=np.nan)
_DTYPES: dict[Kind, Any] = {
    Kind.MONEY: pd.Int64Dtype(),
    Kind.INTEGER: pd.Int64Dtype(),
    Kind.DURATION: pd.Int64Dtype(),
    Kind.DECIMAL: pd.Float64Dtype(),
    Kind.BOOLEAN: pd.BooleanDtype(),
    Kind.TIMESTAMP: pd.DatetimeTZDtype("us", "UTC"),
}


def mapped_dtype(kind: Kind) -> Any:
    """The dtype a column of this kind has in a mapped frame."""
    return _DTYPES.get(kind, TEXT_DTYPE)


def row_texts(frame: pd.DataFrame) -> list[bytes]:
    """One line of canonical JSON per row of a frame of the mapped kinds (or of text).

    Keys stand in the order of their column names and a missing value has no key, so that neither the order of the
    columns nor a column that is wholly empty changes a line. Timestamps are ISO 8601 UTC with six decimals and `Z`,
    counted numbers are integers. A decimal that is not finite counts as missing: JSON has no word for it.
    ValueError when two columns share a name or a timestamp has no zone.
    """
    if not frame.columns.is_unique:
        raise ValueError("two columns of the frame share a name, so its rows have no one text")
    ordered = frame[sorted(frame.columns)]
    steps = range(0, len(ordered), _STEP)
    return [text for start in steps for text in _texts_of(ordered.iloc[start : start + _STEP])]


def _texts_of(frame: pd.DataFrame) -> list[bytes]:
    """The lines of a frame whose columns stand in order."""
    names = [str(name) for name in frame.columns]
    if not names:
        return [b"{}"] * len(frame)
    dumps = orjson.dumps
    return [
        dumps({name: value for name, value in zip(names, row, strict=True) if value is not None})
        for row in zip(*(_plain(frame[name]) for name in frame.columns), strict=True)
    ]


def _plain(column: pd.Series[Any]) -> list[Any]:
    """The cells as values JSON knows, None where one is missing."""
    if pd.api.types.is_datetime64_any_dtype(column.dtype):
        if not isinstance(column.dtype, pd.DatetimeTZDtype):
            raise ValueError(f"the timestamps of {column.name} have no time zone")
        moments = column.dt.tz_convert("UTC").dt.tz_localize(None).to_numpy("datetime64[us]")
        texts = np.datetime_as_string(moments, unit="us").astype("U26").astype(object) + "Z"
        texts[np.isnat(moments)] = None
        return list(texts)
    cells = column.array.to_numpy(dtype=object, na_value=None)
    if pd.api.types.is_float_dtype(column.dtype):
        cells[~np.isfinite(column.to_numpy("float64", na_value=np.nan))] = None
    return list(cells)


def read_row_texts(lines: Iterable[bytes], object_type: ObjectType) -> pd.DataFrame:
    """The mapped frame that `row_texts` wrote, one row a line, with all of the object's columns in their order.

    A column that no line carries is there and wholly missing; a key the object does not know is left out.
    """
    texts = list(lines)
    steps = range(0, max(len(texts), 1), _STEP)
    return pd.concat([_frame_of(texts[start : start + _STEP], object_type) for start in steps], ignore_index=True)


def _frame_of(lines: list[bytes], object_type: ObjectType) -> pd.DataFrame:
    """The mapped frame of a few lines."""
    rows = [orjson.loads(line) for line in lines]
    return pd.DataFrame(
        {column.name: _mapped([row.get(column.name) for row in rows], column.kind) for column in object_type.columns},
        index=pd.RangeIndex(len(rows)),
    )


def _mapped(cells: list[Any], kind: Kind) -> pd.Series[Any]:
    """The cells of one column as the dtype of its kind."""
    if kind is Kind.TIMESTAMP:
        moments = np.array(["NaT" if cell is None else cell[:-1] for cell in cells], dtype="datetime64[us]")
        return pd.Series(moments).dt.tz_localize("UTC")
    return pd.Series(pd.array(cells, dtype=mapped_dtype(kind)))


def content_hashes(texts: Iterable[bytes]) -> npt.NDArray[np.bytes_]:
    """The BLAKE2b-128 of each text as 32 hex digits, dtype `S32`."""
    return np.array([blake2b(text, digest_size=_DIGEST_BYTES).hexdigest() for text in texts], dtype="S32")


def external_ids(frame: pd.DataFrame, raw: pd.DataFrame) -> pd.Series[str]:
    """Each row's external id: the mapped one where it is filled, else `row:` and the hash of the whole raw row.

    `raw` has the same rows in the same order. Its columns may stand in any order, and blank cells count as absent, so
    that a provider who moves a column or adds an empty one does not turn every row into a new record. The result is
    text with the index of `frame`. Ids are compared byte by byte: `A1` and `a1` are two.
    """
    if len(frame) != len(raw):
        raise ValueError(f"{len(frame)} mapped rows cannot be keyed by {len(raw)} raw ones")
    ids = np.full(len(frame), "", dtype=object)
    if "external_id" in frame:
        ids = np.asarray(frame["external_id"].array.to_numpy(dtype=object, na_value=""), dtype=object).copy()
    is_keyless = ids == ""
    if is_keyless.any():
        rows = raw.iloc[np.flatnonzero(is_keyless)]
        texts = row_texts(rows.astype(TEXT_DTYPE).replace("", np.nan))
        ids[is_keyless] = [KEYLESS + digest.decode() for digest in content_hashes(texts).tolist()]
    return pd.Series(ids, index=frame.index, dtype=TEXT_DTYPE, name="external_id")


def keyed_hash(values: pd.Series[Any], key: bytes) -> pd.Series[Any]:
    """The keyed BLAKE2b-128 (its own MAC mode, RFC 7693) of each text as 32 hex digits; missing and blank stay None.

    Without the key (1 to 64 bytes) nobody can test a guessed phone number against a stored hash. The caller normalises
    the values first. ValueError for an empty key: it would hash without a secret and say nothing.
    """
    if not key:
        raise ValueError("a keyed hash needs a key")
    codes, uniques = pd.factorize(values)
    hashed = [
        blake2b(str(value).encode(), key=key, digest_size=_DIGEST_BYTES).hexdigest() if value != "" else None
        for value in uniques.tolist()
    ]
    lookup = np.array([*hashed, None], dtype=object)  # a missing value has the code -1, the last place
    return pd.Series(lookup[codes], index=values.index, dtype=object, name=values.name)


def in_file_winners(ids: pd.Series[Any], modified: pd.Series[Any] | None = None) -> npt.NDArray[np.int64]:
    """For every row the position of the row that stands for its id (settled question 5).

    The latest `modified` wins (a missing one is older than any), of equals the last; without `modified`, the last.
    A missing id stands for itself. Pass only rows that may become records: a failed row must not beat a good one.
    """
    codes, uniques = pd.factorize(ids)
    order: npt.NDArray[np.int64] = np.arange(len(codes), dtype=np.int64)
    winners = order.copy()
    if modified is not None:
        moments = pd.DatetimeIndex(modified).as_unit("us").asi8  # NaT is the smallest integer
        order = np.argsort(moments, kind="stable").astype(np.int64)
    best = np.zeros(len(uniques), dtype=np.int64)
    order = order[codes[order] >= 0]
    best[codes[order]] = order  # of repeated places numpy keeps the last value written
    winners[codes >= 0] = best[codes[codes >= 0]]
    return winners


def in_file_duplicates(ids: pd.Series[Any], modified: pd.Series[Any] | None = None) -> npt.NDArray[np.bool_]:
    """Which rows lose to another row of the same id, by the rule of `in_file_winners`: all but one of each id."""
    winners = in_file_winners(ids, modified)
    is_loser: npt.NDArray[np.bool_] = winners != np.arange(len(winners))
    return is_loser
