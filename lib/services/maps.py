"""Suggest, save and approve field maps; an import runs only through an approved one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import pandas as pd

from lib.db.repositories.maps import MapVersion
from lib.db.unit_of_work import UnitOfWork
from lib.domain.accounts import Account
from lib.domain.maps import RECEIVED_AT, UNPLACED, FieldMap, FieldRule
from lib.domain.objects import object_type
from lib.domain.people import Right
from lib.errors import DeskError
from lib.mapping import document
from lib.mapping.apply import MapProblem, check_map
from lib.mapping.document import fingerprint
from lib.mapping.suggest import suggest
from lib.providers import template


def suggest_map(tx: UnitOfWork, key: str, name: str, sample: pd.DataFrame) -> FieldMap:
    """A complete suggestion for a sample's header set: every field mapped, or ignored as unplaced."""
    tx.actor.require(Right.EDIT_MAPS)
    account = tx.accounts.by_key(key)
    require_object(account, name)
    offered = template(account.provider).object(name)
    zone = account.timezone or account.client_timezone
    suggested = suggest(sample, object_type(name), offered, owner=account.owner_email, timezone=zone)
    return _dated(suggested, account) if offered.is_dated_by_receipt else suggested


def to_text(field_map: FieldMap) -> str:
    """The map as a hand-editable YAML file."""
    return document.dump_map(field_map)


def from_text(text: str) -> FieldMap:
    """The map that a YAML file holds; DeskError `map_invalid` names the place of a mistake."""
    return document.load_map(text)


def save_map(tx: UnitOfWork, key: str, field_map: FieldMap) -> MapVersion:
    """Submit a map for approval as a new version; the same content again is the version it already is."""
    tx.actor.require(Right.EDIT_MAPS)
    account = tx.accounts.by_key(key)
    require_object(account, field_map.object)
    _refuse_problems(check_map(field_map, None, object_type(field_map.object)))
    mark = fingerprint(field_map)
    current = tx.maps.approved(account, field_map.object)
    if current is not None and current.fingerprint == mark:
        return current
    version = tx.maps.submit(account, field_map, mark)
    tx.audit.note(
        "map submitted", "map_version", version.id, account.client_id, object=version.object, version=version.version
    )
    return version


def approve_map(tx: UnitOfWork, key: str, name: str, version: int) -> MapVersion:
    """Approve a submitted version; the one it replaces is retired. Four eyes is asked here, where it is written."""
    tx.actor.require(Right.APPROVE_MAPS)
    account = tx.accounts.by_key(key)
    found = tx.maps.numbered(account, name, version)
    if account.is_four_eyes and found.submitted_by == tx.actor.person_id:
        raise DeskError(
            "four_eyes",
            f"{tx.actor.email} submitted version {version}, and {key} asks for a second person.",
            "Let somebody else approve it.",
        )
    tx.maps.approve(found)
    tx.audit.note(
        "map approved",
        "map_version",
        found.id,
        account.client_id,
        object=name,
        version=version,
        unplaced=unplaced(found.field_map),
    )
    return tx.maps.by_id(found.id)


def approved_map(tx: UnitOfWork, key: str, name: str) -> tuple[Account, MapVersion]:
    """The account and its approved map for an object; DeskError `no_approved_map` where there is none."""
    tx.actor.require(Right.IMPORT)
    account = tx.accounts.by_key(key)
    require_object(account, name)
    found = tx.maps.approved(account, name)
    if found is None:
        raise DeskError(
            "no_approved_map",
            f"{key} has no approved map for {name} yet, so nothing was imported.",
            "Make one: `map suggest`, look at it, `map save`, `map approve`.",
        )
    return account, found


def require_object(account: Account, name: str) -> None:
    """Refuse an object that the account does not send, or whose database is not the account's (R7)."""
    if name not in account.signals:
        raise DeskError(
            "object_not_offered",
            f"{account.key} sends no {name}.",
            f"It sends {', '.join(account.signals)}.",
        )
    where = object_type(name).destination
    if where is not account.destination:
        raise DeskError(
            "wrong_destination",
            f"A {name} belongs to the {where} database, and {account.key} was set up for {account.destination}.",
            f"Set up an account with --destination {where}.",
        )


def unplaced(field_map: FieldMap) -> int:
    """How many fields were left out only because nothing fits them."""
    return sum(item.reason == UNPLACED for item in field_map.ignored)


def _dated(field_map: FieldMap, account: Account) -> FieldMap:
    """The map with the moment of receipt for its date, where no field of the sample holds one."""
    column = object_type(field_map.object).date_column
    if field_map.rule_for(column) is not None:
        return field_map
    receipt = FieldRule(
        source=RECEIVED_AT,
        target=column,
        label="Received",
        owner=account.owner_email,
        explanation="When this first came in.",
        reason="the provider sends no time of its own, so the moment of receipt counts",
    )
    return replace(field_map, fields=(*field_map.fields, receipt))


def _refuse_problems(problems: Sequence[MapProblem]) -> None:
    if problems:
        first = problems[0]
        more = f" ({len(problems) - 1} more after it)" if len(problems) > 1 else ""
        raise DeskError("map_invalid", f"{first.place}: {first.sentence}{more}", first.mend)
