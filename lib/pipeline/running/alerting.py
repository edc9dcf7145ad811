"""Alerts on their way: who is to be told what now, take it, hand it over by mail or to the place they named, settle it."""

from __future__ import annotations

from dataclasses import dataclass
from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import format_datetime, parseaddr

from lib import alerting, mail
from lib.clock import zone
from lib.db.unit_of_work import Desk
from lib.domain.people import Actor
from lib.domain.publishing.report_notes import MailAnswer
from lib.domain.running.alerts import AlertMessage, text_of, title_of, worst_of
from lib.domain.tasks import TaskSeverity
from lib.errors import DeskError
from lib.intake.secret_values import secret_value
from lib.log import log
from lib.services.running import alerts
from lib.services.running.alerts import DueAlert, Standing
from lib.settings import Settings, read_sign_in

_TRIAL = "This is a trial: alerts reach you here. You are told when something changes, and when it is over."
_STOP = "You get this because you asked for it; `alerts unsubscribe` stops it."


@dataclass(frozen=True)
class Subscribed:
    """A subscription, and the place that alerts now go to: `E-Mail`, `Slack`; `remark` says why none can yet, or ''."""

    standing: Standing
    place: str
    remark: str


def send_alerts(desk: Desk, worker: Actor) -> int:
    """Tell each subscriber what changed since they were told last, in one message; how many went out.

    A message is taken and committed before it is sent, so that two workers never send the same, and one whose worker
    ended in between is not sent again.
    """
    if desk.ask(worker, alerts.interrupted):
        for lost in desk.do(worker, alerts.give_up_interrupted):
            log.warning("alert %s was interrupted while it was sent; it is not sent again", lost.id)
    return sum(_sent(desk, worker, due) for due in desk.ask(worker, alerts.due))


def subscribe_alerts(
    desk: Desk,
    actor: Actor,
    *,
    person: str = "",
    destination: str = "",
    least: str = "",
    quiet: str = "",
    timezone: str = "",
) -> Subscribed:
    """Have a person told as `alerts.subscribe` says, once what lies behind the reference was found to name a place.

    DeskError as there, `unknown_destination` and `several_destinations`. Where nothing lies there yet, or no mail
    server is named, they are subscribed with a remark: the worker may know more than this process does.
    """
    desk.ask(actor, alerts.reader, person, destination)
    place, remark = _place(desk.settings, destination)
    asked = {"person": person, "destination": destination, "least": least, "quiet": quiet, "timezone": timezone}
    return Subscribed(desk.do(actor, alerts.subscribe, **asked), place, remark)


def try_destination(desk: Desk, actor: Actor, *, person: str = "", destination: str = "") -> MailAnswer:
    """Send a trial message now, to the person's e-mail address or to the place behind a reference; what came of it.

    DeskError `no_mail_server`, `secret_missing`, `unknown_destination`, `several_destinations`.
    """
    reader = desk.ask(actor, alerts.reader, person, destination)
    if not destination and not _has_mail(desk.settings):
        raise DeskError("no_mail_server", _no_mail(desk.settings), "Set it, or name a place with a reference.")
    return _handed_over(desk, reader.email, destination, "trial", "Connector Desk: a trial", _TRIAL, None)


def _sent(desk: Desk, worker: Actor, due: DueAlert) -> bool:
    if not due.subscription.destination and not _has_mail(desk.settings):
        return False
    message = desk.do(worker, alerts.take, due)
    if message is None:
        return False
    answer = _of_message(desk, message, due.subscription.timezone)
    log.info("alert %s: %s", message.id, desk.do(worker, alerts.settle, message, answer))
    return answer.what == "sent"


def _of_message(desk: Desk, message: AlertMessage, timezone: str) -> MailAnswer:
    said = f"{text_of(message.changes, _desk_url(desk))}\n\n{_STOP}"
    worst, title = worst_of(message.changes), title_of(message.changes)
    try:
        return _handed_over(
            desk, message.email, message.destination, str(message.id), title, said, worst, timezone=timezone
        )
    except DeskError as trouble:
        # A reference that leads nowhere may lead somewhere an hour later; one that names no place, once it is mended.
        return MailAnswer("later", trouble.message)


def _handed_over(
    desk: Desk,
    email: str,
    destination: str,
    name: str,
    title: str,
    text: str,
    severity: TaskSeverity | None,
    timezone: str = "UTC",
) -> MailAnswer:
    if destination:
        return alerting.send(secret_value(destination, desk.settings), title, text, severity)
    sender, address = parseaddr(desk.settings.mail_from)
    message = EmailMessage()
    message["Subject"], message["To"] = title, email
    message["From"] = Address(sender or "Connector Desk", addr_spec=address)
    message["Date"] = format_datetime(desk.clock().astimezone(zone(timezone)))
    message["Message-ID"] = f"<alert.{name}.{desk.clock():%Y%m%d%H%M%S}@{address.rpartition('@')[2]}>"
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(text)
    mail.require_smtp_url(desk.settings.smtp_url)
    return mail.send(desk.settings.smtp_url, message)


def _place(settings: Settings, destination: str) -> tuple[str, str]:
    """What kind of place this is, and why nothing can go there yet."""
    if not destination:
        return "E-Mail", "" if _has_mail(settings) else _no_mail(settings)
    try:
        return alerting.place_named(secret_value(destination, settings)), ""
    except DeskError as trouble:
        if trouble.code != "secret_missing":
            raise
        return "", f"{trouble.message} Until something is, nothing goes out."


def _has_mail(settings: Settings) -> bool:
    return bool(settings.smtp_url and settings.mail_from)


def _no_mail(settings: Settings) -> str:
    named = {"SMTP_URL": settings.smtp_url, "MAIL_FROM": settings.mail_from}
    missing = " and ".join(name for name, value in named.items() if not value)
    return f"{missing} {'are' if 'and' in missing else 'is'} not set, so nothing can go out by e-mail."


def _desk_url(desk: Desk) -> str:
    """Where the desk answers, known from where people return to after signing in; '' without sign-in."""
    found = read_sign_in(desk.settings)
    return "" if found is None else found.redirect_uri.removesuffix("/oauth2callback")
