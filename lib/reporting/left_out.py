"""What a number leaves out, in words: by class where the classes are known, else all four of them at once (R10)."""

from __future__ import annotations

from collections.abc import Mapping

from lib.domain.verdicts import RowClass
from lib.domain.wording import listed

ANY_CLASS = "test, spam, internal or repeated"
_WORDS = {
    RowClass.TEST: "test",
    RowClass.SPAM: "spam",
    RowClass.INTERNAL: "internal",
    RowClass.MARKETPLACE_DUPLICATE: "repeated",
}


def entries_left_out(count: int, classes: Mapping[str, int]) -> str:
    """`7 test entries`, `5 test and 2 spam entries`, `1 test, spam, internal or repeated entry`; '' for none.

    The classes are told only where they account for every entry.
    """
    if not count:
        return ""
    noun = "entry" if count == 1 else "entries"
    known = [(classes[kind], word) for kind, word in _WORDS.items() if classes.get(kind)]
    if sum(each for each, _ in known) != count:
        return f"{count:,} {ANY_CLASS} {noun}"
    said = [f"{each:,} {word}" for each, word in known]
    return f"{listed(said)} {noun}"
