"""What a statement is asked before it is written or published: its words, its numbers, its note, and who does what next."""

from __future__ import annotations

from collections.abc import Sequence

from lib.db.repositories.statements import Statement
from lib.db.shared_steps.statement_cards import Compared
from lib.db.unit_of_work import UnitOfWork
from lib.domain.accounts import Account
from lib.domain.publishing.client_words import TextProblem
from lib.domain.publishing.statement_states import StatementStatus
from lib.errors import DeskError
from lib.reporting.card import same_names, same_numbers
from lib.reporting.card_record import card_from
from lib.reporting.portal_card import PortalCard
from lib.reporting.statement_lint import StatementProblem, claim_of, note_problems, statement_problems


def problems(found: Compared, sentence: str, action: str) -> tuple[StatementProblem, ...]:
    """Everything that keeps these words over a comparison from their client."""
    claim = claim_of(found.comparison, found.captured_on())
    return statement_problems(sentence, action, found.comparison, claim, found.metric.template.client_meaning)


def refuse(found: Sequence[StatementProblem | TextProblem]) -> None:
    """DeskError `not_for_clients` with the first of what was found; nothing where there is none."""
    if found:
        more = f" ({len(found) - 1} more after it)" if len(found) > 1 else ""
        raise DeskError("not_for_clients", f"{found[0].sentence}{more}", found[0].mend)


def is_over(statement: Statement, found: Compared) -> bool:
    """Whether a statement is over this very comparison."""
    return (statement.baseline_id, statement.range) == (found.captured.id, found.now.range)


def rewords(versions: list[Statement], found: Compared, sentence: str) -> Statement | None:
    """The published version whose wording a sentence changes; None where it is none's."""
    shown = next((each for each in versions if each.status is StatementStatus.PUBLISHED), None)
    return shown if shown and is_over(shown, found) and shown.sentence != sentence else None


def change_note_of(versions: list[Statement], found: Compared, sentence: str, note: str) -> str:
    """Why the wording of a published card changes (R4); '' where it does not."""
    if rewords(versions, found, sentence) is None:
        return ""
    said = note.strip()
    if not said:
        raise DeskError(
            "change_note_missing",
            f"The client reads another sentence of {found.metric.name} now, and a change of wording is noted against "
            f"baseline {found.captured.id}.",
            "Say in a change note why the wording changes.",
        )
    refuse(note_problems(said))
    return said[:1000]


def require_same(statement: Statement, now: PortalCard) -> None:
    """What was approved is what the client reads, so it must be what the numbers still say; DeskError `numbers_moved`."""
    kept = card_from(statement.card)
    if same_numbers(kept, now) and same_names(kept, now):
        return
    moved = f": it says {kept.current}, and it is {now.current}" if kept.current != now.current else ""
    raise DeskError(
        "numbers_moved",
        f"The numbers under statement {statement.id} changed since it was written{moved}.",
        "Write it again over the numbers as they are now.",
    )


def owner_named(tx: UnitOfWork, account: Account, email: str) -> tuple[int | None, str]:
    """Who does what comes next, and what they are called; DeskError `unknown_person` for somebody not of this client."""
    if not email.strip():
        return None, ""
    person = tx.people.by_email(email)
    if person is None or not person.may_see(account.client_id):
        raise DeskError(
            "unknown_person",
            f"{email.strip()} is no person of this desk who sees {account.client_key}.",
            "Name somebody who does, or nobody.",
        )
    return person.person_id, person.name or person.email.partition("@")[0]


def address_of(tx: UnitOfWork, person_id: int | None) -> str:
    """The address of a person who is still of this desk, else ''."""
    person = None if person_id is None else tx.people.by_id(person_id)
    return "" if person is None else person.email
