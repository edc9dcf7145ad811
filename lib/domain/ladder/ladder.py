"""The ladder an account climbs by evidence (MISSION.md, The ladder): its six rungs, computed from what there is."""

from __future__ import annotations

from datetime import datetime

from lib.domain.accounts import Account
from lib.domain.ladder.gates import RUNGS, Rung
from lib.domain.ladder.rungs.access import access, marks
from lib.domain.ladder.rungs.compared import compared
from lib.domain.ladder.rungs.connected import connected
from lib.domain.ladder.rungs.looking import Looking
from lib.domain.ladder.rungs.mapped import mapped, tested
from lib.domain.ladder.rungs.watched import watched
from lib.domain.ladder.standing import Standing

_RULES = {1: access, 2: connected, 3: mapped, 4: tested, 5: compared, 6: watched}


def ladder(account: Account, standing: Standing, now: datetime) -> tuple[Rung, ...]:
    """The six rungs as they stand at this moment; nothing of it is stored, so nothing can be ticked off."""
    look = Looking(account, standing, now)
    return tuple(Rung(number, RUNGS[number], rule(look)) for number, rule in _RULES.items())


def confirmed_marks(account: Account, standing: Standing, now: datetime) -> dict[str, str]:
    """What a person who confirms a gate now confirms it for, by gate: kept beside their words, and compared later."""
    return marks(Looking(account, standing, now))
