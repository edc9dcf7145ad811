"""Regular expressions that cannot run for ever: Arrow's own engine, RE2, takes time in proportion to the text alone.

A backtracking engine needs longer than the age of the universe for `(a+)+$` on forty letters; a pattern comes from a
file or a form, so the engine has to be one for which no such pattern exists. The price is that RE2 knows no look-around
and no back-reference; a pattern that asks for one is refused in a sentence, before anything runs.
"""

from __future__ import annotations

import re

import pyarrow as pa
import pyarrow.compute as pc

# Nobody reads a longer one, and a program for RE2 is held in memory for each column.
MOST_CHARACTERS = 500
_FOUND = "found"
_BEYOND = ("perl operator", "named capture")
_SET_CLASS = re.compile(r"\[\^?\]?(?:\\.|\[:\^?\w+:\]|[^\]\\])*\]", re.DOTALL)
_NAMED = re.compile(r"\?P?<[A-Za-z_]\w*>")


def pattern_problem(pattern: str) -> str | None:
    """Why the pattern cannot run, as the rest of a sentence that begins with the option's name; None where it can."""
    if len(pattern) > MOST_CHARACTERS:
        return f"must have at most {MOST_CHARACTERS} characters, and has {len(pattern)}"
    try:
        _probe(pattern)
    except (pa.ArrowInvalid, UnicodeError) as error:
        why = str(error).removeprefix("Invalid regular expression: ").partition("\n")[0]
        extra = " (look-around and back-references are left out, so that no pattern can run for ever)"
        is_beyond = any(what in why for what in _BEYOND) or re.search(r"escape sequence: \\[1-9kg]", why)
        return f"must be a pattern, not {pattern!r}: {why}{extra if is_beyond else ''}"
    return None


def groups_of(pattern: str) -> int:
    """How many groups keep what they find."""
    return sum(is_kept for _, is_kept in _pieces(pattern))


def extracted(text: pa.Array, pattern: str, group: int) -> pa.Array:
    """What the group (0: the whole match) finds in each text; null where there is no match, '' where it found nothing.

    ArrowInvalid for a pattern with a `pattern_problem`.
    """
    found = pc.extract_regex(text, _one_group(pattern, group))
    return pc.if_else(found.is_valid(), pc.struct_field(found, _FOUND), pa.scalar(None, pa.large_string()))


def _probe(pattern: str) -> None:
    blank = pa.array([""], pa.large_string())
    # As it was written, so that what is said about it is about what was written.
    pc.match_substring_regex(blank, pattern)
    extracted(blank, pattern, 0)


def _one_group(pattern: str, group: int) -> str:
    """The same pattern with the one wanted group named and no other kept, which is what Arrow asks for."""
    number, written = 0, []
    for text, is_kept in _pieces(pattern):
        if is_kept:
            number += 1
            written.append(f"(?P<{_FOUND}>" if number == group else "(?:")
        else:
            written.append(text)
    whole = "".join(written)
    return whole if group else f"(?P<{_FOUND}>{whole})"


def _pieces(pattern: str) -> list[tuple[str, bool]]:
    """The pattern cut so that every bracket that opens a kept group stands alone: (text, whether it is one)."""
    pieces, place = [], 0
    while place < len(pattern):
        if pattern.startswith("\\Q", place):
            end = pattern.find("\\E", place)
            length = (len(pattern) if end < 0 else end + 2) - place
        elif pattern[place] == "\\":
            length = 2
        elif pattern[place] == "[" and (found := _SET_CLASS.match(pattern, place)):
            length = len(found[0])
        elif pattern[place] == "(":
            named = _NAMED.match(pattern, place + 1)
            is_kept = named is not None or pattern[place + 1 : place + 2] != "?"
            length = 1 + (len(named[0]) if named else 0)
            pieces.append((pattern[place : place + length], is_kept))
            place += length
            continue
        else:
            length = 1
        pieces.append((pattern[place : place + length], False))
        place += length
    return pieces
