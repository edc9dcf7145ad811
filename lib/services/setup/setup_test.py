"""Tests of an account's connection: what there is to try, and what trying it came to, kept for good (F6)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from lib.db.unit_of_work import UnitOfWork
from lib.domain.accounts import Account
from lib.domain.hooks import ROW_RECEIVED_AT
from lib.domain.ladder.setup_checks import SetupCheck, SetupTest, WebhooksSeen, outcome_of
from lib.domain.people import Right
from lib.providers import template

_LISTED = 20
_ANY_EXAMPLE = {"id": "example"}


@dataclass(frozen=True)
class ToTry:
    """What of an account can be tried.

    `objects` can be asked of its API; empty where it is not asked at all. `keys` says by which field a record of each is
    known. `example` is the body of a webhook, of the template's own; `zones` those in which this provider tells its times.
    """

    account: Account
    objects: tuple[str, ...]
    keys: Mapping[str, str] = field(default_factory=dict)
    example: Mapping[str, Any] = field(default_factory=dict)
    zones: frozenset[str] = frozenset()
    webhooks: WebhooksSeen = field(default_factory=WebhooksSeen)


def to_try(tx: UnitOfWork, key: str) -> ToTry:
    """What there is to try of an account, also while it is paused.

    An API counts as asked once the account says anything of its own about it: a credential, an address, a source.
    """
    tx.actor.require(Right.IMPORT)
    account = tx.accounts.by_key(key)
    offered = template(account.provider)
    own = tx.cursors.sources_of(account)
    said = account.intake.pull
    is_asked = bool(own or account.credential_ref or said.base_url or said.tenant or said.app_key_ref)
    known = [name for name in account.signals if name in own or offered.source(name, said.way)]
    objects = tuple(known) if is_asked else ()
    mapped = {name: version.field_map for name in objects if (version := tx.maps.approved(account, name))}
    # What is used is what must work; before anything is mapped, all of it might be.
    asked = tuple(mapped) or objects
    keys = {item.object: item.key for item in offered.objects}
    for name, field_map in mapped.items():
        rule = field_map.rule_for("external_id")
        # What a map makes up itself stands in no record.
        keys[name] = "" if rule is None or rule.source.startswith("@") else rule.source
    return ToTry(
        account,
        asked,
        keys,
        _example(account),
        frozenset(item.timezone for item in offered.objects) - {"account"},
        tx.setup_tests.webhooks_seen(account.id),
    )


def keep(tx: UnitOfWork, key: str, checks: Sequence[SetupCheck], credential_mark: str) -> SetupTest:
    """Keep what a test came to, with who made it and when; it is never changed."""
    tx.actor.require(Right.IMPORT)
    account = tx.accounts.by_key(key)
    number = tx.setup_tests.add_test(account, checks, credential_mark)
    outcome, who = outcome_of(checks), tx.actor.email
    test = SetupTest(number, account.id, tx.now, who, outcome, tuple(checks), credential_mark)
    failed = {"failed": [check.key for check in test.failed]} if test.failed else {}
    tx.audit.note("setup tested", "account", account.id, account.client_id, outcome=outcome, **failed)
    return test


def tests_of(tx: UnitOfWork, key: str) -> list[SetupTest]:
    """The newest tests of an account, newest first."""
    tx.actor.require(Right.SEE_DETAIL)
    return tx.setup_tests.of_account(tx.accounts.by_key(key).id, _LISTED)


def _example(account: Account) -> dict[str, Any]:
    """The payload of the first object that has one, without the moment that the desk itself adds."""
    offered = template(account.provider)
    examples = [item.example for item in offered.objects if item.example and item.object in account.signals]
    found = examples[0] if examples else _ANY_EXAMPLE
    return {name: value for name, value in found.items() if name != ROW_RECEIVED_AT}
