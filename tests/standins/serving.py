"""A provider's server on loopback: what every stand-in has in common, and the faults that are injected on demand."""

from __future__ import annotations

import json
import random
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any, Self
from urllib.parse import parse_qsl, urlsplit

from lib.clock import Clock, utc_now


@dataclass
class Fault:
    """`times` times, after `after` requests for data, something goes wrong.

    `kind` is rate_limited, error, slow, cut_off, dropped, expired, repeated or endless; `seconds` is the Retry-After of
    the first (a moment `until` instead of it: Retry-After as a date). With `at` it begins only then, by the stand-in's
    clock.
    """

    kind: str
    times: int = 1
    after: int = 0
    seconds: float = 0
    until: datetime | None = None
    at: datetime | None = None


KINDS = ("rate_limited", "error", "cut_off", "dropped", "expired", "repeated")


def faults_by_seed(seed: int, first: datetime, days: int, a_day: int) -> list[Fault]:
    """Some `a_day` faults a day, each at a moment of its own, most of them once and some for long enough to end a pull."""
    draw = random.Random(seed)
    return [
        Fault(
            draw.choice(KINDS),
            times=draw.choice((1, 1, 2, 12)),
            after=draw.randrange(3),
            seconds=draw.choice((1, 30, 900)),
            at=first + timedelta(seconds=draw.randrange(days * 86_400)),
        )
        for _ in range(days * a_day)
    ]


@dataclass(frozen=True)
class Asked:
    """One request as it came in."""

    method: str
    path: str
    query: dict[str, str]
    headers: Mapping[str, str]
    form: dict[str, str]


@dataclass(frozen=True)
class Reply:
    """What is answered: a status and a JSON value."""

    status: int
    value: Any
    headers: dict[str, str] = field(default_factory=dict)


class StandIn:
    """A server that answers until it is left; `asked` are the requests it saw, `faults` those that are still to come.

    Its clock is the desk's, ahead of it by `skew`.
    """

    def __init__(self, clock: Clock = utc_now) -> None:
        self.clock, self.skew = clock, timedelta()
        self.faults: list[Fault] = []
        self.asked: list[Asked] = []
        self._before: Reply | None = None
        self._lock = threading.Lock()
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(self))
        self._server.daemon_threads = True
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)

    @property
    def now(self) -> datetime:
        """What time it is here."""
        return self.clock() + self.skew

    @property
    def url(self) -> str:
        """Where it is."""
        return f"http://127.0.0.1:{self._server.server_address[1]}"

    @property
    def data_requests(self) -> list[Asked]:
        """The requests for records."""
        return [item for item in self.asked if item.method == "GET"]

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()

    def answer(self, asked: Asked) -> Reply:
        """The answer when nothing goes wrong."""
        raise NotImplementedError

    def expire(self) -> None:
        """Every token given so far is good no longer."""

    def without_end(self, reply: Reply) -> Reply:
        """The same answer, saying that there is more."""
        return Reply(reply.status, {**reply.value, "hasMore": True}, reply.headers)

    def meet(self, asked: Asked) -> tuple[Reply, str]:
        """The answer and what goes wrong with it, '' for nothing."""
        with self._lock:
            self.asked.append(asked)
            fault = self._due() if asked.method == "GET" else None
            kind = fault.kind if fault else ""
            if fault and kind == "rate_limited":
                wait = format_datetime(fault.until, usegmt=True) if fault.until else str(int(fault.seconds))
                return Reply(429, {"title": "Too many requests"}, {"Retry-After": wait}), ""
            if kind == "error":
                return Reply(500, {"title": "Internal server error"}), ""
            if kind == "expired":
                self.expire()
            if kind == "repeated" and self._before is not None and _goes_on(asked):
                return self._before, ""
            reply = self.answer(asked)
            if asked.method == "GET" and reply.status == 200:
                self._before = reply
            return (self.without_end(reply) if kind == "endless" else reply), kind

    def _due(self) -> Fault | None:
        for fault in self.faults:
            if fault.at is not None and self.now < fault.at:
                continue
            if fault.after:
                fault.after -= 1
                continue
            if fault.times:
                fault.times -= 1
                return fault
        return None

    def pause(self, seconds: float) -> None:
        """A slow answer."""
        time.sleep(seconds)


def _goes_on(asked: Asked) -> bool:
    """Whether a later page is asked for, so that the one before it can come again."""
    words = asked.query
    is_later = words.get("page", "1") != "1" or words.get("offset", "0") != "0"
    return is_later or "cursor" in words or words.get("from", "").startswith("c_")


def _handler(stand_in: StandIn) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            self._meet({})

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            self._meet(dict(parse_qsl(body.decode())))

        def _meet(self, form: dict[str, str]) -> None:
            place = urlsplit(self.path)
            query = dict(parse_qsl(place.query, keep_blank_values=True))
            reply, wrong = stand_in.meet(Asked(self.command, place.path, query, dict(self.headers), form))
            body = json.dumps(reply.value).encode()
            if wrong == "slow":
                stand_in.pause(2.0)
            if wrong == "cut_off":
                body = body[: len(body) // 2]
            self.send_response(reply.status)
            for name, value in {"Content-Type": "application/json", **reply.headers}.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(body) * (2 if wrong == "dropped" else 1)))
            self.end_headers()
            self.wfile.write(body)
            if wrong == "dropped":
                self.close_connection = True

        def handle_one_request(self) -> None:
            try:
                super().handle_one_request()
            except (BrokenPipeError, ConnectionResetError):
                self.close_connection = True

        def date_time_string(self, timestamp: float | None = None) -> str:
            return format_datetime(stand_in.now.astimezone(UTC), usegmt=True)

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the name it has there
            pass

    return Handler
