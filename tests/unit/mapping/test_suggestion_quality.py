"""The suggestions keep what they reached on labelled header sets, and the sets are what they say."""

from __future__ import annotations

import functools
from pathlib import Path

import pytest

from lib.domain.maps import Band
from lib.errors import DeskError
from lib.mapping.labelled_sets import LEFT_OUT, LabelledHeader, LabelledSet, labelled_sets
from lib.mapping.suggestion_quality import SURE, Judged, figures, misses
from lib.providers import TEMPLATES
from lib.services.mapping.suggestion_quality import measure_suggestions

A_SET = """\
- name: A form
  from: written here
  provider: other
  object: lead
  headers:
    Ref #: external_id or reference = 1 | 2
    "Mail": email = a@b.co |
    Mood: left out = 00501 | no
"""


def sets_of(tmp_path: Path, text: str) -> tuple[LabelledSet, ...]:
    (tmp_path / "some.yaml").write_text(text, encoding="utf-8")
    return labelled_sets(tmp_path)


measured = functools.cache(measure_suggestions)


@pytest.mark.parametrize("place", [0, 1], ids=["tuned on", "held out"])
def test_what_is_suggested_surely_is_right_and_is_most_of_what_can_be_placed(place: int) -> None:
    part = measured()[place]
    sure = part.by_band["certain and strong"]
    assert sure.precision >= 0.98
    assert sure.recall >= 0.85
    assert part.by_band["certain"].precision == 1.0


def test_there_are_thirty_sets_and_a_third_of_their_headers_is_held_out() -> None:
    sets = labelled_sets()
    held = [item for item in sets if item.is_held_out]
    assert len(sets) >= 30
    assert sum(len(item.headers) for item in held) >= 0.3 * sum(len(item.headers) for item in sets)
    assert len({item.name for item in sets}) == len(sets)
    assert {"angi", "servicetitan", "quote_request", "other"} <= {item.provider for item in sets} <= set(TEMPLATES)


def test_the_misses_of_held_out_sets_are_named_on_request_only() -> None:
    tuned, held = measured()
    assert tuned.shown(names_held_out=False)
    assert not held.shown(names_held_out=False)
    assert held.shown(names_held_out=True)


def test_a_set_is_read_as_a_person_writes_it(tmp_path: Path) -> None:
    (found,) = sets_of(tmp_path, A_SET.replace("    Ref #:", '    "Ref #":'))
    assert found.headers == (
        LabelledHeader("Ref #", frozenset({"external_id", "reference"}), ("1", "2")),
        LabelledHeader("Mail", frozenset({"email"}), ("a@b.co", None)),
        LabelledHeader("Mood", frozenset({LEFT_OUT}), ("00501", "no")),
    )
    assert found.frame["Mood"].to_list() == ["00501", "no"]
    assert not found.is_held_out


@pytest.mark.parametrize(
    ("was", "now", "says"),
    [
        ("email = a@b.co |", "mail = a@b.co |", "mail"),
        ("= 00501 | no", "= 00501", "more values"),
        ("  provider: other\n", "", "provider"),
        ("left out = 00501 | no", "left out", "no right column"),
    ],
)
def test_a_set_with_a_mistake_is_refused_by_its_name(tmp_path: Path, was: str, now: str, says: str) -> None:
    text = A_SET.replace("    Ref #:", '    "Ref #":').replace(was, now)
    with pytest.raises(DeskError, match=says) as refused:
        sets_of(tmp_path, text)
    assert refused.value.code == "labelled_set_invalid"


def test_precision_counts_what_was_suggested_and_recall_what_had_to_be(tmp_path: Path) -> None:
    (found,) = sets_of(tmp_path, A_SET.replace("    Ref #:", '    "Ref #":'))
    reference, mail, mood = found.headers

    def one(header: LabelledHeader, suggested: str, band: Band) -> Judged:
        return Judged(found, header, suggested, band, "")

    seen = [
        one(reference, "reference", Band.STRONG),
        one(mail, LEFT_OUT, Band.NONE),
        one(mood, "status", Band.STRONG),
    ]
    sure = figures(seen, SURE)
    assert (sure.suggested, sure.right, sure.found, sure.wanted) == (2, 1, 1, 2)
    assert (sure.precision, sure.recall) == (0.5, 0.5)
    assert [item.header.header for item in misses(seen)] == ["Mail", "Mood"]
    timid = [one(mail, "email", Band.CHECK), one(mood, LEFT_OUT, Band.NONE)]
    assert [item.header.header for item in misses(timid)] == ["Mail"]
