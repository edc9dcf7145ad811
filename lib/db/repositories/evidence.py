"""What persons confirmed of gates, promotions, and falls from live: written once, read newest first."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Row, func, select

from lib.db.repositories.base import Repository
from lib.db.tables.evidence import account_evidence, account_lapses
from lib.db.tables.people import people
from lib.domain.accounts import Account
from lib.domain.ladder.lapses import Lapse
from lib.domain.ladder.standing import EvidenceSeen, FellBack


class EvidenceRepository(Repository):
    """The ledger of gates; nothing of it is ever changed."""

    def newest(self, account_ids: Sequence[int]) -> dict[int, dict[str, EvidenceSeen]]:
        """The newest line of each gate of each of these accounts, by account and gate; one query."""
        top = (
            select(func.max(account_evidence.c.id))
            .where(account_evidence.c.account_id.in_(account_ids), self.tx.visible(account_evidence))
            .group_by(account_evidence.c.account_id, account_evidence.c.gate)
        )
        statement = (
            select(account_evidence, people.c.email, people.c.is_active)
            .join(people, people.c.id == account_evidence.c.person_id)
            .where(account_evidence.c.id.in_(top))
        )
        found: dict[int, dict[str, EvidenceSeen]] = {}
        for row in self.all(statement):
            found.setdefault(row.account_id, {})[row.gate] = _evidence(row)
        return found

    def note(self, account: Account, gate: str, text: str, link: str, looked_at: Mapping[str, Any]) -> int:
        """Keep what the person of this transaction said of a gate, and what they looked at; the id it has."""
        return self.add(
            account_evidence,
            account_id=account.id,
            client_id=account.client_id,
            gate=gate,
            text=text,
            link=link,
            person_id=self.tx.actor.person_id,
            at=self.tx.now,
            looked_at=dict(looked_at),
        )

    def fell_back(self, account_ids: Sequence[int]) -> dict[int, FellBack]:
        """The newest fall of each of these accounts that ever fell, by the account's id; one query."""
        top = (
            select(func.max(account_lapses.c.id))
            .where(account_lapses.c.account_id.in_(account_ids), self.tx.visible(account_lapses))
            .group_by(account_lapses.c.account_id)
        )
        return {
            row.account_id: FellBack(row.because, row.at)
            for row in self.all(select(account_lapses).where(account_lapses.c.id.in_(top)))
        }

    def note_lapse(self, lapse: Lapse) -> int:
        """Keep a fall from live; the id it has."""
        return self.add(
            account_lapses,
            account_id=lapse.account_id,
            client_id=lapse.client_id,
            at=lapse.at,
            gates=[gate.key for gate in lapse.gates],
            because=lapse.because[:1000],
            said=lapse.said[:300],
            person_id=self.tx.actor.person_id,
        )


def _evidence(row: Row[Any]) -> EvidenceSeen:
    return EvidenceSeen(row.gate, row.text, row.link, row.email, bool(row.is_active), row.at, row.looked_at)
