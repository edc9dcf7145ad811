"""Small builders for tests of pulls: sources on a stand-in, a caller that never really sleeps, and what came."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from lib.domain.api.sources import ApiSource, Auth, AuthScheme, Paging, PagingStyle, Span
from lib.intake.api.asking import Caller
from lib.intake.api.fetching import Fetched, fetch
from lib.providers import template
from tests.standins import CallRail, Ledger, PlainApi, ServiceTitan, StandIn
from tests.standins import callrail as cr
from tests.standins import plain as pl
from tests.standins import servicetitan as st

FIRST = datetime(2026, 3, 2, 6, tzinfo=UTC)
LATER = FIRST + timedelta(days=9)
SECRETS = (st.SECRET, st.APP_KEY, cr.KEY, pl.KEY, pl.PASSWORD)


@dataclass
class Time:
    """A clock that goes only when it is told to, or when somebody sleeps by it; `slept` are the pauses."""

    now: datetime = LATER
    slept: list[float] = field(default_factory=list)

    def __call__(self) -> datetime:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.now += timedelta(seconds=seconds)


def a_ledger(rows: int = 25) -> Ledger:
    """So many records, one an hour."""
    ledger = Ledger([])
    for number in range(rows):
        ledger.add(FIRST + timedelta(hours=number), number)
    return ledger


@dataclass
class Place:
    """A stand-in and how it is asked: the source with everything filled in, and the credential."""

    stand_in: StandIn
    source: ApiSource
    secret: str
    time: Time
    expected: list[Any]

    def fetch(self, path: Path, query: Mapping[str, str] | None = None, token: str = "", **more: Any) -> Fetched:
        """Everything there is, into a file."""
        most = more.pop("most_pages", 200)
        with Caller(self.source, self.secret, self.time, sleep=self.time.sleep, **more) as caller:
            return fetch(caller, self.source, query or {}, path, token=token, most_pages=most)


STYLES = ("page", "continuation", "callrail", "offset", "cursor", "next_link", "single")


@contextmanager
def a_place(style: str, ledger: Ledger | None = None, time: Time | None = None) -> Iterator[Place]:
    """A stand-in in one of the STYLES that is up, ten records a page."""
    time, ledger = time or Time(), ledger or a_ledger()
    stand_in, source, secret = _made(style, ledger, time)
    with stand_in:
        auth = replace(source.auth, token_url=source.auth.token_url and f"{stand_in.url}/connect/token")
        paging = replace(source.paging, page_size=10) if source.paging.page_size else source.paging
        source = replace(source, base_url=stand_in.url, auth=auth, paging=paging, requests_per_minute=0)
        source = replace(source, timeout_seconds=1)
        held = [row for _, row in sorted(ledger.held(time()).items())]
        yield Place(stand_in, source, secret, time, stand_in.calls() if isinstance(stand_in, CallRail) else held)


def _made(style: str, ledger: Ledger, time: Time) -> tuple[StandIn, ApiSource, str]:
    if style in ("page", "continuation"):
        source = template("servicetitan").source("job", "export" if style == "continuation" else "list")
        assert source is not None
        titan = ServiceTitan({"job": ledger}, time)
        titan.export_page = 10
        values = {"tenant": st.TENANT, "app_key": st.APP_KEY}
        return titan, source.with_values(values), f"{st.CLIENT}:{st.SECRET}"
    if style == "callrail":
        source = template("callrail").source("call")
        assert source is not None
        return CallRail(ledger, time), source.with_values({"tenant": cr.ACCOUNT}), cr.KEY
    return PlainApi(ledger, style, clock=time), a_plain_source(style), ""


def a_plain_source(style: str, auth: str = "none") -> ApiSource:
    """How the API that no template knows is asked."""
    words = {"size": "size", "page_size": 10, "total": "total"}
    more: dict[str, dict[str, Any]] = {
        "offset": words,
        "cursor": {**words, "token": "cursor", "next": "next"},
        "next_link": {**words, "next": "next"},
    }
    signs = {
        "none": Auth(),
        "token": Auth(AuthScheme.TOKEN, header="X-Api-Key", form="{secret}"),
        "basic": Auth(AuthScheme.BASIC),
        "query": Auth(AuthScheme.QUERY, parameter="api_key"),
    }
    return ApiSource(
        object="lead",
        base_url="http://127.0.0.1",
        path="/things",
        records="" if style == "single" else "result.things",
        auth=signs[auth],
        paging=Paging(PagingStyle(style), **more.get(style, {})),
        changes=Span("since"),
        left_header="X-RateLimit-Remaining",
        limit_header="X-RateLimit-Limit",
    )


def lines(path: Path) -> list[Any]:
    """The records that were written."""
    return [json.loads(line) for line in path.read_text("utf-8").splitlines()]
