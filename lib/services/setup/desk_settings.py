"""Say what holds for the whole desk, and show it with who said it when."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any

from lib.db.unit_of_work import UnitOfWork
from lib.domain.access.secret_shapes import refuse_secrets
from lib.domain.people import Right
from lib.domain.settings.desk_settings import DeskSettings
from lib.domain.settings_text import with_setting


@dataclass(frozen=True)
class SaidSetting:
    """One setting of the desk: what it is now, and who said so when; nobody where it is at its default."""

    name: str
    value: int
    said_by: str
    said_at: datetime | None

    def as_dict(self) -> dict[str, Any]:
        """Plain values, for machines."""
        at = self.said_at.isoformat() if self.said_at else None
        return {"name": self.name, "value": self.value, "said_by": self.said_by, "said_at": at}


def show_desk(tx: UnitOfWork) -> list[SaidSetting]:
    """Every setting of the desk."""
    tx.actor.require(Right.SEE_DETAIL)
    now, said = tx.desk_settings.now(), {row.name: row for row in tx.desk_settings.newest()}
    return [
        SaidSetting(
            item.name,
            getattr(now, item.name),
            said[item.name].email if item.name in said else "",
            said[item.name].at if item.name in said else None,
        )
        for item in fields(DeskSettings)
    ]


def set_desk(tx: UnitOfWork, changes: Mapping[str, str]) -> tuple[str, ...]:
    """Change settings of the desk, all of them or none.

    Returns the keys of the accounts that keep payloads shorter than the law allows now: their retention has lapsed.
    """
    tx.actor.require(Right.MANAGE_DESK)
    refuse_secrets(changes.items())
    before = now = tx.desk_settings.now()
    for name, text in changes.items():
        now = with_setting(now, name, text)
    changed = {
        item.name: [getattr(before, item.name), getattr(now, item.name)]
        for item in fields(DeskSettings)
        if getattr(before, item.name) != getattr(now, item.name)
    }
    for name, (_, value) in changed.items():
        tx.desk_settings.say(name, str(value))
    if changed:
        told = [f"{name}: {was} → {value}" for name, (was, value) in changed.items()]
        tx.audit.note("desk settings changed", "desk", 0, None, changed=told)
    return tuple(item.key for item in tx.accounts.every() if not now.keeps_long_enough(item.retention_days))
