"""One question to an API and its answer: paced, tried again where that helps, and never larger or longer than it may be."""

from __future__ import annotations

import functools
import logging
import ssl
import time
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from types import TracebackType
from typing import Any, Self

import httpx
import orjson
from tenacity import RetryCallState, Retrying, retry_if_exception, stop_after_attempt, wait_exponential_jitter

from lib.clock import Clock, Sleep
from lib.domain.api.sources import ApiSource
from lib.intake.api import trouble
from lib.intake.api.credentials import signing_in
from lib.intake.api.inner_addresses import hooks
from lib.intake.api.trouble import Passing
from lib.intake.json_text import JsonReader
from lib.settings import inner_hosts

# These two write whole addresses into the log, and an address may hold a key.
for _name in ("httpx", "httpcore"):
    logging.getLogger(_name).setLevel(logging.WARNING)

MOST_BYTES = 64 << 20
_TRIES = 5
_CONNECT_SECONDS = 10.0
# Whoever asks for a longer pause than this is asked again by the next run, not by this one.
_LONGEST_WAIT = 60.0
_BACK_OFF = wait_exponential_jitter(initial=1, max=30, jitter=1)


@dataclass(frozen=True)
class Answer:
    """What came back: the value with its numbers as text, its bytes, the address of the next page where a header names it.

    `skew` is how far the other side's clock is ahead of ours, None where it does not tell the time; `left` of `limit`
    calls are left.
    """

    value: Any
    body: bytes
    link: str
    skew: timedelta | None
    left: int | None
    limit: int | None


class Caller:
    """Asks one source's API, in one session; to be closed as `with` does."""

    def __init__(
        self,
        source: ApiSource,
        secret: str,
        clock: Clock,
        *,
        sleep: Sleep = time.sleep,
        most_bytes: int = MOST_BYTES,
        tries: int = _TRIES,
    ) -> None:
        """`secret` signs in as the source says; `sleep` is how it waits."""
        self._source, self._clock, self._sleep, self._most, self._tries = source, clock, sleep, most_bytes, tries
        self._pause = 60 / source.requests_per_minute if source.requests_per_minute else 0.0
        self._next = 0.0
        self.requests = 0
        self._client = httpx.Client(
            auth=signing_in(source, secret, clock),
            headers={**source.headers, "Accept": "application/json"},
            timeout=httpx.Timeout(source.timeout_seconds, connect=_CONNECT_SECONDS),
            follow_redirects=False,
            trust_env=False,
            verify=_trusted(),
            event_hooks=hooks(inner_hosts()),
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._client.close()

    def ask(self, url: str, query: Mapping[str, str]) -> Answer:
        """The answer to one GET. Passing trouble is tried again with growing pauses, or after as long as was asked for.

        DeskError `rate_limited` and `unavailable` (retryable), `refused`, or another code where asking again is no use.
        """
        trying = Retrying(
            stop=stop_after_attempt(self._tries),
            wait=_wait,
            sleep=self._sleep,
            retry=retry_if_exception(_is_passing),
            reraise=True,
        )
        answer: Answer = trying(self._once, url, query)
        return answer

    def wait(self, seconds: float) -> None:
        """Let some time go by."""
        self._sleep(seconds)

    def _once(self, url: str, query: Mapping[str, str]) -> Answer:
        self._keep_pace()
        self.requests += 1
        host, began = httpx.URL(url).host, time.monotonic()
        try:
            with self._client.stream("GET", url, params=query or None) as response:
                if (met := trouble.of_status(host, response, self._clock())) is not None:
                    raise met
                body = self._body(host, response, began)
        except httpx.HTTPError as error:
            raise trouble.of_transport(host, error) from None
        told = trouble.told_time(response)
        try:
            value = JsonReader().read(body)
        except orjson.JSONDecodeError:
            raise trouble.cut_off(host) from None
        return Answer(
            value,
            body,
            response.links.get("next", {}).get("url", ""),
            None if told is None else told - self._clock(),
            _number(response, self._source.left_header),
            _number(response, self._source.limit_header),
        )

    def _body(self, host: str, response: httpx.Response, began: float) -> bytes:
        pieces, size = [], 0
        for piece in response.iter_bytes():
            size += len(piece)
            if size > self._most:
                raise trouble.broken(
                    "answer_too_large",
                    f"{host} sent more than {self._most >> 20} MB in one answer.",
                    "Ask for smaller pages.",
                )
            if time.monotonic() - began > 2 * self._source.timeout_seconds:
                raise Passing("unavailable", f"{host} did not finish its answer in time.", "It is asked again later.")
            pieces.append(piece)
        return b"".join(pieces)

    def _keep_pace(self) -> None:
        """Wait for the provider's own limit, so that it need not say no."""
        now = time.monotonic()
        if now < self._next:
            self._sleep(self._next - now)
        self._next = max(now, self._next) + self._pause


@functools.cache
def _trusted() -> ssl.SSLContext:
    """The authorities that the desk trusts. Reading them takes longer than a whole answer, so it is done once a process."""
    return httpx.create_ssl_context(trust_env=False)


def _is_passing(error: BaseException) -> bool:
    return isinstance(error, Passing) and (error.retry_after or 0) <= _LONGEST_WAIT


def _wait(state: RetryCallState) -> float:
    error = state.outcome.exception() if state.outcome else None
    asked = error.retry_after if isinstance(error, Passing) else None
    return _BACK_OFF(state) if asked is None else asked


def _number(response: httpx.Response, header: str) -> int | None:
    text = response.headers.get(header, "") if header else ""
    return int(text) if text.isdecimal() else None
