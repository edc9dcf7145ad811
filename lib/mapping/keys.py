"""What a mapped row is known by: its content hash, its external id, its keyed hashes, and who wins inside one file."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from hashlib import blake2b
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from lib.domain.objects import Kind

KEYLESS = "row:"
# The column of a mapped chunk that holds the content hash of each row.
CONTENT_HASH = "content_hash"
_DIGEST_BYTES = 16
# Before each cell of a canonical row, between a cell's name and its value, and before either where a cell holds it.
_CELL, _IS, _GUARD = "\x1e", "\x1f", "\x1d"
_NOTHING = pa.scalar("", pa.large_string())

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


def content_hashes(table: pa.Table) -> list[bytes]:
    """The BLAKE2b-128 of each row's canonical text, 16 bytes.

    Cells stand in the order of their column names and a missing one is not there, so that neither the order of the
    columns nor a column that is wholly empty changes a hash. Timestamps count as microseconds in UTC, decimals by their
    bits. ValueError when two columns share a name or a timestamp has no zone.
    """
    if len(set(table.column_names)) != table.num_columns:
        raise ValueError("two columns share a name, so the rows have no one text")
    if not table.num_columns:
        return [_digest(b"")] * table.num_rows
    joined = _joined(table, is_guarded=False)
    if not _is_plain(joined, table):
        joined = _joined(table, is_guarded=True)
    return [_digest(text) for text in joined.cast(pa.large_binary()).to_pylist()]


def _digest(text: bytes) -> bytes:
    return blake2b(text, digest_size=_DIGEST_BYTES).digest()


def _joined(table: pa.Table, *, is_guarded: bool) -> pa.ChunkedArray:
    """The canonical text of each row. Guarded, a cell that holds one of our marks cannot be taken for two cells."""
    cells = [_cells(name, table[name], is_guarded=is_guarded) for name in sorted(table.column_names)]
    return pc.binary_join_element_wise(*cells, _NOTHING, null_handling="replace", null_replacement="")


def _is_plain(joined: pa.ChunkedArray, table: pa.Table) -> bool:
    """Whether the only marks are our own: one of each kind a cell, and no guard. Then guarding would change nothing."""
    filled = sum(len(column) - column.null_count for column in table.columns)
    texts = [np.frombuffer(part.buffers()[2], dtype=np.uint8) for part in joined.chunks if part.buffers()[2]]
    counts = [sum(int(np.count_nonzero(text == ord(mark))) for text in texts) for mark in (_GUARD, _CELL, _IS)]
    return counts == [0, filled, filled]


def _cells(name: str, column: pa.ChunkedArray, *, is_guarded: bool) -> pa.ChunkedArray:
    """Each cell as text with its name before it; null where it is missing."""
    text, head = _text(name, column), name
    if is_guarded:
        for number, mark in enumerate((_GUARD, _CELL, _IS)):
            text = pc.replace_substring(text, mark, f"{_GUARD}{number}")
            head = head.replace(mark, f"{_GUARD}{number}")
    return pc.binary_join_element_wise(pa.scalar(f"{_CELL}{head}{_IS}", pa.large_string()), text, _NOTHING)


def _text(name: str, column: pa.ChunkedArray) -> pa.ChunkedArray:
    kind = column.type
    if pa.types.is_timestamp(kind):
        if kind.tz is None:
            raise ValueError(f"the timestamps of {name} have no time zone")
        column = column.cast(pa.timestamp("us", "UTC")).cast(pa.int64())
    elif pa.types.is_floating(kind):
        # Adding zero makes one of the two zeros of IEEE 754.
        column = pa.chunked_array([pc.add(part, 0.0).view(pa.int64()) for part in column.chunks], pa.int64())
    return column.cast(pa.large_string())


def hash_column(hashes: Sequence[bytes]) -> pa.Array:
    """Content hashes as a column of a chunk."""
    return pa.array(hashes, pa.binary(_DIGEST_BYTES))


def hash_texts(column: pa.ChunkedArray) -> pa.Array:
    """The same as text, 32 hex digits each: all of them in one go, since hex is twice as wide whatever it says."""
    whole = column.combine_chunks()
    size = 2 * _DIGEST_BYTES
    start = whole.offset * _DIGEST_BYTES
    digits = bytes(whole.buffers()[1])[start : start + len(whole) * _DIGEST_BYTES].hex().encode()
    offsets = np.arange(0, (len(whole) + 1) * size, size, dtype=np.int32)
    return pa.StringArray.from_buffers(len(whole), pa.py_buffer(offsets), pa.py_buffer(digits))


def external_ids(frame: pd.DataFrame, raw: pa.Table, identity: Collection[str] = ()) -> pd.Series[str]:
    """Each row's external id: the mapped one where it is filled, else `row:` and the hash of the whole raw row.

    With `identity` it is the hash of those mapped columns instead: a daily figure that is corrected later is the same row.

    `raw` has the same rows in the same order. Its columns may stand in any order, and blank cells count as absent, so
    that a provider who moves a column or adds an empty one does not turn every row into a new record. The result is
    text with the index of `frame`. Ids are compared byte by byte: `A1` and `a1` are two.
    """
    if len(frame) != raw.num_rows:
        raise ValueError(f"{len(frame)} mapped rows cannot be keyed by {raw.num_rows} raw ones")
    if "external_id" in frame and not frame["external_id"].isna().any():
        return frame["external_id"]
    ids = np.full(len(frame), "", dtype=object)
    if "external_id" in frame:
        ids = np.asarray(frame["external_id"].array.to_numpy(dtype=object, na_value=""), dtype=object).copy()
    keyless = np.flatnonzero(ids == "")
    ids[keyless] = [KEYLESS + digest.hex() for digest in content_hashes(_telling(frame, raw, identity).take(keyless))]
    return pd.Series(ids, index=frame.index, dtype=TEXT_DTYPE, name="external_id")


def _telling(frame: pd.DataFrame, raw: pa.Table, identity: Collection[str]) -> pa.Table:
    known = [name for name in frame.columns if name in identity]
    return pa.Table.from_pandas(frame[known], preserve_index=False) if known else _without_blanks(raw)


def _without_blanks(raw: pa.Table) -> pa.Table:
    columns = [pc.if_else(pc.equal(column, ""), None, column) for column in raw.columns]
    return pa.table(columns, names=raw.column_names)


def keyed_hash(values: Sequence[Any] | npt.NDArray[np.object_], key: bytes) -> pa.Array:
    """The SipHash-2-4 of each text under a key, as int64; a missing or blank text is null.

    Without the key nobody can test a guessed phone number against a stored hash (Aumasson and Bernstein, 2012; pandas
    carries it in compiled form and stirs its bits once more, one to one). The caller normalises the values first.
    ValueError for an empty key.
    """
    if not key:
        raise ValueError("a keyed hash needs a key")
    texts = np.asarray(values, dtype=object)
    is_there = np.fromiter((isinstance(text, str) and text != "" for text in texts), dtype=bool, count=len(texts))
    hashes = _siphash(np.where(is_there, texts, ""), blake2b(key, digest_size=8).hexdigest())
    return pa.array(hashes.view(np.int64), mask=~is_there)


def _siphash(texts: npt.NDArray[np.object_], key: str) -> npt.NDArray[np.uint64]:
    """SipHash-2-4 under sixteen ASCII characters."""
    return pd.util.hash_array(texts, encoding="utf8", hash_key=key, categorize=False)


class FileKeys:
    """The ids of a whole file, 25 bytes a row, to find the rows that lose to another row of the same id.

    Ids are kept as 128 bits of SipHash: two different ids share them with a chance of about one in 10^26 in a file of a
    million rows.
    """

    def __init__(self) -> None:
        self._parts: list[tuple[npt.NDArray[np.uint64], npt.NDArray[np.uint64], npt.NDArray[np.int64]]] = []
        self._sound: list[npt.NDArray[np.bool_]] = []

    def add(
        self,
        ids: npt.NDArray[np.object_],
        modified: npt.NDArray[np.datetime64],
        is_failed: npt.NDArray[np.bool_],
    ) -> None:
        """The next rows of the file; a failed row neither wins nor loses."""
        self._parts.append(
            (_siphash(ids, "file-keys-one---"), _siphash(ids, "file-keys-two---"), modified.view(np.int64))
        )
        self._sound.append(~is_failed & (ids != ""))

    def losers(self) -> npt.NDArray[np.int64]:
        """The ordinals of the rows that lose, in order (settled question 5).

        The latest modified wins (a missing one is older than any), of equals the last.
        """
        if not self._parts:
            return np.empty(0, dtype=np.int64)
        sound = np.flatnonzero(np.concatenate(self._sound))
        one, two, modified = (np.concatenate(part)[sound] for part in zip(*self._parts, strict=True))
        order = np.lexsort((modified, two, one))  # stable, so that of equals the last in the file stands last
        is_same = (one[order][1:] == one[order][:-1]) & (two[order][1:] == two[order][:-1])
        return np.sort(sound[order[:-1][is_same]])
