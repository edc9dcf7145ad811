"""Suggest, save and approve field maps; an import runs only through an approved one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import pandas as pd

from lib.clock import zone
from lib.db.repositories.maps import MapVersion
from lib.db.unit_of_work import UnitOfWork
from lib.domain.accounts import Account
from lib.domain.mapping.approvals import refusal, within
from lib.domain.maps import RECEIVED_AT, UNPLACED, FieldMap, FieldRule
from lib.domain.objects import object_type
from lib.domain.people import Right
from lib.domain.states import HAS_GONE_LIVE, MapStatus
from lib.errors import DeskError
from lib.mapping import document
from lib.mapping.apply import MapProblem, check_map
from lib.mapping.document import fingerprint
from lib.mapping.map_diff import differences, in_one_text
from lib.mapping.placement import Placement, placement
from lib.mapping.remembered import header_key, lessons, nearest, with_own_synonyms
from lib.mapping.suggest import suggest
from lib.providers import template

# As many characters as a change note and a rollback note have.
_LONGEST_NOTE = 1000


def suggest_map(tx: UnitOfWork, key: str, name: str, sample: pd.DataFrame) -> FieldMap:
    """A complete suggestion for a sample's header set: every field mapped, or ignored as unplaced."""
    tx.actor.require(Right.EDIT_MAPS)
    account = tx.accounts.by_key(key)
    require_object(account, name)
    offered = template(account.provider).object(name)
    named = with_own_synonyms(offered, tx.synonyms.of_provider(account.provider, name))
    zone = account.timezone or account.client_timezone
    suggested = suggest(
        sample,
        object_type(name),
        named,
        owner=account.owner_email,
        timezone=zone,
        learned=nearest(tx.learned.believable(account, name, [header_key(str(header)) for header in sample.columns])),
    )
    return _dated(suggested, account) if offered.is_dated_by_receipt else suggested


def placed(field_map: FieldMap, headers: Sequence[str]) -> Placement:
    """How much of a file's columns a map answers for, and the names of the rest (F33)."""
    return placement(field_map, headers)


def to_text(field_map: FieldMap) -> str:
    """The map as a hand-editable YAML file."""
    return document.dump_map(field_map)


def from_text(text: str) -> FieldMap:
    """The map that a YAML file holds; DeskError `map_invalid` names the place of a mistake."""
    return document.load_map(text)


def save_map(tx: UnitOfWork, key: str, field_map: FieldMap, note: str = "") -> MapVersion:
    """Submit a map for approval as a new version, with a note that says why.

    The same content again is the version it already is, in use or waiting as the newest.
    """
    tx.actor.require(Right.EDIT_MAPS)
    account = tx.accounts.by_key(key)
    require_object(account, field_map.object)
    _refuse_problems(check_map(field_map, None, object_type(field_map.object)))
    mark = fingerprint(field_map)
    same = _standing(tx, account, field_map.object, mark)
    if same is not None:
        return same
    version = tx.maps.submit(account, field_map, mark, within(note, "note", 500))
    tx.audit.note(
        "map submitted", "map_version", version.id, account.client_id, object=version.object, version=version.version
    )
    return version


def submit_again(tx: UnitOfWork, key: str, name: str, version: int, note: str = "") -> MapVersion:
    """Submit what an earlier version says as a new one: the way back from a change, in one step."""
    tx.actor.require(Right.EDIT_MAPS)
    found = tx.maps.numbered(tx.accounts.by_key(key), name, version)
    return save_map(tx, key, found.field_map, note.strip() or f"Map {version} again.")


def approve_map(
    tx: UnitOfWork, key: str, name: str, version: int, *, rollback_note: str = "", baseline_id: int | None = None
) -> MapVersion:
    """Approve a submitted version; the one it replaces is retired. Four eyes is asked here, where it is written.

    Where the account has gone live a change needs a rollback note (R13) and the baseline that it is measured against (R4).
    Wherever a baseline is named, the change is noted beside it in the words of the difference.
    """
    tx.actor.require(Right.APPROVE_MAPS)
    account = tx.accounts.by_key(key)
    found = tx.maps.numbered(account, name, version)
    refused = refusal(tx.actor, account, found.submitted_by)
    if refused is not None:
        raise refused
    rollback = within(rollback_note, "rollback note", _LONGEST_NOTE)
    if account.status in HAS_GONE_LIVE:
        _require_way_back(account, rollback, baseline_id)
    before = tx.maps.approved(account, name)
    if baseline_id is not None:
        _note_change(tx, account, found, before, baseline_id)
    tx.maps.approve(found, rollback, baseline_id)
    # What a demo decided is nobody else's experience.
    is_demo = tx.clients.by_key(account.client_key).is_demo
    tx.learned.learn(account, name, lessons(found.field_map), is_travelling=not is_demo)
    tx.audit.note(
        "map approved",
        "map_version",
        found.id,
        account.client_id,
        object=name,
        version=version,
        unplaced=unplaced(found.field_map),
        baseline=baseline_id,
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


def _standing(tx: UnitOfWork, account: Account, name: str, mark: str) -> MapVersion | None:
    """The version in use, or the newest where it waits, if it says just this."""
    current = tx.maps.approved(account, name)
    if current is not None and current.fingerprint == mark:
        return current
    newest = tx.maps.newest(account, name)
    is_same = newest is not None and newest.status is MapStatus.SUBMITTED and newest.fingerprint == mark
    return newest if is_same else None


def _require_way_back(account: Account, rollback: str, baseline_id: int | None) -> None:
    if not rollback:
        raise DeskError(
            "rollback_note_missing",
            f"{account.key} has gone live, and a change of such an account needs a rollback note.",
            "Say what is done when the new map turns out wrong, with --rollback.",
        )
    if baseline_id is None:
        raise DeskError(
            "baseline_missing",
            f"{account.key} has gone live, and a change is measured against a baseline captured before it.",
            "Name one with --baseline; `baseline capture` makes one.",
        )


def _note_change(
    tx: UnitOfWork, account: Account, found: MapVersion, before: MapVersion | None, baseline_id: int
) -> None:
    """Write the change beside the baseline, which must be one of this account's numbers."""
    captured = tx.baselines.by_id(baseline_id)
    if tx.metrics.by_id(captured.metric_id).account_id != account.id:
        raise DeskError(
            "baseline_of_another",
            f"Baseline {baseline_id} is of another account, so it measures nothing of {account.key}.",
            "Name one of this account's own numbers.",
        )
    said = in_one_text(differences(before.field_map if before else None, found.field_map), _LONGEST_NOTE - 60)
    lead = f"Map {found.version} of {found.object.replace('_', ' ')} in use" + (
        f" instead of map {before.version}." if before else "."
    )
    day = tx.now.astimezone(zone(account.client_timezone)).date()
    tx.baselines.add_note(account, baseline_id, "mapping", day, f"{lead} {said}".strip())


def _refuse_problems(problems: Sequence[MapProblem]) -> None:
    if problems:
        first = problems[0]
        more = f" ({len(problems) - 1} more after it)" if len(problems) > 1 else ""
        raise DeskError("map_invalid", f"{first.place}: {first.sentence}{more}", first.mend)
