"""What can go wrong with an API, each as one clear DeskError; no address, header or answer is ever repeated in one.

An address may hold a key and an answer people's data, so a sentence names the provider's host and the status only.
"""

from __future__ import annotations

from datetime import datetime
from email.utils import parsedate_to_datetime
from http import HTTPStatus

import httpx

from lib.errors import DeskError

_REFUSED = frozenset({HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN})
_LATER = "It is asked again later."
_PASSING = frozenset({HTTPStatus.REQUEST_TIMEOUT, HTTPStatus.TOO_EARLY})


class Passing(DeskError):
    """Trouble that the same request may not meet a moment later; `wait` is how many seconds the other side asked for."""

    def __init__(self, code: str, message: str, hint: str = "", *, wait: float | None = None) -> None:
        super().__init__(code, message, hint, is_retryable=True, retry_after=wait)


class Refused(DeskError):
    """The credentials are not taken; `status` is 403 where they are known and may not have what was asked for."""

    def __init__(self, message: str, hint: str, status: int) -> None:
        super().__init__("refused", message, hint)
        self.status = status


def of_status(host: str, response: httpx.Response, now: datetime) -> DeskError | None:
    """The trouble that a status is; None where it is none. A pause that was asked for is counted by their own clock."""
    status = response.status_code
    if response.is_success:
        return None
    if status == HTTPStatus.TOO_MANY_REQUESTS or status >= HTTPStatus.INTERNAL_SERVER_ERROR or status in _PASSING:
        wait = _asked_to_wait(response.headers.get("Retry-After", ""), told_time(response) or now)
        is_limit = status == HTTPStatus.TOO_MANY_REQUESTS
        sentence = f"{host} was asked too often (429)." if is_limit else f"{host} answered {status}."
        return Passing("rate_limited" if is_limit else "unavailable", sentence, _LATER, wait=wait)
    if status in _REFUSED:
        return refused(host, status)
    return _beside_the_point(host, response)


def _beside_the_point(host: str, response: httpx.Response) -> DeskError:
    """Another address or another question is due."""
    if response.is_redirect:
        return broken("address_moved", f"{host} sends on to another address.", "Write that one as the base address.")
    if response.status_code == HTTPStatus.NOT_FOUND:
        hint = "Look at the base address, the tenant and the path of the source."
        return broken("address_unknown", f"{host} knows no such address (404).", hint)
    hint = "Look at the source's query and dates: the provider does not understand what it is asked."
    return broken("request_refused", f"{host} refused what it was asked ({response.status_code}).", hint)


def refused(host: str, status: int) -> Refused:
    """The credentials are not taken: asking again would only lock the account sooner."""
    return Refused(
        f"{host} does not accept the account's credentials ({status}).",
        "Renew them where the account's credential reference points, and look at their scopes.",
        status,
    )


def broken(code: str, sentence: str, hint: str = "") -> DeskError:
    """The other side or its description is wrong, and asking again does not mend it."""
    return DeskError(code, sentence, hint)


def of_transport(host: str, error: httpx.HTTPError) -> Passing:
    """No answer, or not all of one. What the library says is left out: it may hold the address."""
    if isinstance(error, httpx.TimeoutException):
        return Passing("unavailable", f"{host} did not answer in time.", _LATER)
    if isinstance(error, httpx.ConnectError):
        return Passing("unavailable", f"{host} cannot be reached.", _LATER)
    return Passing("unavailable", f"{host} broke off in the middle of an answer.", _LATER)


def cut_off(host: str) -> Passing:
    """An answer that is not whole JSON."""
    return Passing("unavailable", f"{host} sent an answer that is not whole JSON.", _LATER)


def told_time(response: httpx.Response) -> datetime | None:
    """What time it is by the other side's clock; None where it does not say."""
    try:
        told = parsedate_to_datetime(response.headers["Date"])
    except (KeyError, TypeError, ValueError):
        return None
    return None if told.tzinfo is None else told


def _asked_to_wait(text: str, now: datetime) -> float | None:
    """Retry-After in seconds from now: digits, or an HTTP date; None where it says neither."""
    if text.strip().isdecimal():
        return float(text)
    try:
        until = parsedate_to_datetime(text)
    except (TypeError, ValueError):
        return None
    return None if until.tzinfo is None else max(0.0, (until - now).total_seconds())
