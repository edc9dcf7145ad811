"""Pulls: how an account's object is asked for, how far that has come, and the cursor's move with the load that carries it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from lib.db.unit_of_work import UnitOfWork
from lib.domain.access.secret_shapes import refuse_secrets, texts_in
from lib.domain.accounts import Account
from lib.domain.api.pulls import Pulled, SyncCursor
from lib.domain.api.questions import Zones
from lib.domain.api.source_text import read_source, source_values
from lib.domain.api.sources import ApiSource
from lib.domain.imports import DateRange, Load
from lib.domain.jobs import ASKED, PULL
from lib.domain.people import Right
from lib.domain.states import AccountStatus, DeliveryStatus, LoadStatus
from lib.errors import DeskError
from lib.providers import template

# A load that nobody has written to for so long was stopped: a batch takes seconds.
_STOPPED = timedelta(minutes=2)
_MOST = 500


@dataclass(frozen=True)
class Prepared:
    """Everything a pull needs but the secrets, of which it has the references."""

    account: Account
    source: ApiSource
    cursor: SyncCursor

    @property
    def zones(self) -> Zones:
        """Whose days and times it speaks of."""
        return Zones(self.account.client_timezone, self.account.timezone or self.account.client_timezone)


def prepared(tx: UnitOfWork, key: str, name: str) -> Prepared:
    """How an object is pulled now.

    DeskError `no_source` where nothing says how, `account_paused`, `credential_missing`, `tenant_missing`,
    `app_key_missing`; each names the command that mends it.
    """
    tx.actor.require(Right.IMPORT)
    account = tx.accounts.by_key(key)
    if account.status is AccountStatus.PAUSED:
        sentence = f"{key} is paused, so nothing was asked for."
        raise DeskError("account_paused", sentence, f"Run `account resume {key}`.")
    return described(tx, account, name)


def described(tx: UnitOfWork, account: Account, name: str) -> Prepared:
    """How an object of an account would be pulled, also while it is paused; DeskError as `prepared` but for that."""
    tx.actor.require(Right.SEE_DETAIL)
    source = _of_account(account, _source(tx, account, name))
    _require_said(account, source)
    return Prepared(account, source, tx.cursors.of(account, name))


def objects(tx: UnitOfWork, key: str) -> tuple[str, ...]:
    """The objects of an account that can be pulled: their source is known and a map is approved."""
    tx.actor.require(Right.IMPORT)
    account = tx.accounts.by_key(key)
    offered = template(account.provider)
    own = tx.cursors.sources_of(account)
    asked = [name for name in account.signals if name in own or offered.source(name, account.intake.pull.way)]
    return tuple(name for name in asked if tx.maps.approved(account, name) is not None)


def set_source(tx: UnitOfWork, key: str, name: str, values: Any) -> ApiSource:
    """Say how an object of an account is asked for, instead of its template; DeskError `source_invalid` says why not."""
    tx.actor.require(Right.MANAGE_ACCOUNTS)
    account = tx.accounts.by_key(key)
    if name not in account.signals:
        raise DeskError("object_not_offered", f"{key} sends no {name}.", f"It sends {', '.join(account.signals)}.")
    refuse_secrets(texts_in(values))
    source = read_source(values, name)
    tx.cursors.write_source(account, name, source_values(source))
    tx.audit.note("source set", "account", account.id, account.client_id, object=name, server=source.base_url)
    return source


def show_source(tx: UnitOfWork, key: str, name: str) -> dict[str, Any]:
    """How an object is asked for, as the plain values of a file that `set_source` takes; it holds no secret."""
    tx.actor.require(Right.SEE_DETAIL)
    account = tx.accounts.by_key(key)
    return source_values(_source(tx, account, name))


def drop_source(tx: UnitOfWork, key: str, name: str) -> None:
    """Ask as the template says again; DeskError `no_own_source` where the account says nothing itself."""
    tx.actor.require(Right.MANAGE_ACCOUNTS)
    account = tx.accounts.by_key(key)
    if not tx.cursors.drop_source(account, name):
        raise DeskError("no_own_source", f"{key} describes no source of its own for {name}.")
    tx.audit.note("source dropped", "account", account.id, account.client_id, object=name)


def cursors(tx: UnitOfWork, key: str) -> list[SyncCursor]:
    """How far each object of an account has come, with the limits and the clock its provider showed last."""
    tx.actor.require(Right.SEE_DETAIL)
    return tx.cursors.every_of([tx.accounts.by_key(key).id])


def move_on(tx: UnitOfWork, account: Account, then: SyncCursor, pulled: Pulled, *, is_backfill: bool) -> None:
    """Write down that a pull was asked and what came of it, and put the cursor where it came to.

    To be called in the transaction that brings its load into review, and nowhere before. A backfill leaves the cursor
    alone. Where another pull has moved it meanwhile, it stays there: that one asked from the same place.
    """
    if is_backfill:
        tx.cursors.note_limits(account, then)
    else:
        tx.cursors.move(account, then)
    tx.audit.note("pulled", "account", account.id, account.client_id, **asked(pulled))


def mark_asked(tx: UnitOfWork, delivery_id: int, pulled: Pulled) -> None:
    """Keep with a delivery what was asked for it: date basis, zone, since when, pages and rows."""
    delivery = tx.deliveries.by_id(delivery_id)
    tx.deliveries.mark_facts(delivery, {**delivery.facts, "asked": asked(pulled)})


def asked(pulled: Pulled) -> dict[str, Any]:
    """What was asked and what came, as plain values."""
    return {
        "object": pulled.object,
        "basis": pulled.basis,
        "zone": pulled.zone,
        "since": None if pulled.since is None else pulled.since.isoformat(),
        "days": None if pulled.days is None else pulled.days.as_dict(),
        "pages": pulled.pages,
        "rows": pulled.rows,
        "repeated": pulled.repeated,
        "expected": pulled.expected,
        "clock_skew_seconds": pulled.clock_skew_seconds,
    }


def half_written(tx: UnitOfWork, account: Account, name: str, job_id: int | None) -> list[int]:
    """Loads that an earlier pull of this object was stopped in the middle of; their rows are asked for again."""
    found = [load for load in tx.loads.of_object(account.id, name) if load.status is LoadStatus.MAPPED]
    return [load.id for load in found if _is_left(tx, load, job_id)]


def enqueue_pull(tx: UnitOfWork, key: str, name: str, days: DateRange | None, priority: int = ASKED) -> int:
    """Leave a pull to the worker; the same again, while the first is not over, is the job it already is."""
    tx.actor.require(Right.IMPORT)
    account = tx.accounts.by_key(key)
    told = {"delivery": 0, "days": None if days is None else days.as_dict()}
    for job in tx.jobs.unfinished(_MOST, account.id, PULL):
        if job.object == name and job.arguments.get("days") == told["days"]:
            return job.id
    return tx.jobs.add_job(account, PULL, name, {**told, "by": tx.actor.person_id}, priority=priority)


def _is_left(tx: UnitOfWork, load: Load, job_id: int | None) -> bool:
    delivery = tx.deliveries.by_id(load.delivery_id)
    if delivery.kind != "api" or delivery.status is DeliveryStatus.REFUSED:
        return False
    at_work = [job for job in tx.jobs.about_loads([load.id], _MOST) if job.status in ("queued", "running")]
    if any(job.id != job_id for job in at_work):
        return False
    moved: datetime = load.advanced_at or load.created_at
    return bool(at_work) or moved < tx.now - _STOPPED


def _source(tx: UnitOfWork, account: Account, name: str) -> ApiSource:
    own = tx.cursors.source_of(account, name)
    if own is not None:
        return read_source(own, name)
    found = template(account.provider).source(name, account.intake.pull.way)
    if found is None:
        raise DeskError(
            "no_source",
            f"Nothing says how {name} of {account.key} is asked for.",
            f"Describe its API in a file, and run `source set {account.key} {name} FILE`.",
        )
    return found


def _of_account(account: Account, source: ApiSource) -> ApiSource:
    """The source with what the account says of it; the tenant is put in, and secrets are not."""
    said = account.intake.pull
    auth = replace(source.auth, token_url=said.token_url or source.auth.token_url)
    return replace(
        source,
        base_url=said.base_url or source.base_url,
        auth=auth,
        look_back_days=said.look_back_days or source.look_back_days,
    )


def _require_said(account: Account, source: ApiSource) -> None:
    key, said = account.key, account.intake.pull
    missing = {
        "secret": ("credential_missing", "no credential", "credential_ref=env:NAME", account.credential_ref),
        "tenant": ("tenant_missing", "no tenant", "pull.tenant=NUMBER", said.tenant),
        "app_key": ("app_key_missing", "no app key", "pull.app_key_ref=env:NAME", said.app_key_ref),
    }
    for need in sorted(source.needs):
        code, what, setting, value = missing[need]
        if not value:
            raise DeskError(code, f"{key} has {what}, so its API is not asked.", f"Run `account set {key} {setting}`.")
