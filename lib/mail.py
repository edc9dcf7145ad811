"""The way out by e-mail: one message over SMTP, and what the server said of it."""

from __future__ import annotations

import smtplib
import ssl
from contextlib import suppress
from email.message import EmailMessage
from email.policy import SMTP
from urllib.parse import unquote, urlsplit

from lib.domain.publishing.report_notes import MailAnswer
from lib.errors import DeskError

_SECONDS = 30
_LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})


def send(smtp_url: str, message: EmailMessage) -> MailAnswer:
    """Hand one message to the server that `smtp_url` names, for the one address in its To.

    `smtps://user:password@host:465` is encrypted from the start; `smtp://host:587` as soon as the server offers it, and
    a password is never sent before that (but to this machine itself). Replies are read by RFC 5321: 4yz is `later`, 5yz
    `refused`. A connection lost before the message was handed over is `later`; after that nobody can say, and it is
    `unknown`, never sent again.
    """
    try:
        server = _connected(smtp_url)
    except (OSError, smtplib.SMTPException) as trouble:
        return _of_trouble(trouble)
    with server:
        try:
            for code, words in (server.mail(str(message["From"])), server.rcpt(str(message["To"]))):
                if code >= 400:
                    return _refused(code, words)
        except (OSError, smtplib.SMTPException) as trouble:
            return _of_trouble(trouble)
        answer = _handed_over(server, message)
        with suppress(OSError, smtplib.SMTPException):
            server.quit()
        return answer


def require_smtp_url(smtp_url: str) -> None:
    """DeskError `setting_invalid` unless it names a mail server; its text may hold a password and is not repeated."""
    try:
        url = urlsplit(smtp_url)
        is_fine = url.scheme in ("smtp", "smtps") and bool(url.hostname) and url.port != 0
    except ValueError:
        is_fine = False
    if not is_fine:
        raise DeskError(
            "setting_invalid", "SMTP_URL names no mail server.", "Write it as smtp://user:password@host:587."
        )


def _connected(smtp_url: str) -> smtplib.SMTP:
    url = urlsplit(smtp_url)
    host, context = url.hostname or "", ssl.create_default_context()
    server: smtplib.SMTP
    if url.scheme == "smtps":
        server = smtplib.SMTP_SSL(host, url.port or 465, timeout=_SECONDS, context=context)
    else:
        server = smtplib.SMTP(host, url.port or 587, timeout=_SECONDS)
    try:
        server.ehlo()
        is_secret = url.scheme == "smtps" or host in _LOOPBACK
        if url.scheme == "smtp" and server.has_extn("starttls"):
            server.starttls(context=context)
            server.ehlo()
            is_secret = True
        if url.username:
            if not is_secret:
                raise smtplib.SMTPAuthenticationError(530, b"The server offers no encryption for the password.")
            server.login(unquote(url.username), unquote(url.password or ""))
    except BaseException:
        server.close()
        raise
    return server


def _handed_over(server: smtplib.SMTP, message: EmailMessage) -> MailAnswer:
    try:
        code, words = server.data(message.as_bytes(policy=SMTP))
    except smtplib.SMTPDataError as trouble:
        return _refused(trouble.smtp_code, trouble.smtp_error)
    except (OSError, smtplib.SMTPException):
        return MailAnswer("unknown", "The connection was lost while the message was handed over.")
    if code >= 400:
        return _refused(code, words)
    return MailAnswer("sent", _said(code, words))


def _refused(code: int, words: bytes | str) -> MailAnswer:
    return MailAnswer("later" if code < 500 else "refused", _said(code, words))


def _of_trouble(trouble: OSError | smtplib.SMTPException) -> MailAnswer:
    """Before the message was handed over: a lasting refusal where the server said so, else worth another try."""
    if isinstance(trouble, smtplib.SMTPResponseException):
        return _refused(trouble.smtp_code, trouble.smtp_error)
    return MailAnswer("later", f"The mail server could not be spoken to ({type(trouble).__name__}).")


def _said(code: int, words: bytes | str) -> str:
    text = words.decode(errors="replace") if isinstance(words, bytes) else words
    return f"{code} {' '.join(text.split())}"[:300]
