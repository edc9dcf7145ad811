"""What approved maps have taught, on its three levels; only this client's level holds anything of a client."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, and_, case, delete, or_, select, true, update

from lib.db.bulk import insert_many
from lib.db.repositories.base import Repository
from lib.db.tables.accounts import integration_provider_accounts as accounts
from lib.db.tables.learned import learned_mappings as table
from lib.db.tables.people import people
from lib.domain.accounts import Account
from lib.domain.mapping.learned import NO_PROVIDER, Learned, Lesson, Level
from lib.domain.maps import Transform
from lib.errors import NotFound

# As many are looked through by a person.
MOST_LISTED = 1000


class LearnedRepository(Repository):
    """A client's own memory is kept inside its scope; wider ones hold header names and targets, and nothing else."""

    def believable(self, account: Account, name: str, keys: Collection[str]) -> list[Learned]:
        """What was learned of these headers for an account's object, on every level; what is forgotten is marked so."""
        found = self.all(
            self._select().where(
                table.c.scope.in_(_scopes(account).values()),
                table.c.object == name,
                table.c.header.in_(list(keys)),
                self._in_scope(),
            )
        )
        return [self._learned(row) for row in found]

    def listed(self, account: Account, name: str, keys: Collection[str]) -> list[Learned]:
        """What concerns an account's object, forgotten ones included, the nearest and latest first, MOST_LISTED of them.

        Of the wider levels somebody who may not see every client is shown what a client of theirs taught and what these
        headers say anyway: another client's header names are nobody's business.
        """
        nearness = case({level.value: place for place, level in enumerate(Level)}, value=table.c.level)
        found = self.all(
            self._select()
            .where(
                table.c.scope.in_(_scopes(account).values()),
                table.c.object == name,
                self._in_scope(),
                self._may_list(keys),
            )
            .order_by(nearness, table.c.learned_at.desc(), table.c.id)
            .limit(MOST_LISTED)
        )
        return [self._learned(row) for row in found]

    def by_id(self, learned_id: int) -> Learned:
        """One memory; NotFound outside the scope."""
        row = self.one(self._select().where(table.c.id == learned_id, self._in_scope()))
        if row is None:
            raise NotFound("memory", learned_id, "`map learned list` shows those there are.")
        return self._learned(row)

    def set_forgotten(self, learned_id: int, *, is_forgotten: bool) -> None:
        """Forget a memory, or remember it again."""
        who, when = (self.tx.actor.person_id, self.tx.now) if is_forgotten else (None, None)
        self.run(update(table).where(table.c.id == learned_id).values(forgotten_by=who, forgotten_at=when))

    def learn(self, account: Account, name: str, taught: Sequence[Lesson], *, is_travelling: bool) -> None:
        """Write down what a map of this account's object taught; the wider levels only where `is_travelling`.

        The client's level keeps one target a header, the latest. The wider ones count the clients that teach a target:
        another approval of the same adds nothing there, and a change of mind takes its word back.
        """
        scopes = _scopes(account)
        known = {(row.scope, row.header, row.target): row for row in self._known(scopes.values(), name, taught)}
        own = {row.header: row for key, row in known.items() if key[0] == scopes[Level.CLIENT]}
        new: list[dict[str, Any]] = []
        for lesson in taught:
            before = own.get(lesson.key)
            is_news = before is None or before.target != lesson.target
            if before is not None and before.target != lesson.target:
                self.run(delete(table).where(table.c.id == before.id))
                self._take_back(known, scopes, before)
            new += self._taught(known, account, name, lesson, Level.CLIENT)
            if is_news and is_travelling and lesson.may_travel:
                for level in scopes.keys() - {Level.CLIENT}:
                    new += self._taught(known, account, name, lesson, level)
        insert_many(self.connection, table, new)

    def _taught(
        self, known: dict[tuple[str, str, str], Row[Any]], account: Account, name: str, lesson: Lesson, level: Level
    ) -> list[dict[str, Any]]:
        """Count a lesson on one level: the row to be added where it is new there, else nothing."""
        scope, is_own = _scopes(account)[level], level is Level.CLIENT
        values: dict[str, Any] = {
            "transforms": [{"name": s.name, "options": s.options} for s in lesson.transforms] if is_own else [],
            "reason": lesson.reason if is_own else "",
            "written": lesson.written,
            "account_id": account.id,
            "learned_by": self.tx.actor.person_id,
            "learned_at": self.tx.now,
            "forgotten_by": None,
            "forgotten_at": None,
        }
        row = known.get((scope, lesson.key, lesson.target))
        if row is not None:
            # What was deleted begins anew.
            times = 1 if row.forgotten_at is not None else row.times + 1
            self.run(update(table).where(table.c.id == row.id).values(**values, times=times))
            return []
        place = {"level": level, "scope": scope, "object": name, "header": lesson.key, "target": lesson.target}
        whose = {
            "client_id": account.client_id if is_own else None,
            "provider": "" if level is Level.EVERYONE else account.provider,
        }
        return [{**values, **place, **whose, "times": 1}]

    def _take_back(
        self, known: dict[tuple[str, str, str], Row[Any]], scopes: dict[Level, str], before: Row[Any]
    ) -> None:
        for scope in scopes.values():
            row = known.get((scope, before.header, before.target))
            if row is None or row.client_id is not None:
                continue
            less = table.c.id == row.id
            if row.times > 1:
                self.run(update(table).where(less).values(times=table.c.times - 1))
            else:
                self.run(delete(table).where(less))

    def _known(self, scopes: Collection[str], name: str, taught: Sequence[Lesson]) -> list[Row[Any]]:
        keys = [lesson.key for lesson in taught]
        return self.all(
            select(table).where(table.c.scope.in_(scopes), table.c.object == name, table.c.header.in_(keys))
        )

    def _in_scope(self) -> ColumnElement[bool]:
        return or_(table.c.client_id.is_(None), self.tx.visible(table))

    def _may_list(self, keys: Collection[str]) -> ColumnElement[bool]:
        if self.tx.actor.client_ids is None:
            return true()
        return or_(table.c.client_id.is_not(None), table.c.header.in_(list(keys)), accounts.c.id.is_not(None))

    def _select(self) -> Select[Any]:
        # The account is joined only where its client may be seen; elsewhere nobody learns who taught it.
        seen = and_(accounts.c.id == table.c.account_id, self.tx.visible(accounts))
        return (
            select(table, accounts.c.key.label("account"), people.c.email)
            .outerjoin(accounts, seen)
            .outerjoin(people, and_(people.c.id == table.c.learned_by, accounts.c.id.is_not(None)))
        )

    def _learned(self, row: Row[Any]) -> Learned:
        return Learned(
            id=row.id,
            level=Level(row.level),
            provider=row.provider,
            object=row.object,
            key=row.header,
            written=row.written,
            target=row.target,
            transforms=tuple(Transform(step["name"], step["options"]) for step in row.transforms),
            reason=row.reason,
            times=row.times,
            account=row.account or "",
            person=row.email or "",
            learned_at=row.learned_at,
            is_forgotten=row.forgotten_at is not None,
        )


def _scopes(account: Account) -> dict[Level, str]:
    """The scopes that an account's memories stand in; accounts of no known provider have no provider in common."""
    scopes = {Level.CLIENT: f"client {account.client_id} {account.provider}"}
    if account.provider != NO_PROVIDER:
        scopes[Level.PROVIDER] = f"provider {account.provider}"
    return {**scopes, Level.EVERYONE: "everyone"}
