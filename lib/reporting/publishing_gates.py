"""The gates before a client: what keeps a comparison from being published, and who may open the last one (R14, R17, R18)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from lib.domain.accounts import Account
from lib.domain.ladder.gates import Gate
from lib.domain.metrics import Metric, Surface
from lib.domain.people import Actor, Role
from lib.domain.states import AccountStatus
from lib.errors import DeskError, NotAllowed
from lib.reporting.compare import Comparison

_NOT_LIVE = "not_live"
_LONGEST_REASON = 500
# A metric that ends as a task, an alert or a signal of health is not made for a client (R22).
_SHOWN_ON = frozenset({Surface.PORTAL_CARD, Surface.REPORT_NOTE})


def refusals(
    account: Account, metric: Metric, comparison: Comparison, lacking: Sequence[Gate], objects: frozenset[str]
) -> Iterator[DeskError]:
    """Why nothing can be published of this comparison now, one by one; that the account is not live comes last.

    `lacking` are the gates of the account's ladder that do not hold, warnings left out, and `objects` what the metric is
    counted from: live is what is proven now, not the word that was written down, and of another object nothing is asked.
    """
    if metric.template.surface not in _SHOWN_ON:
        yield DeskError(
            "not_for_clients",
            f"{metric.name} ends as a {metric.template.surface.replace('_', ' ')}, not with a client.",
            "Choose a metric that is made for the portal.",
        )
    if not comparison.is_complete:
        yield DeskError(
            "incomplete",
            f"A period of {metric.name} is not complete, so nothing can be claimed of it.",
            "Import the days that are missing, or choose complete periods.",
        )
    mine = [gate for gate in lacking if not gate.object or gate.object in objects]
    if account.status is not AccountStatus.LIVE or mine:
        yield DeskError(
            _NOT_LIVE,
            f"{account.key} is {_standing_of(account, mine)}, so nothing of it is shown to the client.",
            "An admin may publish it nevertheless, by name and with a reason.",
        )


def _standing_of(account: Account, lacking: Sequence[Gate]) -> str:
    """Why it is not live, in words: what lacks first, or that nobody has promoted it."""
    if lacking:
        said = f"{lacking[0].what.lower()}: {lacking[0].why.rstrip('.')}"
        return f"no longer live ({said})" if account.status is AccountStatus.LIVE else f"not live yet ({said})"
    return "not live yet, and waits to be promoted"


def may_override(actor: Actor, refused: DeskError) -> bool:
    """Whether this person may publish in spite of a refusal, with a reason: an admin, before the account is live."""
    return refused.code == _NOT_LIVE and actor.role is Role.ADMIN


def override(actor: Actor, account: Account, refused: Iterable[DeskError], reason: str) -> str:
    """The reason to keep where an admin publishes before the account is live; '' where nothing refuses.

    Every other refusal is raised, and this one too without a reason; NotAllowed for a reason from somebody else.
    """
    said = reason.strip()[:_LONGEST_REASON]
    for trouble in refused:
        if trouble.code != _NOT_LIVE or not said:
            raise trouble
        if not may_override(actor, trouble):
            raise NotAllowed(
                f"{actor.email} is no admin, and only an admin publishes before {account.key} is live.",
                "Ask an admin of this desk to publish it.",
            )
        return said
    return ""
