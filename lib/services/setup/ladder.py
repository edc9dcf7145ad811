"""The ladder of one account: read it, accept what only a person can confirm, promote to live, and fall back (R17, F145)."""

from __future__ import annotations

from datetime import datetime

from lib.db.shared_steps.ladder_views import LadderView, ladder_view
from lib.db.unit_of_work import UnitOfWork
from lib.domain.access.secret_shapes import refuse_secrets
from lib.domain.accounts import Account
from lib.domain.ladder.gates import BY_HAND, CONFIRMED, Gate, Rung, lacking, lapsed
from lib.domain.ladder.ladder import confirmed_marks, ladder
from lib.domain.ladder.lapses import Lapse, said_to_clients
from lib.domain.ladder.standing import PROMOTION, ROTATION, Standing
from lib.domain.people import Right
from lib.domain.states import AccountStatus
from lib.domain.tasks import LAPSED_GATE
from lib.domain.wording import counted
from lib.errors import DeskError

__all__ = [
    "Gate",
    "LadderView",
    "Lapse",
    "Rung",
    "accept_gate",
    "ladder_of",
    "lapse_if_due",
    "lapses_due",
    "marked_accounts",
    "note_rotation",
    "promote",
]

_TEXT, _LINK, _NAMED = 1000, 500, 5


def ladder_of(tx: UnitOfWork, key: str) -> LadderView:
    """The ladder of one account; NotFound outside the clients this person may see."""
    tx.actor.require(Right.SEE_DETAIL)
    return ladder_view(tx, tx.accounts.by_key(key))


def accept_gate(tx: UnitOfWork, key: str, gate: str, *, text: str = "", link: str = "") -> LadderView:
    """Accept what only a person can confirm, with words or a link that say what they looked at, never with a bare tick.

    DeskError `unknown_gate`, `gate_is_computed` for one that the desk reads for itself, `evidence_missing`,
    `evidence_too_long`, `secret_in_text`, `not_a_link`.
    """
    tx.actor.require(Right.MANAGE_ACCOUNTS)
    account = tx.accounts.by_key(key)
    view = ladder_view(tx, account)
    _require_confirmable(view, gate)
    said, where = _evidence(text, link)
    mark = confirmed_marks(account, view.standing, tx.now)[gate]
    tx.evidence.note(account, gate, said, where, {"mark": mark})
    tx.audit.note("gate accepted", "account", account.id, account.client_id, gate=gate, text=said[:300], link=where)
    return ladder_view(tx, account)


def promote(tx: UnitOfWork, key: str) -> LadderView:
    """Make an account live, and keep what every gate said then; promoted again, a live one takes its new objects in.

    DeskError `gates_missing` names every blocking gate that does not hold (R17), `is_paused`, `four_eyes` where the
    account asks for a second person and the one who promotes accepted a gate themselves.
    """
    tx.actor.require(Right.MANAGE_ACCOUNTS)
    account = tx.accounts.by_key(key)
    if account.status is AccountStatus.PAUSED:
        raise DeskError(
            "is_paused", f"{key} is paused, so it cannot go live.", f"Resume it with `account resume {key}`."
        )
    view = ladder_view(tx, account)
    _require_every_gate(view)
    _require_second_person(tx, view)
    looked_at = {
        "gates": {gate.key: gate.evidence for gate in view.gates if gate.holds},
        "marks": confirmed_marks(account, view.standing, tx.now),
    }
    tx.evidence.note(account, PROMOTION, "Every gate held.", "", looked_at)
    if not view.is_live:
        account = tx.accounts.change(account, {"status": AccountStatus.LIVE})
    for task in tx.tasks.listed(account_id=account.id, kind=LAPSED_GATE):
        tx.tasks.close_task(task, f"{tx.actor.email} promoted it to live again.")
    tx.audit.note("account promoted", "account", account.id, account.client_id, gates=len(looked_at["gates"]))
    return ladder_view(tx, account)


def lapses_due(tx: UnitOfWork, key: str = "") -> tuple[Lapse, ...]:
    """What `lapse_if_due` would let fall now; it only reads, so that nothing is locked where nothing lapsed."""
    asked = [tx.accounts.by_key(key)] if key else tx.accounts.every()
    live = [account for account in asked if account.status is AccountStatus.LIVE]
    if not live:
        return ()
    standings = tx.standings.of(live)
    found = ((account, _fallen(account, standings[account.id], tx.now)) for account in live)
    return tuple(_lapse(tx, account, gates) for account, gates in found if gates)


