"""What a client may read of a field is a calm sentence: nothing personal, no words of machines or of the desk's own."""

from __future__ import annotations

import pytest

from lib.mapping.client_safe import LONGEST, explanation_problems
from lib.mapping.explanations import EXPLANATIONS


@pytest.mark.parametrize("text", list(EXPLANATIONS.values()))
def test_every_explanation_that_the_desk_suggests_is_for_a_client(text: str) -> None:
    assert explanation_problems(text) == ()


@pytest.mark.parametrize(
    ("text", "code", "names"),
    [
        ("", "no_explanation", ""),
        ("Write to dana@harbor.com about it.", "personal_data", "dana@harbor.com"),
        ("Call (303) 555-0142 when it is late.", "personal_data", "303) 555-0142"),
        ("Mrs Whitfield decides what it is.", "personal_data", "Mrs Whitfield"),
        ("It is explained on www.harbor.com.", "web_address", ""),
        ("The lead_status of the request.", "machine_words", "lead_status"),
        ("What the createdOn field of the request says.", "machine_words", "createdOn"),
        ("What we SELECT for the report each week.", "machine_words", "SELECT"),
        ("The group of the call: {group}.", "machine_words", "{"),
        ("The timestamp of the request.", "jargon", "timestamp"),
        ("What the APIs of the provider say.", "jargon", "API"),
        ("Which business unit takes care of it.", "jargon", "business unit"),
        ("Rows with another verdict are elsewhere.", "internal_words", "verdict"),
        ("Too short.", "too_short", "10"),
        ("Long. " * 40, "too_long", str(LONGEST)),
        ("The day on which it\nwas asked for.", "several_lines", ""),
        ("the day on which it was asked for.", "no_capital", ""),
        ("The day on which it was asked for", "no_end", ""),
    ],
)
def test_what_is_not_for_a_client_is_said_with_its_mend(text: str, code: str, names: str) -> None:
    found = [problem for problem in explanation_problems(text) if problem.code == code]
    assert len(found) == 1
    assert names in found[0].sentence
    assert found[0].mend


@pytest.mark.parametrize(
    "text",
    [
        "What the work cost, 1,234.50 dollars and 8% tax in 2026 included.",
        "When the visit was booked (the first time)!",
        "In which town the work is, as “Denver”.",
        "Whether the customer's line was staged for home staging.",
    ],
)
def test_an_ordinary_sentence_passes(text: str) -> None:
    assert explanation_problems(text) == ()
