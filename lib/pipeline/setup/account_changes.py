"""Change an account's settings, and see in the same transaction whether it is still proven to be live (R17)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from lib.db.unit_of_work import UnitOfWork
from lib.services.setup import account_settings, ladder


def set_account(tx: UnitOfWork, key: str, changes: Mapping[str, str]) -> dict[str, Any]:
    """The account as it is then, as plain values; refused as `account_settings.set_account` says."""
    changed = account_settings.set_account(tx, key, changes)
    return tx.accounts.by_key(key).as_dict() if ladder.lapse_if_due(tx, key) else changed
