"""The test of the tests: with any one defence taken out, the test that proves it goes red."""

from __future__ import annotations

import contextlib
import gc
import io
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.security import test_canaries
from tests.security.defences import DEFENCES, Defence

PROJECT = Path(__file__).resolve().parents[2]
# A test that is broken off leaves loops and sockets open; they are collected here, and not in somebody else's test.
pytestmark = [
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
    pytest.mark.filterwarnings("ignore::ResourceWarning"),
]
# Taken out each time the tests are run; all the others in the proofs.
_EACH_TIME = (
    "a query stays inside the clients of whoever asks",
    "what is personal shows its shape only",
    "an error is logged without what it says",
    "a client's person reads by the portal's connection",
    "a ticket is good once",
    "a changed line of the audit log is found",
)


class _TakenOut:
    """A plugin: around each test, and what it asks for, the defence is taken out; of what failed only its own body counts.

    A test that could not even begin without the defence says nothing about it.
    """

    def __init__(self, defence: Defence) -> None:
        self._defence = defence
        self.red: list[str] = []
        self.broken: list[str] = []
        self.ran = 0

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_protocol(self) -> Iterator[None]:
        with pytest.MonkeyPatch.context() as patch:
            self._defence.remove(patch)
            return (yield)  # type: ignore[return-value]

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        self.ran += report.when == "call"
        if report.failed:
            (self.red if report.when == "call" else self.broken).append(f"{report.nodeid}\n{report.longreprtext}")


@pytest.fixture(scope="module", autouse=True)
def canaries_in_peace() -> None:
    """What the canaries keep for the whole process is made before anything is taken out."""
    if not test_canaries.WALKED:
        _run(f"{PROJECT}/tests/security/test_canaries.py::test_whoever_answers_for_the_client_is_shown_the_marks")


def _without(defence: Defence) -> _TakenOut:
    """The proof of a defence, run in this process while the defence is out."""
    plugin = _TakenOut(defence)
    file, _, name = defence.proof.partition("::")
    _run(f"{PROJECT / file}::{name}", plugin)
    gc.collect()
    return plugin


def _run(address: str, *plugins: object) -> None:
    with contextlib.redirect_stdout(io.StringIO()):
        pytest.main(
            [address, "-x", "-m", "", "-p", "no:cacheprovider", "-c", f"{PROJECT}/.pytest.ini"], plugins=plugins
        )


def _require_red(defence: Defence) -> None:
    found = _without(defence)
    assert not found.broken, f"{defence.proof} cannot begin without it: {found.broken[0]}"
    assert found.ran, f"there is no test {defence.proof}"
    assert found.red, f"{defence.proof} stays green without: {defence.name}"


def _named(names: tuple[str, ...]) -> list[Defence]:
    return [item for item in DEFENCES if item.name in names]


@pytest.mark.parametrize("defence", _named(_EACH_TIME), ids=lambda item: item.name)
def test_a_proof_goes_red_without_its_defence(defence: Defence) -> None:
    _require_red(defence)


@pytest.mark.prove
@pytest.mark.parametrize("defence", DEFENCES, ids=lambda item: f"{item.name}: {item.proof}")
def test_every_proof_goes_red_without_its_defence(defence: Defence) -> None:
    _require_red(defence)


@pytest.mark.parametrize("defence", DEFENCES, ids=lambda item: f"{item.name}: {item.proof}")
def test_a_defence_is_where_it_is_taken_out_and_so_is_its_proof(defence: Defence) -> None:
    with pytest.MonkeyPatch.context() as patch:
        defence.remove(patch)
    file, _, name = defence.proof.partition("::")
    assert f"def {name.partition('[')[0]}(" in (PROJECT / file).read_text()


def test_each_time_means_defences_that_are_there() -> None:
    assert {item.name for item in _named(_EACH_TIME)} == set(_EACH_TIME)
    assert len({(item.name, item.proof) for item in DEFENCES}) == len(DEFENCES), "one name, one proof"
