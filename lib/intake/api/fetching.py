"""Fetches all records that were asked for into a file, one JSON record a line, a page at a time and never held together."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from lib.domain.api.sources import ApiSource
from lib.domain.jobs import Progress
from lib.intake.api.asking import Caller
from lib.intake.api.pages import MOST_PAGES, pages
from lib.intake.json_text import compact


@dataclass(frozen=True)
class Fetched:
    """What a run brought: `rows` in the file, out of `pages`; `repeated` records came again, byte for byte, and stand once.

    `total` is how many the provider says there are, None where it says nothing; `token` goes on from here another day;
    `skew` is how far its clock was ahead of ours at the first answer; `left` of `limit` calls are left.
    """

    rows: int
    pages: int
    requests: int
    repeated: int = 0
    total: int | None = None
    token: str = ""
    skew: timedelta | None = None
    left: int | None = None
    limit: int | None = None


def fetch(
    caller: Caller,
    source: ApiSource,
    query: Mapping[str, str],
    path: Path,
    *,
    token: str = "",
    most_pages: int = MOST_PAGES,
    progress: Progress = lambda *_: None,
) -> Fetched:
    """Write every record to `path`; DeskError as `pages` says, and then the file is not to be used.

    A record that comes twice byte for byte (records move along while they are read page by page) is written once, which
    loses nothing. Two that differ are both written: the road judges them.
    """
    rows = repeated = number = 0
    total, skew, left, limit = None, None, None, None
    seen: set[bytes] = set()
    with path.open("wb") as out:
        for number, page in enumerate(pages(caller, source, query, token, most_pages), start=1):
            for record in page.records:
                line = compact(record).encode("utf-8", "surrogatepass")
                mark = hashlib.blake2b(line, digest_size=12).digest()
                if mark in seen:
                    repeated += 1
                    continue
                seen.add(mark)
                out.write(line + b"\n")
                rows += 1
            token, total = page.token or token, page.total if page.total is not None else total
            skew = page.answer.skew if number == 1 else skew
            left, limit = page.answer.left, page.answer.limit
            progress("fetching", rows, total or 0)
    return Fetched(rows, number, caller.requests, repeated, total, token, skew, left, limit)