def lapse_if_due(tx: UnitOfWork, key: str = "") -> tuple[Lapse, ...]:
    """Let every live account in scope, or one, fall back to needs review where a blocking gate of it has lapsed.

    Each fall leaves its reason, for the desk and in a client's words, an audit line, and a task of the account's owner.
    """
    falls = lapses_due(tx, key)
    for lapse in falls:
        account = tx.accounts.by_id(lapse.account_id)
        tx.accounts.change(account, {"status": AccountStatus.NEEDS_REVIEW})
        tx.evidence.note_lapse(lapse)
        keys = [gate.key for gate in lapse.gates]
        sentence = f"{account.source_label} is no longer live. {lapse.because}"
        link, cause = f"provider_setup?account={account.key}", f"{LAPSED_GATE}:{account.id}"
        tx.tasks.open_task(account, LAPSED_GATE, cause, sentence, link, {"gates": keys})
        tx.audit.note(
            "account fell back", "account", account.id, account.client_id, gates=keys, because=lapse.because[:300]
        )
    return falls


def marked_accounts(tx: UnitOfWork) -> tuple[tuple[Account, str], ...]:
    """The live accounts with the mark of the credentials that they were tested with last, where it is not known yet to
    have become another.
    """
    live = [account for account in tx.accounts.every() if account.status is AccountStatus.LIVE]
    if not live:
        return ()
    ids = [account.id for account in live]
    tests, evidence = tx.setup_tests.newest(ids), tx.evidence.newest(ids)
    found = []
    for account in live:
        test, noted = tests.get(account.id), evidence.get(account.id, {}).get(ROTATION)
        if test is not None and test.credential_mark and (noted is None or noted.at < test.at):
            found.append((account, test.credential_mark))
    return tuple(found)


def note_rotation(tx: UnitOfWork, key: str) -> None:
    """Write down that another value stands behind an account's references than when it was tested last."""
    account = tx.accounts.by_key(key)
    tx.evidence.note(account, ROTATION, "Another value stands behind the credential's reference.", "", {})
    tx.audit.note("credential rotated", "account", account.id, account.client_id)


def _fallen(account: Account, standing: Standing, now: datetime) -> tuple[Gate, ...]:
    """What ends its being live; of one that nobody promoted, whatever lacks: the word alone proves nothing."""
    rungs = ladder(account, standing, now)
    return lapsed(rungs) if standing.promotion else lacking(rungs)


def _lapse(tx: UnitOfWork, account: Account, gates: tuple[Gate, ...]) -> Lapse:
    return Lapse(
        account_id=account.id,
        client_id=account.client_id,
        account_key=account.key,
        source_label=account.source_label,
        owner_email=account.owner_email,
        gates=gates,
        said=said_to_clients(gates),
        at=tx.now,
    )


def _require_confirmable(view: LadderView, key: str) -> None:
    gate = next((each for each in view.gates if each.key == key), None)
    takes = ", ".join(sorted(BY_HAND | CONFIRMED))
    if gate is None:
        raise DeskError(
            "unknown_gate", f"The ladder of {view.account.key} has no gate {key!r}.", f"Accept one of {takes}."
        )
    if gate.name not in BY_HAND | CONFIRMED:
        raise DeskError(
            "gate_is_computed",
            f"{gate.what} is read from what there is, so nobody can accept it by saying so.",
            gate.climb or f"It holds already; a person confirms {takes}.",
        )


def _evidence(text: str, link: str) -> tuple[str, str]:
    said, where = text.strip(), link.strip()
    if not said and not where:
        raise DeskError(
            "evidence_missing",
            "A gate is accepted with what was looked at, never with a bare tick.",
            "Say it with --text, or give a link with --link.",
        )
    refuse_secrets([("the evidence", said), ("the link", where)])
    if len(said) > _TEXT or len(where) > _LINK:
        raise DeskError(
            "evidence_too_long",
            "That evidence is too long.",
            f"Use at most {_TEXT} characters, and {_LINK} for a link.",
        )
    if where and not where.startswith(("https://", "http://")):
        raise DeskError("not_a_link", f"{where[:60]!r} is no link.", "Begin it with https://, or say it with --text.")
    return said, where


def _require_every_gate(view: LadderView) -> None:
    missing = view.lacking
    if not missing:
        return
    named = [f"{gate.key} ({gate.why.rstrip('.')})" for gate in missing[:_NAMED]]
    named += [gate.key for gate in missing[_NAMED:]]
    raise DeskError(
        "gates_missing",
        f"{view.account.key} cannot go live: {counted(len(missing), 'gate')} to climb, {'; '.join(named)}.",
        missing[0].climb or f"`account ladder {view.account.key}` shows every gate.",
    )


def _require_second_person(tx: UnitOfWork, view: LadderView) -> None:
    own = [gate for gate in view.gates if gate.name in BY_HAND and gate.accepted_by == tx.actor.email]
    if view.account.is_four_eyes and own:
        raise DeskError(
            "four_eyes",
            f"{tx.actor.email} accepted {own[0].what.lower()}, and {view.account.key} asks for a second person.",
            "Let somebody else promote it.",
        )
