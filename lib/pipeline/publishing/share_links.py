"""A link to a report note is made, and opened: its token says who asks, the portal says what there is, each visit is kept."""

from __future__ import annotations

from datetime import date

from lib.db.unit_of_work import Desk
from lib.domain.access.share_links import USUAL_DAYS, ShareAnswer, guest_of, network_of
from lib.domain.imports import DateRange
from lib.domain.people import Actor
from lib.reporting.note_due import missing_of
from lib.reporting.periods import month_of
from lib.reporting.report_note import NoteAsides
from lib.reporting.shared_note import shared_note_html
from lib.services.people.people import local_admin
from lib.services.publishing import portal, share_links
from lib.services.publishing.share_links import NewLink
from lib.settings import read_sign_in


def share_note(
    desk: Desk, actor: Actor, client_key: str, month: DateRange, made_for: str, days: int = USUAL_DAYS
) -> tuple[NewLink, str]:
    """Make a link to the report note of a month, and the address to hand on, which is told this once.

    Without sign-in the desk has no address that another machine reaches, and only the path is told.
    """
    made = desk.do(actor, share_links.share, client_key, month, made_for, desk.hash_key, days)
    return made, _address(desk, made.token)


def shared_page(desk: Desk, token: str, address: str) -> str | None:
    """The page that a link opens, as HTML; None where it opens nothing, whatever the reason.

    `address` is where the request comes from. A token that this desk did not sign is not looked up and not counted.
    """
    guest = guest_of(token, desk.hash_key)
    found = guest and desk.ask(guest.actor, portal.shared, guest.token_hash)
    if not found:
        return None
    # Written down first: nothing is shown that is not.
    visit = (found.link_id, found.client_id, network_of(address), found.answer)
    desk.do(local_admin(desk), share_links.note_visit, *visit)
    if found.answer is not ShareAnswer.SHOWN:
        return None
    month = month_of(date.fromisoformat(f"{found.month}-01"))
    asides = NoteAsides(month, missing_of(found.portal, month))
    return shared_note_html(found.portal, found.today, asides, found.expires_on)


def _address(desk: Desk, token: str) -> str:
    found = read_sign_in(desk.settings)
    base = "" if found is None else found.redirect_uri.removesuffix("/oauth2callback")
    return f"{base}/shared/{token}"
