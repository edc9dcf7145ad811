"""The chain of the audit log: each line is sealed together with the line before it, so that none can change unseen.

The seal is an HMAC (RFC 2104) with SHA-256 under a key that lies outside the database: who can write the table alone
can break the chain, and cannot mend it. What a chain cannot show by itself, that its end was cut off, is shown by
anchors: positions and seals that were kept elsewhere.
"""

from __future__ import annotations

import hmac
import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime

BEFORE_THE_FIRST = "0" * 64
# Kept, as putting an encoder together takes longer than most lines do.
_as_text = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode
_PURPOSE = b"connector desk: audit chain, version 1"


@dataclass(frozen=True)
class ChainLine:
    """One line as it is sealed. `detail` is the text as the database holds it; `position` counts from 1 without gaps."""

    position: int
    at: datetime
    person_id: int
    client_id: int | None
    action: str
    subject_type: str
    subject_id: int
    detail: str
    door: str
    address: str


@dataclass(frozen=True)
class SealedLine:
    """A line with the seal of the line before it and its own, both in hex."""

    line: ChainLine
    previous: str
    seal: str


@dataclass(frozen=True)
class Anchor:
    """The seal that stood at a position, kept outside the table."""

    position: int
    seal: str

    def __str__(self) -> str:
        return f"{self.position} {self.seal}"


@dataclass(frozen=True)
class Break:
    """The first place at which the log is not what was written.

    `code`: changed, missing, misplaced, cut_off or replaced.
    """

    code: str
    position: int

    @property
    def sentence(self) -> str:
        """What is wrong there, in words."""
        return _SENTENCES[self.code].format(position=self.position)


_SENTENCES = {
    "changed": "Line {position} was changed, or was not written by this desk: its seal does not fit what it says.",
    "missing": "Line {position} is missing, and later lines are there.",
    "misplaced": "Line {position} does not follow the line before it: lines were moved, put in or taken out.",
    "cut_off": "The end of the log is cut off: the first line that is missing is {position}.",
    "replaced": "Line {position} is not the line that an anchor was kept of: the log was written anew from there or before.",
}


@dataclass(frozen=True)
class Examined:
    """What became of an examination: how many lines stand, the first break or None, and what the anchors cover.

    `anchored` is the last position that an anchor vouches for, 0 without any; `last` the last line's own anchor.
    """

    lines: int
    broken: Break | None
    anchored: int
    last: Anchor | None

    @property
    def is_whole(self) -> bool:
        """Whether nothing was found wrong."""
        return self.broken is None


def chain_key(hash_key: bytes) -> bytes:
    """The key of the seals, made from the desk's own, so that neither serves for what the other is for."""
    return hmac.digest(hash_key, _PURPOSE, "sha256")


def sealed(key: bytes, previous: str, line: ChainLine) -> SealedLine:
    """The line, sealed onto the seal before it."""
    text = _as_text(
        [
            previous,
            line.position,
            line.at.astimezone(UTC).isoformat(timespec="microseconds"),
            line.person_id,
            line.client_id,
            line.action,
            line.subject_type,
            line.subject_id,
            line.detail,
            line.door,
            line.address,
        ]
    )
    return SealedLine(line, previous, hmac.digest(key, text.encode(), "sha256").hex())


def examine(key: bytes, lines: Iterable[SealedLine], anchors: Iterable[Anchor], head: int) -> Examined:
    """Walk all lines in the order of their positions and hold them against the anchors.

    `head` is the position that the database says it has come to. Stops at the first break.
    """
    known = {anchor.position: anchor.seal for anchor in anchors}
    furthest = max(known, default=0)
    position, previous = 0, BEFORE_THE_FIRST
    for found in lines:
        broken = _break_at(key, found, position + 1, previous, known)
        if broken is not None:
            return Examined(position, broken, furthest, _anchor(position, previous))
        position, previous = found.line.position, found.seal
    is_cut = max(head, furthest) > position
    return Examined(position, Break("cut_off", position + 1) if is_cut else None, furthest, _anchor(position, previous))


def _break_at(key: bytes, found: SealedLine, expected: int, previous: str, known: dict[int, str]) -> Break | None:
    line = found.line
    if line.position > expected:
        return Break("missing", expected)
    if line.position < expected:
        return Break("misplaced", line.position)
    if not hmac.compare_digest(sealed(key, found.previous, line).seal, found.seal):
        return Break("changed", line.position)
    if found.previous != previous:
        return Break("misplaced", line.position)
    if known.get(line.position, found.seal) != found.seal:
        return Break("replaced", line.position)
    return None


def _anchor(position: int, seal: str) -> Anchor | None:
    return Anchor(position, seal) if position else None


def anchors_in(text: str) -> tuple[Anchor, ...]:
    """The anchors of a text, a position and a seal a line, in any order; lines that are none are passed over."""
    found = []
    for line in text.replace("\0", " ").splitlines():
        words = line.split()
        if len(words) == 2 and words[0].isdecimal() and _is_seal(words[1]):
            found.append(Anchor(int(words[0]), words[1]))
    return tuple(found)


def _is_seal(word: str) -> bool:
    return len(word) == len(BEFORE_THE_FIRST) and all(sign in "0123456789abcdef" for sign in word)
