"""Open the desk on its databases, bring them to head, and connect a provider to it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from lib.clock import Clock, utc_now
from lib.db.migrations.history import APP, TRAFFIC, require_head
from lib.db.rights.checkup import require_no_ddl
from lib.db.unit_of_work import Desk, UnitOfWork, open_databases
from lib.domain.accounts import Account
from lib.domain.people import Actor, Right, Role
from lib.hash_key import hash_key
from lib.services.people import people
from lib.services.setup import accounts, clients
from lib.settings import Settings, has_sign_in, load_settings


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


def open_desk(settings: Settings | None = None, clock: Clock = utc_now) -> Desk:
    """The desk, ready to work; DeskError in one sentence when a database is down, not migrated, newer or not ours.

    On a server it does not run as somebody who may change its tables (R19), unless DESK_DEVELOPMENT says that it may.
    """
    chosen = settings or load_settings()
    desk = open_databases(chosen, hash_key(chosen), clock)
    try:
        require_head(APP, desk.app)
        require_head(TRAFFIC, desk.traffic)
        require_no_ddl(chosen, desk.app, desk.traffic)
    except BaseException:
        desk.close()
        raise
    return desk


def migrate(settings: Settings, progress: Callable[[str], None] = lambda _: None) -> None:
    """Bring both databases to head as the migrating user, and write the local admin down."""
    desk = open_databases(settings, hash_key(settings), is_migrating=True)
    try:
        APP.upgrade(desk.app, progress)
        TRAFFIC.upgrade(desk.traffic, progress)
        people.ensure_local_admin(desk)
    finally:
        desk.close()


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
