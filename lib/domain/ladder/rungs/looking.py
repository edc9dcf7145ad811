"""What every rule of a gate is handed: the account, its facts and the moment; and how it answers."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from lib.domain.accounts import Account
from lib.domain.ladder.gates import GATES, WARNINGS, Gate
from lib.domain.ladder.standing import EvidenceSeen, Standing
from lib.domain.states import AccountStatus
from lib.domain.wording import counted

_RUNG_OF = {name: rung for rung, names in GATES.items() for name in names}


@dataclass(frozen=True)
class Looking:
    """One look at one account."""

    account: Account
    standing: Standing
    now: datetime

    def gate(
        self,
        key: str,
        what: str,
        holds: bool,
        evidence: str,
        *,
        by: str = "",
        at: datetime | None = None,
        stale: str = "",
        climb: str = "",
        page: str = "provider_setup",
    ) -> Gate:
        """The gate `key`. What held when the account went live and holds no more has lapsed, whatever the reason.

        A gate that was not there when it went live (of an object that somebody began with since) cannot lapse, and blocks
        nothing while it is live. `page` names a page, and behind a question mark what stands in its address beside the
        account.
        """
        name = key.partition(".")[0]
        was_there = self.standing.promotion is None or key in self.standing.held
        if not holds and not stale and key in self.standing.held:
            stale = f"it held when the account went live; now: {evidence}"
        elif stale and not was_there:
            evidence, stale = f"{evidence}: {stale}", ""
        place, _, asked = page.partition("?")
        return Gate(
            key=key,
            rung=_RUNG_OF[name],
            what=what,
            holds=holds,
            evidence=evidence,
            accepted_by=by,
            accepted_at=at,
            stale_because="" if holds else stale,
            is_blocking=name not in WARNINGS and (was_there or self.account.status is not AccountStatus.LIVE),
            climb="" if holds else climb,
            link=f"{place}?account={self.account.key}{'&' if asked else ''}{asked}",
        )

    def written(self, key: str, what: str, text: str, climb: str) -> Gate:
        """A gate that holds while something is written there; whoever answers for the account has accepted it."""
        by = self.account.owner_email if text else ""
        return self.gate(key, what, bool(text), text or "Nothing is written", by=by, climb=climb)

    def by_hand(self, key: str, what: str, climb: str, *, mark: str, good_days: int) -> Gate:
        """A gate that only a person can confirm; it goes stale when `mark` is no longer what it was, and with time."""
        said = self.standing.evidence.get(key)
        if said is None:
            return self.gate(key, what, False, "Nobody has confirmed it", climb=climb)
        stale = self._stale(said, mark, good_days)
        return self.gate(key, what, not stale, words_of(said), by=said.by, at=said.at, stale=stale, climb=climb)

    def is_old(self, at: datetime, days: int) -> bool:
        """Whether so many days have gone by since."""
        return self.now - at > timedelta(days=days)

    @property
    def good_days(self) -> int:
        """How long something that was tried out stays good: as the desk says, or for as long as the account may be silent."""
        return max(self.standing.settings.test_days, -(-self.account.freshness_hours // 24))

    def _stale(self, said: EvidenceSeen, mark: str, good_days: int) -> str:
        was = said.looked_at.get("mark", mark)
        if was != mark:
            return f"it was confirmed for {was}, and it is {mark} now"
        if not said.is_here:
            return f"{said.by}, who confirmed it, is no longer a person of this desk"
        if self.is_old(said.at, good_days):
            return f"it was confirmed more than {counted(good_days, 'day')} ago, on {day_in_words(said.at)}"
        return ""


def words_of(said: EvidenceSeen) -> str:
    """What a person said, with the link behind it."""
    return " ".join(part for part in (said.text, said.link) if part)


def day_in_words(at: datetime) -> str:
    """`20 Nov 2026`."""
    return f"{at.day} {at:%b %Y}"


def named(object_name: str) -> str:
    """An object as a person reads it."""
    return object_name.replace("_", " ")
