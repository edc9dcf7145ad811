"""A test of an account's connection: everything is tried, nothing is taken in, and what it came to is kept (F6)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from lib.db.unit_of_work import Desk
from lib.domain.api.pulls import SyncCursor
from lib.domain.api.questions import changes
from lib.domain.hooks import as_set
from lib.domain.ladder.setup_checks import CheckResult, SetupCheck, SetupTest
from lib.domain.people import Actor
from lib.errors import DeskError
from lib.intake.checking.api import Asked, api_checks, first_page, not_asked
from lib.intake.checking.credentials import credential_check
from lib.intake.checking.drop_place import drop_check
from lib.intake.checking.expiry import expiry_check
from lib.intake.checking.time_zone import time_zone_check
from lib.intake.checking.webhook import SIGNATURE, Hooked, signature_check
from lib.intake.secret_values import secret_value
from lib.pipeline.intake.credentials import mark_of, signed_source
from lib.pipeline.setup.watching import watch_ladder
from lib.providers.senders import SECRET_FIELDS
from lib.services.arriving import pulls
from lib.services.arriving.pulls import Prepared
from lib.services.arriving.receipt_groups import sender_of
from lib.services.setup import setup_test
from lib.services.setup.setup_test import ToTry


def try_account(desk: Desk, actor: Actor, key: str) -> SetupTest:
    """Try an account's credentials, API, webhooks, clock and zone, and keep the result; a failed check is a value.

    A paused account is tried too, since it is set up while it is paused. Whatever the provider does is no DeskError. A
    live account whose test fails falls back at once.
    """
    there = desk.ask(actor, setup_test.to_try, key)
    checks = tuple(_checks(desk, actor, there))
    mark = mark_of(desk, there.account)
    test = desk.do(actor, setup_test.keep, key, checks, mark)
    if not test.is_good:
        watch_ladder(desk, actor, key)
    return test


def _checks(desk: Desk, actor: Actor, there: ToTry) -> Sequence[SetupCheck]:
    account = there.account
    ready, missing = _prepared(desk, actor, there)
    credential = credential_check(account, desk.settings, missing)
    asked = _asked_for(desk, ready) if credential.result is not CheckResult.FAILED else []
    unusable = next((item.trouble for item in asked if item.is_unusable), None)
    if unusable is not None:
        credential, asked = credential_check(account, desk.settings, unusable), []
    records = [record for item in asked if item.page is not None for record in item.page.records]
    return (
        credential,
        *_of_api(there, asked),
        drop_check(account.intake.drop, desk.settings),
        _signature(desk, there),
        time_zone_check(account, records, there.zones),
        expiry_check(account, desk.clock()),
    )


def _of_api(there: ToTry, asked: Sequence[Asked]) -> Sequence[SetupCheck]:
    if not there.objects:
        return not_asked("Its API is not asked: the account names no credential, address or source for one.")
    if not asked:
        return not_asked("Not asked, since there is no credential that could be used.")
    return api_checks(asked, there.keys, timedelta(seconds=there.account.intake.hook.tolerance_seconds))


def _prepared(desk: Desk, actor: Actor, there: ToTry) -> tuple[list[Prepared], DeskError | None]:
    """How each object is asked; the first thing that the account does not say stops it."""
    ready: list[Prepared] = []
    for name in there.objects:
        try:
            ready.append(desk.ask(actor, pulls.described, there.account, name))
        except DeskError as missing:
            return [], missing
    return ready, None


def _asked_for(desk: Desk, ready: Sequence[Prepared]) -> list[Asked]:
    """One page of each object; a credential that is refused is not tried for the others too, which could lock it."""
    asked: list[Asked] = []
    for item in ready:
        asked.append(_asked(desk, item))
        if asked[-1].is_end:
            break
    return asked


def _asked(desk: Desk, ready: Prepared) -> Asked:
    """One page of what changed within the first days that a pull would ask for, wherever its cursor stands."""
    blank = SyncCursor(ready.account.id, ready.source.object)
    question = changes(ready.source, blank, desk.clock(), ready.zones)
    try:
        source, secret = signed_source(desk, ready)
    except DeskError as trouble:
        return Asked(ready.source, trouble=trouble)
    return first_page(source, secret, question.query, desk.clock, desk.sleep)


def _signature(desk: Desk, there: ToTry) -> SetupCheck:
    account = there.account
    if not account.webhook_secret_ref:
        return SetupCheck(SIGNATURE, CheckResult.NOT_APPLICABLE, "It takes no webhooks: it names no secret for them.")
    try:
        secret = secret_value(account.webhook_secret_ref, desk.settings)
    except DeskError as missing:
        return SetupCheck(SIGNATURE, CheckResult.FAILED, f"No webhook can be verified: {missing.message}", missing.hint)
    hook = account.intake.hook
    hooked = Hooked(as_set(sender_of(account), hook), secret, hook.tolerance_seconds)
    return signature_check(hooked, there.example, SECRET_FIELDS, there.webhooks, desk.clock())
