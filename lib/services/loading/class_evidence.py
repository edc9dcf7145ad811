"""Say why rows of a load are not genuine: each mark or rule that told a class, with its sentence and its rows."""

from __future__ import annotations

from dataclasses import dataclass

from lib.db.unit_of_work import UnitOfWork
from lib.domain.people import Right
from lib.domain.verdicts import RowClass
from lib.mapping.classes import PRECEDENCE, class_code
from lib.providers import template
from validation.reasons import REASONS

_BY_PERSON = "class_by_person"


@dataclass(frozen=True)
class Evidence:
    """One sign of a class: `reason` finds its rows, `given_by` says whose it is, `sentence` is kept with the rows."""

    row_class: RowClass | None
    reason: str
    sentence: str
    given_by: str
    rows: int


def class_evidence(tx: UnitOfWork, load_id: int) -> tuple[Evidence, ...]:
    """Every sign of a class in a load, most rows first. A row may bear several; its class is that of the strongest.

    NotFound outside the person's clients. A rule that was removed since is still told by its number.
    """
    tx.actor.require(Right.SEE_DETAIL)
    load = tx.loads.by_id(load_id)
    codes = {class_code(kind): kind for kind in PRECEDENCE}
    if not (codes.keys() | {_BY_PERSON}) & set(load.reasons):
        return ()
    account = tx.accounts.by_id(load.account_id)
    own = {(rule.mark.row_class, rule.mark.key): rule.mark.evidence for rule in account.class_rules}
    of_provider = {(mark.row_class, mark.key): mark.evidence for mark in reversed(template(account.provider).marks)}
    found = []
    for code, key, rows in tx.rows.told_by(load.id, [*codes, _BY_PERSON]):
        kind = codes.get(code)
        reason = f"{code}:{key}" if key else code
        if kind is None:
            found.append(Evidence(None, reason, REASONS[code].sentence, "a person", rows))
        elif key.startswith("rule_"):
            words = f"rule {key.removeprefix('rule_')} of this account"
            gone = "The rule was removed since; its words are in the log."
            found.append(Evidence(kind, reason, own.get((kind, key), gone), words, rows))
        else:
            sentence = of_provider.get((kind, key), REASONS[code].sentence)
            found.append(Evidence(kind, reason, sentence, f"{account.source_label}'s marks", rows))
    return tuple(sorted(found, key=lambda item: (-item.rows, item.reason)))
