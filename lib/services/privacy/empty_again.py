"""Keep people who were erased out of what comes in: their rows are emptied before anything of them is written."""

from __future__ import annotations

from lib.db.shared_steps.forgotten_rows import told_apart_by
from lib.db.unit_of_work import UnitOfWork
from lib.domain.accounts import Account
from lib.domain.imports import Load
from lib.domain.maps import FieldMap
from lib.domain.people import Right
from lib.domain.settings.retention import without_cells
from lib.mapping.emptied_again import ErasedPeople
from lib.mapping.forgetting import Going


def erased_people(tx: UnitOfWork, account: Account, field_map: FieldMap, hash_key: bytes) -> ErasedPeople | None:
    """Everybody erased for the account's client, with what goes of rows of this map; None where that is nobody."""
    tx.actor.require(Right.IMPORT)
    hashes = tx.erasures.hashes(account.client_id)
    if not hashes:
        return None
    going = Going.of(field_map, told_apart_by(tx, account.id, field_map.object))
    return ErasedPeople({kind: frozenset(values) for kind, values in hashes.items()}, going, hash_key)


def let_file_go(tx: UnitOfWork, load: Load, emptied: int = 0) -> int:
    """The rows of a load are there: where erased people are among them, the file they came in is not kept.

    How many rows are theirs; `emptied` are those that this try has met, an earlier one may have met others.
    """
    tx.actor.require(Right.IMPORT)
    hashes = tx.erasures.hashes(load.client_id)
    bearing = {
        row[:2] for kind, values in hashes.items() for row in tx.traces.rows_with_hash(f"{kind}_hash", values, load.id)
    }
    rows = max(emptied, len(bearing))
    if rows:
        delivery = tx.deliveries.by_id(load.delivery_id)
        tx.payloads.drop(delivery.id, 0, ("file",))
        tx.deliveries.mark_facts(delivery, without_cells(delivery.facts))
        tx.audit.note("erased people came again", "load", load.id, load.client_id, rows=rows)
    return rows
