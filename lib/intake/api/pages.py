"""From page to page, in whichever style an API hands them out, with an eye on answers that repeat or never end."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urljoin, urlsplit

from lib.domain.api.sources import ApiSource, PagingStyle
from lib.intake.api import trouble
from lib.intake.api.asking import Answer, Caller

# More pages than any account of a service business has; a larger range is asked for in slices.
MOST_PAGES = 20_000
# Some exports hand out an empty page in between; so many in a row are no end in sight.
_EMPTY_PAGES = 3
_LOOKS_AGAIN = 2
_LINK = "link"
# As many as a cursor has room for.
LONGEST_TOKEN = 2000


@dataclass(frozen=True)
class Page:
    """The records of one page, the answer it came in, how many there are in all where that is said, and the next token."""

    records: list[Any]
    answer: Answer
    total: int | None
    token: str


@dataclass
class _Watch:
    """What went by, so that a page that comes twice, a token that stands still and an end that never comes are noticed."""

    host: str
    pages: set[bytes] = field(default_factory=set)
    places: set[str] = field(default_factory=set)
    empty: int = 0

    def has_seen(self, page: Page) -> bool:
        return bool(page.records) and _digest(page) in self.pages

    def note(self, page: Page) -> None:
        self.pages.add(_digest(page))
        self.empty = 0 if page.records else self.empty + 1

    def require_progress(self, place: str, most: int) -> None:
        """DeskError where the next page is one that was there before, or there are no bounds to them."""
        if place in self.places:
            sentence = f"{self.host} says that there is more and names the page that was just read."
            raise trouble.broken("never_ends", sentence, "Nothing was taken over. Tell the provider, or try it later.")
        self.places.add(place)
        if self.empty >= _EMPTY_PAGES or len(self.places) > most:
            what = "one empty page after another" if self.empty >= _EMPTY_PAGES else f"more than {most:,} pages"
            raise trouble.broken(
                "never_ends",
                f"{self.host} says without end that there is more: it gave {what}.",
                "Nothing was taken over. Ask for a shorter range of days.",
            )


def pages(
    caller: Caller, source: ApiSource, query: Mapping[str, str], token: str = "", most: int = MOST_PAGES
) -> Iterator[Page]:
    """Every page, one at a time; `token` goes on from where an earlier run came to.

    A page that was there before, record for record, is asked for once more, since caches are mended by that; DeskError
    `page_repeated` where it stays. `never_ends`, `no_list`, `next_elsewhere`, and whatever `Caller.ask` raises.
    """
    url, words = source.base_url.rstrip("/") + source.path, _first(source, query, token)
    watch = _Watch(urlsplit(url).hostname or "")
    number = 1
    watch.require_progress(_place(url, words), most)
    while True:
        page = _asked(caller, source, url, words, watch)
        yield page
        following = _next(source, page, url, words, number)
        if following is None:
            return
        url, words = following
        number += 1
        watch.require_progress(_place(url, words), most)


def _asked(caller: Caller, source: ApiSource, url: str, words: dict[str, str], watch: _Watch) -> Page:
    for look in range(_LOOKS_AGAIN + 1):
        page = _page(source, caller.ask(url, words), watch.host)
        if not watch.has_seen(page):
            watch.note(page)
            return page
        if look < _LOOKS_AGAIN:
            caller.wait(1.0 + look)
    raise trouble.broken(
        "page_repeated",
        f"{watch.host} gave a page a second time in place of the next one.",
        "Nothing was taken over, because what stands between would be missing. Try it later, or tell the provider.",
    )


def _page(source: ApiSource, answer: Answer, host: str) -> Page:
    records = at(answer.value, source.records)
    if records is None and isinstance(answer.value, dict) and source.records in answer.value:
        # Some say null where there is nothing.
        records = []
    if not isinstance(records, list):
        where = f"at {source.records!r}" if source.records else "as the answer itself"
        sentence = f"{host} sent an answer without a list of records {where}."
        raise trouble.broken("no_list", sentence, "Say with `records` where in the answer the list stands.")
    total = at(answer.value, source.paging.total) if source.paging.total else None
    token = _text(_next_value(source, answer))
    if source.keeps_token and len(token) > LONGEST_TOKEN:
        raise trouble.broken(
            "token_too_long", f"{host} gave a token of {len(token):,} characters.", "Pull by list instead."
        )
    return Page(records, answer, _whole(total), token)


def _next_value(source: ApiSource, answer: Answer) -> Any:
    if source.paging.next == _LINK:
        return answer.link
    return at(answer.value, source.paging.next) if source.paging.next else ""


def _first(source: ApiSource, query: Mapping[str, str], token: str) -> dict[str, str]:
    paging, words = source.paging, {**source.query, **query}
    if paging.size and paging.page_size:
        words[paging.size] = str(paging.page_size)
    if paging.style is PagingStyle.PAGE:
        words[paging.page] = str(paging.first_page)
    elif paging.style is PagingStyle.OFFSET:
        words[paging.offset] = "0"
    if token:
        words[paging.token] = token
    return words


def _next(
    source: ApiSource, page: Page, url: str, words: dict[str, str], number: int
) -> tuple[str, dict[str, str]] | None:
    """Where the next page is; None after the last."""
    paging = source.paging
    if paging.style is PagingStyle.SINGLE or not _has_more(source, page, words, number):
        return None
    if paging.style is PagingStyle.PAGE:
        return url, {**words, paging.page: str(paging.first_page + number)}
    if paging.style is PagingStyle.OFFSET:
        return url, {**words, paging.offset: str(int(words[paging.offset]) + len(page.records))}
    if paging.style is PagingStyle.NEXT_LINK:
        return _same_place(urljoin(url, page.token), url), {}
    return url, {**words, paging.token: page.token}


def _has_more(source: ApiSource, page: Page, words: dict[str, str], number: int) -> bool:
    paging = source.paging
    if paging.style in (PagingStyle.NEXT_LINK, PagingStyle.CURSOR, PagingStyle.CONTINUATION) and not page.token:
        return False
    if paging.more:
        return at(page.answer.value, paging.more) is True
    if paging.style in (PagingStyle.NEXT_LINK, PagingStyle.CURSOR):
        return True
    if paging.pages:
        return number < (_whole(at(page.answer.value, paging.pages)) or 0)
    if paging.style is PagingStyle.OFFSET and page.total is not None:
        return bool(page.records) and int(words[paging.offset]) + len(page.records) < page.total
    return bool(page.records) and len(page.records) >= paging.page_size


def _same_place(following: str, url: str) -> str:
    """The next address, when it is on the server that was asked: credentials go nowhere else."""
    here, there = urlsplit(url), urlsplit(following)
    if (here.scheme, here.netloc) != (there.scheme, there.netloc):
        raise trouble.broken(
            "next_elsewhere",
            f"{here.hostname} names a next page on another server, to which the credentials are not sent.",
            "Write that server's address as the base address if it is the provider's.",
        )
    return following


def at(value: Any, path: str) -> Any:
    """What stands at a dotted path, the value itself for an empty one; None where nothing does."""
    for part in path.split(".") if path else ():
        value = value.get(part) if isinstance(value, dict) else None
    return value


def _whole(value: Any) -> int | None:
    text = _text(value)
    return int(text) if text.isdecimal() else None


def _text(value: Any) -> str:
    return value if isinstance(value, str) else ""


def _place(url: str, words: Mapping[str, str]) -> str:
    return hashlib.blake2b(repr((url, sorted(words.items()))).encode(), digest_size=16).hexdigest()


def _digest(page: Page) -> bytes:
    return hashlib.blake2b(repr(page.records).encode(), digest_size=16).digest()
