"""The monthly report note on its way: who waits for one, is it due, take it, hand it over, write down what came of it."""

from __future__ import annotations

from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import format_datetime, parseaddr

from lib.clock import zone
from lib.db.unit_of_work import Desk
from lib.domain.imports import DateRange
from lib.domain.people import Actor
from lib.domain.publishing.report_notes import month_key
from lib.errors import DeskError
from lib.log import log
from lib.mail import require_smtp_url, send
from lib.reporting.note_due import is_due, missing_of
from lib.reporting.periods import range_in_words
from lib.reporting.portal_card import Portal, PortalCard
from lib.reporting.report_note import NoteAsides, chart_for_mail, report_html, report_pdf, report_text
from lib.services.publishing import portal as portals
from lib.services.publishing import report_notes
from lib.services.publishing.report_notes import DueNote
from lib.settings import read_sign_in

_STOP = "You get this because you asked for it. The switch at the foot of your portal page stops it."


def send_report_notes(desk: Desk, worker: Actor) -> int:
    """Send each report note that is due, once; how many went out. Without SMTP_URL and MAIL_FROM nothing is done.

    A note is taken and committed before it is sent, so that two workers never send the same, and one whose worker ended
    in between is not sent again.
    """
    if not (desk.settings.smtp_url and desk.settings.mail_from):
        return 0
    require_smtp_url(desk.settings.smtp_url)
    for lost in desk.do(worker, report_notes.give_up_interrupted):
        log.warning("report note %s was interrupted while it was sent; it is not sent again", lost.id)
    return sum(_sent(desk, worker, due) for due in desk.ask(worker, report_notes.waiting))


def note_asides(desk: Desk, portal: Portal, month: DateRange) -> NoteAsides:
    """What stands around the cards of a month's note: what is missing, and the way to the portal where there is one."""
    return NoteAsides(month, missing_of(portal, month), _portal_url(desk, portal.client_key), _STOP)


def note_message(desk: Desk, due: DueNote, portal: Portal, message_id: str) -> EmailMessage:
    """The note as a message: plain text, HTML with its charts inside, and the PDF."""
    asides = note_asides(desk, portal, due.month)
    message = EmailMessage()
    message["Subject"] = f"{portal.client_name}: your numbers for {range_in_words(due.month)}"
    name, address = parseaddr(desk.settings.mail_from)
    message["From"] = Address(name or "Connector Desk", addr_spec=address)
    message["To"] = due.person.email
    message["Date"] = format_datetime(desk.clock().astimezone(zone(portal.timezone)))
    message["Message-ID"] = message_id
    ways_out = [f"<{asides.portal_url}>"] if asides.portal_url else []
    message["List-Unsubscribe"] = ", ".join([*ways_out, f"<mailto:{address}?subject=unsubscribe>"])
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(report_text(portal, due.today, asides))
    pictures: list[tuple[str, bytes]] = []

    def picture(card: PortalCard) -> str:
        pictures.append((f"chart-{len(pictures) + 1}", chart_for_mail(card)))
        return f"cid:{pictures[-1][0]}"

    message.add_alternative(report_html(portal, due.today, asides, picture), subtype="html")
    html = message.get_payload()[-1]  # type: ignore[index]
    for cid, content in pictures:
        html.add_related(content, "image", "png", cid=f"<{cid}>", filename=f"{cid}.png", disposition="inline")  # type: ignore[union-attr]
    pdf = report_pdf(portal, due.today, asides)
    message.add_attachment(
        pdf, maintype="application", subtype="pdf", filename=f"{portal.client_key}-{month_key(due.month)}.pdf"
    )
    return message


def _sent(desk: Desk, worker: Actor, due: DueNote) -> bool:
    try:
        # As they would see it now: whoever may no longer see the client gets nothing.
        seen = desk.ask(due.person, portals.portal, due.subscriber.client_key)
    except DeskError as trouble:
        log.warning("a report note of %s cannot be set: %s", due.subscriber.client_key, trouble.code)
        return False
    if not is_due(seen, due.month, due.today):
        return False
    address = parseaddr(desk.settings.mail_from)[1]
    own = f"{month_key(due.month)}.{due.subscriber.client_key}.{due.person.person_id}"
    message_id = f"<report-note.{own}@{address.rpartition('@')[2]}>"
    message = note_message(desk, due, seen, message_id)
    note_id = desk.do(worker, report_notes.take, due, message_id, seen)
    if note_id is None:
        return False
    answer = send(desk.settings.smtp_url, message)
    status = desk.do(worker, report_notes.settle, note_id, due, answer)
    log.info("report note %s: %s", note_id, status)
    return answer.what == "sent"


def _portal_url(desk: Desk, client_key: str) -> str:
    """Where the client's portal answers, known from where people return to after signing in; '' without sign-in."""
    found = read_sign_in(desk.settings)
    if found is None:
        return ""
    return f"{found.redirect_uri.removesuffix('/oauth2callback')}/client_portal?client={client_key}"
