"""People come and go: an invitation and its mail, what becomes of the accounts of somebody who leaves or may less."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import make_msgid, parseaddr

from lib.db.unit_of_work import Desk, UnitOfWork
from lib.domain.access.addresses import folded
from lib.domain.access.members import Member, invitation_time
from lib.domain.people import Actor, Right, Role
from lib.errors import DeskError
from lib.mail import require_smtp_url, send
from lib.services.people import inviting, removing, roles
from lib.services.people.roles import Changed
from lib.services.setup import account_settings
from lib.settings import read_sign_in


@dataclass(frozen=True)
class Invitation:
    """Somebody who is expected: `is_sent` where the mail server took the invitation; `words` are to be passed on otherwise."""

    member: Member
    is_sent: bool
    words: str
    trouble: str = ""


def invite(desk: Desk, actor: Actor, email: str, role: Role, clients: Sequence[str] | None, days: int) -> Invitation:
    """Expect a person for so many days, and tell them by mail where a mail server is named.

    The invitation is no secret: only whoever proves at a provider that the address is theirs gets in by it. DeskError
    `no_sign_in` on a desk where nobody could, `invitation_days`, and what `invite_person` says.
    """
    actor.require(Right.MANAGE_DESK)
    found = read_sign_in(desk.settings)
    if found is None:
        raise DeskError(
            "no_sign_in",
            "Nobody can sign in at this desk yet, so an invitation would lead nowhere.",
            "Put [auth] into .streamlit/secrets.toml first, or add them with `user add`.",
        )
    member = desk.do(actor, inviting.invite_person, email, role, clients, invitation_time(days))
    words = _words(actor, member, found.redirect_uri.removesuffix("/oauth2callback"))
    if not (desk.settings.smtp_url and desk.settings.mail_from):
        return Invitation(member, is_sent=False, words=words)
    require_smtp_url(desk.settings.smtp_url)
    answer = send(desk.settings.smtp_url, _message(desk, member, words))
    return Invitation(member, answer.what == "sent", words, "" if answer.what == "sent" else answer.words)


def change(
    desk: Desk,
    actor: Actor,
    email: str,
    changes: Mapping[str, str],
    *,
    accounts_to: str | None = None,
    may_lapse: bool = False,
) -> Changed:
    """Change what a person may; the accounts they may no longer answer for get another owner, all of it or nothing.

    DeskError `owns_accounts` where there are such accounts and neither is said: to whom they go, or that they may lapse.
    """

    def work(tx: UnitOfWork) -> Changed:
        changed = roles.change_person(tx, email, changes)
        _settle(tx, email, changed.left_alone, accounts_to, may_lapse=may_lapse)
        return changed

    return desk.do(actor, work)


def remove(
    desk: Desk, actor: Actor, email: str, *, accounts_to: str | None = None, may_lapse: bool = False
) -> tuple[str, ...]:
    """Remove a person; the keys of the accounts that were theirs. As in `change`, somebody answers for those next."""

    def work(tx: UnitOfWork) -> tuple[str, ...]:
        theirs = removing.accounts_of(tx, email)
        _settle(tx, email, theirs, accounts_to, may_lapse=may_lapse)
        removing.remove_person(tx, email)
        return theirs

    return desk.do(actor, work)


def _settle(tx: UnitOfWork, email: str, keys: Sequence[str], accounts_to: str | None, *, may_lapse: bool) -> None:
    if not keys:
        return
    if accounts_to is not None and folded(accounts_to) != folded(email):
        for key in keys:
            account_settings.set_account(tx, key, {"owner": accounts_to})
    elif not may_lapse:
        raise DeskError(
            "owns_accounts",
            f"{email} answers for {', '.join(keys)}, and an account without an owner is not live (R2, R17).",
            "Say who answers for them next (--accounts-to EMAIL), or that they may lapse (--let-lapse).",
        )


def _words(actor: Actor, member: Member, url: str) -> str:
    until = member.invited_until
    assert until is not None
    return (
        f"{actor.called} invites you to Connector Desk at {url}. Sign in there with {member.email}; "
        f"the invitation stands until {until.day} {until:%B %Y}."
    )


def _message(desk: Desk, member: Member, words: str) -> EmailMessage:
    name, address = parseaddr(desk.settings.mail_from)
    message = EmailMessage()
    message["Subject"] = "You are invited to Connector Desk"
    message["From"] = Address(name or "Connector Desk", addr_spec=address)
    message["To"] = member.email
    message["Date"] = desk.clock()
    message["Message-ID"] = make_msgid(domain=address.rpartition("@")[2])
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(f"{words}\n\nIf you do not know what this is about, leave it: nothing happens then.\n")
    return message
