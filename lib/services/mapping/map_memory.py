"""Show, delete and bring back what approved maps have taught, and keep the names that people taught for a provider.

What is taught is written where a map is approved, and asked where one is suggested; both are in `maps`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from lib.db.unit_of_work import UnitOfWork
from lib.domain.mapping.learned import Learned, Level, OwnSynonym
from lib.domain.objects import object_type
from lib.domain.people import Actor, Right
from lib.errors import DeskError, NotAllowed
from lib.mapping.likely import LikelyTarget, likely_targets
from lib.mapping.profile import ColumnProfile
from lib.mapping.remembered import header_key, nearest, with_own_synonyms
from lib.providers import template

__all__ = [
    "Learned",
    "Level",
    "LikelyTarget",
    "MapMemory",
    "OwnSynonym",
    "add_synonym",
    "forget",
    "likely",
    "map_memory",
    "own_synonyms",
    "remember_again",
    "remove_synonym",
]

_LONGEST = 190


@dataclass(frozen=True)
class MapMemory:
    """What concerns one object of one account, forgotten ones included; and which levels this person may change."""

    provider: str
    provider_name: str
    learned: tuple[Learned, ...]
    synonyms: tuple[OwnSynonym, ...]
    changeable: frozenset[Level]

    @property
    def believed(self) -> int:
        """How many are not forgotten."""
        return sum(not item.is_forgotten for item in self.learned)


def map_memory(tx: UnitOfWork, key: str, name: str, headers: Sequence[str] = ()) -> MapMemory:
    """What the desk has learned about an account's object; `headers` are those of the file that is looked at."""
    tx.actor.require(Right.EDIT_MAPS)
    account = tx.accounts.by_key(key)
    found = tx.learned.listed(account, name, [header_key(header) for header in headers])
    changeable = frozenset(level for level in Level if _may_change(tx.actor, level))
    provider = template(account.provider)
    synonyms = tuple(tx.synonyms.of_provider(account.provider, name))
    return MapMemory(provider.key, provider.name, tuple(found), synonyms, changeable)


def likely(tx: UnitOfWork, key: str, name: str, column: ColumnProfile) -> tuple[LikelyTarget, ...]:
    """The targets of one column of a sample, the likeliest first (F32)."""
    tx.actor.require(Right.EDIT_MAPS)
    account = tx.accounts.by_key(key)
    offered = with_own_synonyms(
        template(account.provider).object(name), tx.synonyms.of_provider(account.provider, name)
    )
    key_of = header_key(column.name)
    believed = nearest(tx.learned.believable(account, name, [key_of])).get(key_of)
    return likely_targets(column, object_type(name), offered, believed)


def forget(tx: UnitOfWork, learned_id: int) -> Learned:
    """Delete one memory; it is believed no more, until it is brought back or taught anew."""
    return _set(tx, learned_id, is_forgotten=True)


def remember_again(tx: UnitOfWork, learned_id: int) -> Learned:
    """Undo the deletion of a memory."""
    return _set(tx, learned_id, is_forgotten=False)


def own_synonyms(tx: UnitOfWork, provider: str, name: str) -> tuple[OwnSynonym, ...]:
    """The names that people taught for one object of a provider."""
    tx.actor.require(Right.EDIT_MAPS)
    template(provider).object(name)
    return tuple(tx.synonyms.of_provider(provider, name))


def add_synonym(tx: UnitOfWork, provider: str, name: str, written: str, target: str) -> OwnSynonym:
    """Teach that a provider calls a column so; it holds for every account of the provider from now on.

    DeskError `bad_synonym` for a name that is none, `unknown_column` for a column that the object does not have.
    """
    _require(tx.actor, Level.PROVIDER)
    template(provider).object(name)
    object_type(name).column(target)
    written = " ".join(written.split())
    if not header_key(written) or len(written) > _LONGEST:
        raise DeskError("bad_synonym", f"A synonym needs 1 to {_LONGEST} characters.", "Type the header as it stands.")
    added = tx.synonyms.add_synonym(provider, name, header_key(written), written, target)
    tx.audit.note("synonym added", "provider_synonym", added.id, None, provider=provider, object=name, column=target)
    return added


def remove_synonym(tx: UnitOfWork, synonym_id: int) -> OwnSynonym:
    """Take a taught name away; adding it again undoes that."""
    _require(tx.actor, Level.PROVIDER)
    found = tx.synonyms.by_id(synonym_id)
    tx.synonyms.remove(synonym_id)
    tx.audit.note("synonym removed", "provider_synonym", found.id, None, provider=found.provider, object=found.object)
    return found


def _set(tx: UnitOfWork, learned_id: int, *, is_forgotten: bool) -> Learned:
    tx.actor.require(Right.APPROVE_MAPS)
    found = tx.learned.by_id(learned_id)
    _require(tx.actor, found.level)
    if found.is_forgotten != is_forgotten:
        tx.learned.set_forgotten(learned_id, is_forgotten=is_forgotten)
        what = "memory deleted" if is_forgotten else "memory brought back"
        client = tx.accounts.by_key(found.account).client_id if found.level is Level.CLIENT else None
        tx.audit.note(what, "learned_mapping", learned_id, client, level=found.level, object=found.object)
    return tx.learned.by_id(learned_id)


def _may_change(actor: Actor, level: Level) -> bool:
    """What holds for every client is changed only by somebody who may see every client."""
    return actor.may(Right.APPROVE_MAPS) and (level is Level.CLIENT or actor.client_ids is None)


def _require(actor: Actor, level: Level) -> None:
    actor.require(Right.APPROVE_MAPS)
    if not _may_change(actor, level):
        raise NotAllowed(f"{actor.email} sees some clients only and may not change what holds for every client.")
