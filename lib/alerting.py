"""The way out to chat and push services: one message to the one place that an apprise URL names, and what came of it."""

from __future__ import annotations

import logging
import re
import smtplib
import socket
import sys
import warnings
from functools import cache
from typing import TYPE_CHECKING

from lib.domain.publishing.report_notes import MailAnswer
from lib.domain.tasks import TaskSeverity
from lib.errors import DeskError

if TYPE_CHECKING:
    from types import ModuleType

    from apprise import NotifyBase

_SECONDS = 30
# How apprise's services say which status a place on the web answered with.
_STATUS = re.compile(r"error=(\d{3})\b")
# Trouble that says for certain that nothing was handed over: there was no connection to hand it over by.
_NOT_CONNECTED = (
    ConnectionRefusedError,
    socket.gaierror,
    smtplib.SMTPConnectError,
    smtplib.SMTPHeloError,
    smtplib.SMTPAuthenticationError,
)


def place_named(url: str) -> str:
    """What kind of place an apprise URL names, such as `Slack`; the URL may hold a token and is never repeated.

    DeskError `unknown_destination` where it names none, `several_destinations` where it names more than one: trying
    again would tell those twice that have heard.
    """
    return str(_place(url).service_name)


def send(url: str, title: str, text: str, severity: TaskSeverity | None) -> MailAnswer:
    """Hand one message to the place that `url` names; no severity means that it says what is over.

    `later` where the place could not be reached or said that it did not take it, `refused` where it will not take it
    for good, and `unknown` where the connection was lost after it stood: that message may have arrived. Only words of
    the desk's own are given back, since a service's may repeat the token.
    """
    apprise, place = _apprise(), _place(url)
    met: list[BaseException] = []
    statuses: list[int] = []

    def listen(entry: object, _service: object) -> None:
        # Services log from where they catch, so what they caught is at hand; its type says more than their words.
        if (caught := sys.exc_info()[1]) is not None:
            met.append(caught)
        statuses.extend(int(found) for found in _STATUS.findall(str(getattr(entry, "message", ""))))

    way_out = apprise.Apprise(asset=place.asset)
    way_out.add(place)
    result = way_out.notify(
        body=text,
        title=title,
        notify_type=_kind(severity),
        body_format="text",
        timeout=_SECONDS,
        log_callback=listen,
        log_level=logging.WARNING,
    )
    name = str(place.service_name)
    if result:
        return MailAnswer("sent", f"{name} took it.")
    if result.timeout_count:
        return MailAnswer("unknown", f"{name} did not answer within {_SECONDS} seconds.")
    return _of_failure(name, met, statuses)


def _of_failure(name: str, met: list[BaseException], statuses: list[int]) -> MailAnswer:
    if statuses:
        code = statuses[-1]
        is_lasting = 400 <= code < 500 and code not in (408, 425, 429)
        return MailAnswer("refused" if is_lasting else "later", f"{name} answered {code}.")
    if not met:
        return MailAnswer("later", f"{name} did not take it.")
    kind = type(met[-1]).__name__
    for caught in _causes(met[-1]):
        if isinstance(caught, smtplib.SMTPResponseException):
            return MailAnswer("later" if caught.smtp_code < 500 else "refused", f"{name} answered {caught.smtp_code}.")
        if isinstance(caught, _NOT_CONNECTED) or type(caught).__name__ in ("NewConnectionError", "ConnectTimeoutError"):
            return MailAnswer("later", f"{name} could not be reached ({kind}).")
    return MailAnswer("unknown", f"The connection to {name} was lost ({kind}).")


def _causes(error: BaseException) -> list[BaseException]:
    """An error, what it wraps and what it came from, as far as that goes; urllib3 keeps its own in `reason`."""
    found: list[BaseException] = []
    waiting: list[object] = [error]
    while waiting:
        item = waiting.pop(0)
        if isinstance(item, BaseException) and not any(item is seen for seen in found):
            found.append(item)
            waiting += [getattr(item, "reason", None), item.__cause__, item.__context__, *item.args]
    return found


def _place(url: str) -> NotifyBase:
    apprise = _apprise()
    asset = apprise.AppriseAsset(
        app_id="Connector Desk", app_desc="Connector Desk", app_url="", image_url_mask="", storage_mode="memory"
    )
    try:
        place: NotifyBase | None = apprise.Apprise.instantiate(url, asset=asset, suppress_exceptions=True)
    except Exception:
        # A service of apprise's that stumbles over an address says what it stumbled over, and that may be the token.
        place = None
    if place is None:
        raise DeskError(
            "unknown_destination",
            "What lies behind the reference names no place that alerts can go to.",
            "Put an apprise URL there, such as slack://TokenA/TokenB/TokenC or mailto://user:password@example.com.",
        )
    # The desk tries again by itself, by what it knows of the failure.
    place.retry = 0
    if len(place) > 1:
        raise DeskError(
            "several_destinations",
            "What lies behind the reference names more than one place.",
            "Give each place a reference and a subscription of its own.",
        )
    return place


def _kind(severity: TaskSeverity | None) -> str:
    if severity is None:
        return "success"
    return {TaskSeverity.INCIDENT: "failure", TaskSeverity.WARNING: "warning"}.get(severity, "info")


@cache
def _apprise() -> ModuleType:
    """The library with its services, loaded when the first alert goes out: it takes half a second and few processes need it.

    Its own log is kept to this module; a line of it may hold an address.
    """
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        import apprise  # noqa: PLC0415 - see above

        apprise.Apprise.instantiate("json://localhost", suppress_exceptions=True)
    logger = logging.getLogger("apprise")
    logger.propagate = False
    logger.addHandler(logging.NullHandler())
    return apprise
