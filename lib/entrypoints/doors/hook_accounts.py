"""The accounts that take webhooks: looked up, kept a few seconds, and longer while the database is away."""

from __future__ import annotations

import asyncio
import re
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field

from lib.db.unit_of_work import Desk
from lib.domain.accounts import Account
from lib.domain.hooks import HookSettings, Sender, as_set
from lib.entrypoints.guards.pace import Pace
from lib.errors import DeskError
from lib.intake.secret_values import secret_value
from lib.log import log
from lib.services.arriving.receipt_groups import sender_of
from lib.services.people.people import local_admin
from lib.settings import Settings

_KEY = re.compile(r"[a-z0-9][a-z0-9_-]{0,59}")
# What is known is good for so long; then the next request looks again, and waits a moment for what it finds.
_FRESH_SECONDS, _PATIENCE_SECONDS = 5.0, 0.2
# While the database is away nobody looks again for so long: nothing can have been changed.
_AWAY_SECONDS = 25.0
# Keys that nobody knows are remembered too, and only so many of them are looked up in a minute.
_MOST_UNKNOWN, _NEW_PER_MINUTE = 1_000, 1_200


@dataclass(frozen=True)
class HookAccount:
    """An account as far as its webhooks go; the values of its secrets stay in here."""

    id: int
    client_id: int
    key: str
    sender: Sender
    settings: HookSettings
    secrets: tuple[str, ...] = field(repr=False)
    challenge: str = field(default="", repr=False)


@dataclass
class _Known:
    account: HookAccount | None
    at: float
    looking: asyncio.Task[None] | None = None
    looked_at: float = 0.0


class HookAccounts:
    """Looks accounts up by their keys. Of one that was never seen nothing is known while the database is away."""

    def __init__(self, opened: Callable[[], Desk]) -> None:
        """`opened` gives the desk; it may block, and raises DeskError while the database is away."""
        self._opened = opened
        self._known: dict[str, _Known] = {}
        self._pace = Pace(_NEW_PER_MINUTE)
        self._threads = ThreadPoolExecutor(2, "hook-account")

    async def of(self, key: str) -> HookAccount | None:
        """The account called `key`, None where there is none that takes webhooks; DeskError where nobody can say.

        DeskError `too_many` where somebody goes through keys that nobody has.
        """
        if not _KEY.fullmatch(key):
            return None
        known = self._known.get(key)
        if known is None:
            if self._pace.wait_seconds(""):
                raise DeskError("too_many", "Too many addresses are tried.")
            await self._look(key)
        elif time.monotonic() - known.at > _FRESH_SECONDS:
            await self._looked_again(key, known)
        return self._known[key].account

    async def _looked_again(self, key: str, known: _Known) -> None:
        """One look for all who ask meanwhile; nobody waits long for it, since what is known is as good as nothing new."""
        now = time.monotonic()
        if known.looking is None or known.looking.done():
            known.looking, known.looked_at = asyncio.create_task(self._look_again(key, known)), now
        left = _PATIENCE_SECONDS - (now - known.looked_at)
        if left > 0:
            await asyncio.wait([known.looking], timeout=left)

    async def _look_again(self, key: str, known: _Known) -> None:
        try:
            await self._look(key)
        except DeskError as trouble:
            known.at = time.monotonic() + _AWAY_SECONDS
            log.info("the account of a webhook cannot be looked up for the moment: %s", trouble.code)

    async def _look(self, key: str) -> None:
        found = await asyncio.get_running_loop().run_in_executor(self._threads, self._found, key)
        if found is None and sum(item.account is None for item in self._known.values()) >= _MOST_UNKNOWN:
            self._known = {name: item for name, item in self._known.items() if item.account is not None}
        self._known[key] = _Known(found, time.monotonic())

    def _found(self, key: str) -> HookAccount | None:
        desk = self._opened()
        account = desk.ask(local_admin(desk), lambda tx: tx.accounts.find(key))
        return None if account is None or not account.webhook_secret_ref else _hook_account(account, desk.settings)


def _hook_account(account: Account, settings: Settings) -> HookAccount:
    hook = account.intake.hook
    references = [account.webhook_secret_ref, hook.previous_secret_ref]
    secrets = [value for value in (_value(reference, settings) for reference in references) if value]
    return HookAccount(
        account.id,
        account.client_id,
        account.key,
        as_set(sender_of(account), hook),
        hook,
        tuple(secrets),
        _value(hook.challenge_ref, settings),
    )


def _value(reference: str, settings: Settings) -> str:
    if not reference:
        return ""
    try:
        return secret_value(reference, settings)
    except DeskError as trouble:
        log.warning("a secret of a webhook is missing: %s", trouble.message)
        return ""
