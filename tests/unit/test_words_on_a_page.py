"""Text from outside shows as itself, whatever it tries to be."""

from __future__ import annotations

import pytest

from lib.domain.states import AccountStatus, LoadStatus
from lib.domain.verdicts import RowClass, Verdict
from lib.ui.parts.marks import account_badge, class_marks, load_badge, verdict_marks
from lib.ui.parts.words import counted, plain, said, sentence


@pytest.mark.parametrize(
    "text",
    ["![x](http://evil.example/p.png)", "[click](http://evil.example)", "**bold**", "`code`", "<b>x</b>", "$x^2$"],
)
def test_plain_text_keeps_no_markdown_mark(text: str) -> None:
    shown = plain(text)
    for position, character in enumerate(shown):
        if character in "*_`[]()<>$!":
            assert shown[position - 1] == "\\"
    assert shown.replace("\\", "").replace("\u2060", "") == text


@pytest.mark.parametrize("text", ["http://evil.example", "see HTTPS://evil.example", "www.evil.example"])
def test_a_web_address_in_plain_text_is_no_link(text: str) -> None:
    assert "://" not in plain(text)
    assert "www." not in plain(text)


def test_plain_text_stays_on_its_line() -> None:
    assert plain("one\n\n# two\t three") == "one \\# two three"


def test_a_file_name_with_backticks_cannot_leave_its_fence() -> None:
    assert said("a`b") == "`` a`b ``"
    assert said("``") == "``` `` ```"
    assert said("leads.csv") == "` leads.csv `"


def test_a_command_in_a_sentence_is_mono_and_the_rest_stays_plain() -> None:
    assert sentence("Run `python -m lib migrate`, then *look*.") == "Run ` python -m lib migrate `, then \\*look\\*."
    assert sentence("One stray ` mark") == "One stray \\` mark"
    assert sentence("`a` `b`") == "` a ` ` b `"
    assert sentence("") == ""


def test_counts_take_their_noun() -> None:
    assert [counted(n, "row") for n in (0, 1, 4969)] == ["0 rows", "1 row", "4,969 rows"]
    assert counted(2, "delivery", "deliveries") == "2 deliveries"


def test_verdicts_and_classes_are_said_by_glyph_and_word() -> None:
    marks = verdict_marks({Verdict.FAILED: 2, Verdict.CREATED: 4969, Verdict.UPDATED: 0})
    assert marks == ":green[\\+ 4,969 created] · :red[× 2 failed]"
    assert verdict_marks({}) == "no rows"
    assert class_marks({RowClass.GENUINE: 3, RowClass.MARKETPLACE_DUPLICATE: 1}) == (
        "● 3 genuine · ○ 1 marketplace duplicate"
    )
    assert class_marks({RowClass.TEST: 1}) == "● 0 genuine · ○ 1 test"


def test_every_place_a_thing_may_stand_at_has_a_badge() -> None:
    badges = [account_badge(a) for a in AccountStatus]
    badges += [load_badge(status) for status in LoadStatus]
    assert all("-badge[:material/" in badge for badge in badges)
    assert load_badge(LoadStatus.IN_REVIEW) == ":orange-badge[:material/change_history: In review]"
