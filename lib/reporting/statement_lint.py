"""The lint of a statement: what in it is not for a client, which of its numbers nobody counted, what it may not claim.

It shares its words with the lint of field explanations (`lib.domain.publishing.client_words`) and adds two rules of its own: no
number but those of the comparison (F118, F154), and no claim without the evidence for one (R4, R18).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date

from lib.domain.imports import DateRange
from lib.domain.publishing.client_words import Form, TextProblem, form_problems, machine_problems, personal_problems
from lib.reporting.compare import Comparison
from lib.reporting.written_numbers import known_numbers, number_words_in, numbers_in, without

SHORTEST, LONGEST = 20, 900
SHORTEST_ACTION, LONGEST_ACTION = 5, 300
SENTENCE, NEXT_ACTION = "sentence", "next_action"
_SENTENCE = Form("sentence", SHORTEST, LONGEST, signs=";")
_ACTION = Form("next action", SHORTEST_ACTION, LONGEST_ACTION, signs=";")
_REASON = Form("reason", 10, 300, signs=";")
_NOTE = Form("note", 1, 1000, signs=";")
# What the desk's people say of numbers and of what stands behind them.
_INTERNAL = ("committed", "rollup", "roll-up", "rolled up", "slice", "staged", "import batch", "needs_review", "epoch")
_LOAD = re.compile(r"(?i)\b(?:load|delivery|statement|baseline|map) #?\d+")
_CLAIMS = re.compile(
    r"(?i)\b(?:better|best|worse|worst|improv\w+|deteriorat\w+|in decline|success\w*|"
    r"thanks to|because of|due to|owing to|caused|as a result|led to|drove|driven by|paid off|boost\w*|"
    r"outperform\w*|record(?:-breaking| high| low))\b"
)


@dataclass(frozen=True)
class StatementProblem:
    """What keeps a text from a client: a stable code, what it is, and what mends it; `place` is sentence or next_action."""

    place: str
    code: str
    sentence: str
    mend: str


@dataclass(frozen=True)
class Claim:
    """Whether a sentence may say that something got better or why it moved; `why_not` ends "... because"."""

    why_not: str = ""

    @property
    def is_allowed(self) -> bool:
        """Whether there is evidence for one."""
        return not self.why_not


def claim_of(comparison: Comparison, captured_on: date) -> Claim:
    """A claim needs a complete, comparable baseline, captured before the period began, and more than ordinary variation."""
    if not comparison.is_comparable:
        return Claim("the two periods are not comparable")
    if not comparison.is_complete:
        return Claim("a period is not complete")
    if captured_on > comparison.current.range.first:
        return Claim("the baseline was captured after the current period had begun")
    if comparison.is_ordinary is None:
        return Claim("there is not enough data to say more")
    return Claim("the movement is within ordinary variation") if comparison.is_ordinary else Claim()


def statement_problems(
    sentence: str, next_action: str, comparison: Comparison, claim: Claim, meaning: str = ""
) -> tuple[StatementProblem, ...]:
    """Everything that keeps a statement from its client, of the sentence first; none where it may be read.

    The names of the source and of the metric are the client's own words already, and are not looked at.
    """
    names = (comparison.source, comparison.label, meaning.strip(" ."))
    spans = (comparison.current.range, comparison.baseline.range)
    found = [*_of(SENTENCE, text_problems(sentence, _SENTENCE, names, spans))]
    if sentence.strip():
        found += _of(
            SENTENCE, [*_numbers(without(sentence, spans, names), comparison), *_claims(sentence, names, claim)]
        )
    if next_action.strip():
        found += _of(NEXT_ACTION, text_problems(next_action, _ACTION, names, spans))
        found += _of(NEXT_ACTION, _claims(next_action, names, claim))
    return tuple(found)


def text_problems(
    text: str, form: Form, names: tuple[str, ...] = (), spans: tuple[DateRange, ...] = ()
) -> list[TextProblem]:
    """What keeps a text of some form from a client; dates of `spans` are no phone numbers."""
    if not text.strip():
        return [TextProblem(f"no_{form.noun.replace(' ', '_')}", f"There is no {form.noun}.", "Write one.")]
    shown = without(text.strip(), spans, names)
    found = [*personal_problems(shown, form), *machine_problems(shown, form, _INTERNAL), *form_problems(text, form)]
    if match := _LOAD.search(text):
        found.append(
            TextProblem("internal_words", f"“{match[0]}” means nothing to a client.", "Say what it means for them.")
        )
    return found


def reason_problems(reason: str) -> list[TextProblem]:
    """What keeps a reason for taking a number back from the client, who reads it."""
    return text_problems(reason, _REASON)


def note_problems(note: str) -> list[TextProblem]:
    """Personal data in the note of a change, which stands on the trend."""
    return list(personal_problems(note, _NOTE))


def is_for_clients(note: str) -> bool:
    """Whether a note may be read by a client as it is; it need not be a whole sentence, and claims nothing."""
    return bool(note.strip()) and not (
        _LOAD.search(note)
        or _CLAIMS.search(note)
        or "%" in note
        or personal_problems(note, _NOTE)
        or machine_problems(note, _NOTE, _INTERNAL)
    )


def _numbers(text: str, comparison: Comparison) -> list[TextProblem]:
    known = known_numbers(comparison)
    found = []
    for written in numbers_in(text, comparison.unit):
        if not any(each.is_said_by(written) for each in known):
            same = any((each.number.value, each.number.sign) == (written.value, written.sign) for each in known)
            what = "does not move that way" if same else "is no number of this comparison"
            mend = "Say it as the template has it." if same else "Use the numbers that stand on the screen."
            found.append(TextProblem("unknown_number", f"“{written.words}” {what}.", mend))
    for word in number_words_in(text):
        sentence = f"“{word}” is a number in words, which nobody can follow to where it comes from."
        found.append(
            TextProblem("number_in_words", sentence, "Write the number in figures, as it stands on the screen.")
        )
    return found


def _claims(text: str, names: tuple[str, ...], claim: Claim) -> list[TextProblem]:
    match = _CLAIMS.search(without(text, (), names))
    if match is None or claim.is_allowed:
        return []
    sentence = f"“{match[0]}” claims more than the numbers can say, because {claim.why_not}."
    return [TextProblem("claim", sentence, "Say more, fewer, higher or lower, and leave the judgement out.")]


def _of(place: str, problems: list[TextProblem]) -> list[StatementProblem]:
    return [StatementProblem(place, each.code, each.sentence, each.mend) for each in problems]
