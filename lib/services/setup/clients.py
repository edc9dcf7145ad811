"""Add a client and list those there are."""

from __future__ import annotations

import re

from lib.clock import zone
from lib.db.unit_of_work import UnitOfWork
from lib.domain.access.secret_shapes import refuse_secrets
from lib.domain.accounts import Client
from lib.domain.people import Right
from lib.errors import DeskError

# `every` is how somebody is let see every client, so nothing is called that.
_KEY = re.compile(r"(?!every$)[a-z0-9][a-z0-9_-]{0,59}")


def add_client(tx: UnitOfWork, key: str, name: str, timezone: str, *, is_demo: bool = False) -> Client:
    """Add a client, whose days are counted in `timezone`."""
    tx.actor.require(Right.MANAGE_DESK)
    require_key("client", key)
    zone(timezone)
    refuse_secrets([("the client's name", name)])
    if not name.strip():
        raise DeskError("name_missing", "A client needs a name.", "Give one with --name.")
    if tx.clients.find(key) is not None:
        raise DeskError("client_exists", f"There is a client {key} already.", "`client list` shows it.")
    client = tx.clients.add_client(key, name.strip(), timezone, is_demo=is_demo)
    tx.audit.note("client added", "client", client.id, client.id, key=key, timezone=timezone)
    return client


def every_client(tx: UnitOfWork) -> list[Client]:
    """Every client the person may see."""
    tx.actor.require(Right.SEE_DETAIL)
    return tx.clients.every()


def require_key(noun: str, key: str) -> None:
    """Keys stand in commands, addresses and metric names, so they are plain."""
    if not _KEY.fullmatch(key):
        raise DeskError(
            "key_invalid",
            f"{key!r} cannot be the key of a {noun}.",
            "Use up to 60 small letters, digits, - and _, beginning with a letter or digit.",
        )
