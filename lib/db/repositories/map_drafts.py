"""Drafts of field maps: the step that stands, the steps around it, and a compare-and-set under every change."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import and_, delete, func, select, update

from lib.db.repositories.base import Repository
from lib.db.tables.map_drafts import map_draft_steps, map_drafts
from lib.db.tables.maps import map_versions
from lib.db.tables.people import people
from lib.domain.accounts import Account
from lib.domain.states import MapStatus

# So many steps can be undone.
KEPT_STEPS = 50

Plain = dict[str, Any]


@dataclass(frozen=True)
class KeptStep:
    """One step of a draft: the whole map as plain values (None: nothing mapped), who made it, when, and what it did."""

    position: int
    revision: int
    content: Plain | None
    origin: str
    said: str
    edited_by: int
    edited_at: datetime


@dataclass(frozen=True)
class KeptDraft:
    """One draft without its steps; `editor` is the name, else the address, of who changed it last."""

    id: int
    revision: int
    position: int
    sample: Plain
    edited_by: int
    editor: str
    edited_at: datetime


class MapDraftRepository(Repository):
    """One draft for every (account, object)."""

    def of(self, account: Account, name: str) -> KeptDraft | None:
        """The draft of an object, or None."""
        statement = (
            select(map_drafts, people.c.name.label("person"), people.c.email)
            .join(people, people.c.id == map_drafts.c.edited_by)
            .where(map_drafts.c.account_id == account.id, map_drafts.c.object == name, self.tx.visible(map_drafts))
        )
        row = self.one(statement)
        if row is None:
            return None
        return KeptDraft(
            row.id, row.revision, row.position, row.sample, row.edited_by, row.person or row.email, row.edited_at
        )

    def steps(self, draft: KeptDraft, first: int, last: int) -> list[KeptStep]:
        """The steps at these positions, in order."""
        found = self.all(
            select(map_draft_steps)
            .join(map_drafts, map_drafts.c.id == map_draft_steps.c.draft_id)
            .where(
                map_draft_steps.c.draft_id == draft.id,
                map_draft_steps.c.position.between(first, last),
                self.tx.visible(map_drafts),
            )
            .order_by(map_draft_steps.c.position)
        )
        return [
            KeptStep(row.position, row.revision, row.content, row.origin, row.said, row.edited_by, row.edited_at)
            for row in found
        ]

    def editors_since(self, draft: KeptDraft, since: datetime) -> dict[int, datetime]:
        """Who made a step that is still kept since then, with the moment of their last one."""
        found = self.all(
            select(map_draft_steps.c.edited_by, func.max(map_draft_steps.c.edited_at).label("last"))
            .join(map_drafts, map_drafts.c.id == map_draft_steps.c.draft_id)
            .where(
                map_draft_steps.c.draft_id == draft.id,
                map_draft_steps.c.edited_at >= since,
                self.tx.visible(map_drafts),
            )
            .group_by(map_draft_steps.c.edited_by)
        )
        return {row.edited_by: row.last for row in found}

    def is_submitted(self, account: Account, name: str, fingerprint: str, since: datetime) -> bool:
        """Whether a version that waits, or was ever in use, says exactly this and was submitted since then."""
        found = select(func.count()).where(
            map_versions.c.account_id == account.id,
            map_versions.c.object == name,
            map_versions.c.fingerprint == fingerprint,
            map_versions.c.submitted_at >= since,
            map_versions.c.status.in_([MapStatus.SUBMITTED, MapStatus.APPROVED, MapStatus.RETIRED]),
            self.tx.visible(map_versions),
        )
        return bool(self.connection.execute(found).scalar_one())

    def begin(self, account: Account, name: str, base: Plain | None, origin: str, sample: Plain) -> None:
        """Write a draft that stands on `base`; DeskError `changed_meanwhile` where somebody began one just before."""
        draft_id = self.add(
            map_drafts,
            account_id=account.id,
            client_id=account.client_id,
            object=name,
            revision=1,
            position=0,
            sample=sample,
            edited_by=self.tx.actor.person_id,
            edited_at=self.tx.now,
        )
        self._write_step(draft_id, 0, 1, base, origin, "")

    def advance(self, draft: KeptDraft, position: int, sample: Plain | None = None) -> bool:
        """Move the draft to a position and its next revision; False where it is no longer at the revision it was read."""
        moved = self.run(
            update(map_drafts)
            .where(and_(map_drafts.c.id == draft.id, map_drafts.c.revision == draft.revision))
            .values(
                revision=draft.revision + 1,
                position=position,
                edited_by=self.tx.actor.person_id,
                edited_at=self.tx.now,
                **({} if sample is None else {"sample": sample}),
            )
        )
        return moved.rowcount == 1

    def add_step(self, draft: KeptDraft, content: Plain | None, origin: str, said: str) -> None:
        """Write the step behind the one that stands, once `advance` has moved there; what was undone is gone for good."""
        position, theirs = draft.position + 1, map_draft_steps.c.draft_id == draft.id
        self.run(delete(map_draft_steps).where(theirs, map_draft_steps.c.position >= position))
        self.run(delete(map_draft_steps).where(theirs, map_draft_steps.c.position < position - KEPT_STEPS))
        self._write_step(draft.id, position, draft.revision + 1, content, origin, said)

    def point_sample(self, draft: KeptDraft, sample: Plain) -> None:
        """Remember where the draft's sample is found; the last one to choose it counts, and nothing is lost by it."""
        self.run(update(map_drafts).where(map_drafts.c.id == draft.id).values(sample=sample))

    def _write_step(
        self, draft_id: int, position: int, revision: int, content: Plain | None, origin: str, said: str
    ) -> None:
        self.add(
            map_draft_steps,
            draft_id=draft_id,
            position=position,
            revision=revision,
            content=content,
            origin=origin[:190],
            said=said[:190],
            edited_by=self.tx.actor.person_id,
            edited_at=self.tx.now,
        )
