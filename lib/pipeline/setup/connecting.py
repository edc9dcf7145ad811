"""Connect a provider to the desk: its account, and where they are new the client and the owner."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from lib.db.unit_of_work import Desk, UnitOfWork
from lib.domain.accounts import Account
from lib.domain.people import Actor, Right, Role
from lib.services.people import people
from lib.services.setup import accounts, clients
from lib.settings import has_sign_in


@dataclass(frozen=True)
class Connection:
    """A provider to be connected; `new_client` is (name, time zone) where the client is not on the desk yet.

    `source_label` is the template's where it is blank; `second_because` says why the client has it twice under one.
    """

    key: str
    client: str
    provider: str
    owner: str
    reason: str
    signals: Mapping[str, str]
    destination: str
    new_client: tuple[str, str] | None = None
    source_label: str = ""
    second_because: str = ""


def connect(desk: Desk, actor: Actor, wanted: Connection) -> Account:
    """Add the account, and where they are new the client and the owner: all of it or nothing."""
    # On a desk without sign-in a name given for the first time becomes a person; elsewhere only an admin adds people.
    role = None if has_sign_in(desk.settings) else Role.OWNER

    def work(tx: UnitOfWork) -> Account:
        tx.actor.require(Right.MANAGE_ACCOUNTS)
        if wanted.new_client is not None:
            clients.add_client(tx, wanted.client, *wanted.new_client)
        owner, _ = people.person(tx, wanted.owner, may_create_as=role)
        return accounts.add_account(
            tx,
            wanted.key,
            client=wanted.client,
            provider=wanted.provider,
            owner=owner,
            reason=wanted.reason,
            signals=wanted.signals,
            destination=wanted.destination,
            source_label=wanted.source_label,
            second_because=wanted.second_because,
        )

    return desk.do(actor, work)
