"""Match rules: which record a row stands for when its external id is not known.

A match says that the provider has given a thing it had sent before another id, or none: the row updates that record,
and from then on the new id is linked to it. So a match stays within one account and one object, that is within one
signal (R3): a marketplace lead never becomes a form lead, and that both come from one person shows where either is
looked for by phone or e-mail. A second request by the same person is a second lead for nearly every provider, hence no
account has rules until somebody gives it some.

Only genuine rows match, and only genuine records: a test never takes over a lead, and a request that a marketplace
resold stays a record of its own with its fee (R10). A phone that the provider masked belongs to nobody and never
matches. The first rule that finds anything decides; where it finds several records a person does.
"""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum

from lib.domain.objects import Destination, object_type
from lib.errors import DeskError


class MatchRule(StrEnum):
    """What must be the same."""

    PHONE = "phone"
    EMAIL = "email"
    PHONE_AND_EMAIL = "phone+email"

    @property
    def fields(self) -> tuple[str, ...]:
        """The columns that are compared, all of them."""
        return tuple(self.value.split("+"))

    @property
    def code(self) -> str:
        """The reason given to a row that it matched."""
        return f"matched_by_{'_and_'.join(self.fields)}"


# A person's word: this record, or a new one.
BY_PERSON, NEW_BY_PERSON = "matched_by_person", "new_by_person"
AMBIGUOUS, KNOWN_BY_MATCH, SAME_RECORD = "ambiguous_match", "known_by_match", "same_record"
NEW_LINKS = frozenset({BY_PERSON, *(rule.code for rule in MatchRule)})
# Every word that matching says of a row, found anew whenever it is judged.
MATCH_CODES = NEW_LINKS | {NEW_BY_PERSON, AMBIGUOUS, KNOWN_BY_MATCH, SAME_RECORD}
# Of a row that matches no record although rules were asked; as a record id it is none.
NEW_RECORD = -1


def read_rules(name: str, texts: Sequence[str]) -> tuple[MatchRule, ...]:
    """Ordered rules for an object, as a person typed them; DeskError `unknown_match_rule`."""
    kind = object_type(name)
    usable = [
        rule for rule in MatchRule if kind.destination is Destination.APP and set(rule.fields) <= set(kind.column_names)
    ]
    rules = []
    for text in dict.fromkeys(text.strip().casefold() for text in texts if text.strip()):
        found = next((rule for rule in usable if set(rule.fields) == set(text.split("+"))), None)
        if found is None:
            offered = f"Use some of {', '.join(usable)}, best first." if usable else "It is known by its id alone."
            raise DeskError("unknown_match_rule", f"Rows of {name} cannot be matched by {text!r}.", offered)
        rules.append(found)
    return tuple(rules)
