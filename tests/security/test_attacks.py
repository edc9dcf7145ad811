"""The attack list: every attempt by name, who made it, what was tried, and the answer it got.

`python -m pytest tests/security/test_attacks.py -s` prints it as a table.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path

import pytest

from tests.security.attempts import Attempt, World, attempt, two_clients

for _where in ("pages", "the_stream", "routes", "the_command_line"):
    import_module(f"tests.security.attempts_on_{_where}")

_ANSWERS: dict[str, str] = {}


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    with two_clients(tmp_path_factory.mktemp("desk")) as served:
        yield served


@pytest.mark.parametrize("tried", attempt.attempts, ids=lambda tried: tried.name)
def test_an_attempt_gets_nothing_of_somebody_elses(world: World, tried: Attempt) -> None:
    _ANSWERS[tried.name] = tried.body(world)


# Those that go through every page with every value.
_LONG = ("every_name_in_every_address", "nonsense_in_every_address", "their_ids_one_by_one", "buttons_of_another_page")


@pytest.mark.prove
def test_the_long_ones_with_every_value_there_is(tmp_path: Path) -> None:
    with two_clients(tmp_path, is_thorough=True) as world:
        for tried in attempt.attempts:
            if tried.name in _LONG:
                tried.body(world)


def test_the_list_of_attempts_and_their_answers() -> None:
    made = [tried for tried in attempt.attempts if tried.name in _ANSWERS]
    lines = [("name", "who", "attempt", "answer")]
    lines += [(tried.name, tried.who, tried.tried, _ANSWERS[tried.name]) for tried in made]
    sys.stdout.write("\n" + "\n".join(f"| {' | '.join(line)} |" for line in lines) + "\n")
    assert len(attempt.attempts) >= 40
    assert len({tried.name for tried in attempt.attempts}) == len(attempt.attempts), "a name twice"
