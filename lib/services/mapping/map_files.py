"""A field map as it stands on somebody's page, found again by its fingerprint, as the file it is kept and edited in."""

from __future__ import annotations

from lib.db.unit_of_work import UnitOfWork
from lib.domain.accounts import Account
from lib.domain.maps import FieldMap
from lib.domain.people import Right
from lib.errors import DeskError
from lib.mapping.document import dump_map, fingerprint
from lib.mapping.draft_content import from_content


def mark_of(field_map: FieldMap) -> str:
    """What a map is found again by."""
    return fingerprint(field_map)


def map_text(tx: UnitOfWork, key: str, name: str, mark: str) -> str:
    """The map of an account's object with this fingerprint, the draft that is kept or a version, as a YAML file.

    DeskError `changed_meanwhile` where none is that any more; NotFound outside the scope.
    """
    tx.actor.require(Right.EDIT_MAPS)
    account = tx.accounts.by_key(key)
    draft = _kept(tx, account, name)
    if draft is not None and fingerprint(draft) == mark:
        return dump_map(draft)
    for line in tx.maps.history(account, name):
        found = tx.maps.numbered(account, name, line.version).field_map
        if fingerprint(found) == mark:
            return dump_map(found)
    raise DeskError(
        "changed_meanwhile", "The draft was changed since the page showed it.", "Look at it, then ask again."
    )


def _kept(tx: UnitOfWork, account: Account, name: str) -> FieldMap | None:
    found = tx.map_drafts.of(account, name)
    steps = tx.map_drafts.steps(found, found.position, found.position) if found else []
    return from_content(steps[0].content) if steps else None
