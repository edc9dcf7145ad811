"""Lines of the timeline as a person reads them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from lib.domain.running.happenings import Happening
from lib.ui.parts.tables import reading_table
from lib.ui.parts.words import plain


def happenings_table(lines: Sequence[Happening], *, names_account: bool = False) -> None:
    """When, what, on what, who; with the account each is about where lines of several stand together."""
    reading_table([_row(item, names_account=names_account) for item in lines])


def _row(item: Happening, *, names_account: bool) -> dict[str, str]:
    account = {"Account": plain(item.account)} if names_account else {}
    return {
        "When": f"{_moment(item.at)}",
        **account,
        "What": plain(item.action.capitalize()),
        "On": plain(_subject(item)),
        "Detail": plain(in_words(item.detail)),
        "Who": plain(item.person),
    }


def _moment(at: datetime) -> str:
    return f"{at.day} {at:%b %Y, %H:%M} UTC"


def _subject(item: Happening) -> str:
    if item.subject_type in ("account", "desk"):
        return f"the {item.subject_type}"
    return f"{item.subject_type.replace('_', ' ')} {item.subject_id}"


def in_words(detail: Mapping[str, object]) -> str:
    """What the line keeps beside its subject, in words a person can read."""
    return "; ".join(
        _words(value) if isinstance(value, Mapping) else f"{name.replace('_', ' ')} {_words(value)}"
        for name, value in detail.items()
        if value not in ("", None, [], {})
    )


def _words(value: object) -> str:
    if isinstance(value, Mapping):
        return ", ".join(f"{_words(count)} {name}" for name, count in value.items() if count)
    if isinstance(value, list):
        return ", ".join(_words(item).replace("_", " ") for item in value)
    return f"{value:,}" if isinstance(value, int) and not isinstance(value, bool) else str(value).removesuffix(".")
