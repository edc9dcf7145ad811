"""Who may do what: the matrix of role, page and action is what the code says, and the code does what the matrix says."""

from __future__ import annotations

import collections.abc
import dataclasses
import importlib
import inspect
import types
import typing
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime
from enum import Enum
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from lib.db.unit_of_work import Desk
from lib.domain.people import RIGHTS, Actor, Right, Role
from lib.errors import NotAllowed
from lib.ui.site import site
from tests.builders import a_person, an_account, desk_on
from tests.security.matrix import FRAME, OPEN, cells, guard_of, matrix
from tests.security.rights_in_code import PROJECT, Verb, pages
from tests.stream import streaming

# What is read where a page stays shut.
_SHUT = ("There is nothing at this address.", "not_allowed", "so it has to know who you are")
_KEPT = Path(__file__).with_name("matrix.md")


class Passed(Exception):
    """The right was there: what would follow is not what is asked here."""


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    """A desk with nothing on it: rights are asked for before anything is looked up."""
    home = tmp_path_factory.mktemp("matrix")
    urls = (f"sqlite:///{home}/app.db", f"sqlite:///{home}/traffic.db")
    with desk_on(urls, home) as found:
        yield found


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[Right]:
    """The rights that a verb asks for until one is lacking, or the first is there."""
    seen: list[Right] = []
    honest = Actor.require

    def require(actor: Actor, right: Right) -> None:
        seen.append(right)
        honest(actor, right)
        raise Passed

    monkeypatch.setattr(Actor, "require", require)
    return seen


def test_the_matrix_in_the_repository_is_the_one_that_the_code_makes() -> None:
    """Whoever changes who may do what sees it here, in a line of its own: `python -m tests.security.matrix > …`."""
    assert _KEPT.read_text() == matrix()


def test_every_page_begins_with_its_guard_and_asks_for_what_the_navigation_says() -> None:
    assert {item.name: item.right for item in site()} == {page: guard_of(page) for page in pages()}
    assert {item.name for item in site()} == {file.stem for file in (PROJECT / "pages").glob("*.py")}


def test_no_action_of_a_page_is_without_a_right_unless_it_says_why() -> None:
    without = {str(cell.action) for cell in cells() if cell.right is None}
    assert without == set(OPEN)


def test_every_action_asks_for_the_right_that_the_matrix_names(desk: Desk, asked: list[Right]) -> None:
    """For each role: refused where the matrix has no mark, let on where it has one, before anything else is done."""
    actions = {cell.action: cell.right for cell in cells() if cell.right is not None}
    wrong = []
    for action, right in sorted(actions.items(), key=lambda item: str(item[0])):
        for role in Role:
            asked.clear()
            answer = outcome(desk, action, Actor(1, f"{role}@example.com", str(role), role))
            wanted = "let on" if right in RIGHTS[role] else "refused"
            if (answer, asked) != (wanted, [right]):
                wrong.append(f"{action} as {role}: {answer}, asked for {asked}; the matrix says {right}, {wanted}")
    assert not wrong, "\n".join(wrong)
    assert len(actions) > 150


def test_every_page_opens_to_the_roles_that_the_matrix_names_and_to_no_other(tmp_path: Path) -> None:
    """As the server answers at each page's address, to somebody of each role and to somebody who has not signed in."""

    def people_of_each_role(desk: Desk) -> None:
        an_account(desk)
        for role in Role:
            a_person(desk, f"{role}@example.com", role, "acme" if role is Role.STAKEHOLDER else None)

    wrong = []
    with streaming(tmp_path, set_up=people_of_each_role) as server:
        for role in (None, *Role):
            with server.tab(role and f"{role}@example.com") as tab:
                for page in pages():
                    run = tab.open(page)
                    is_open = not any(run.holds(words) for words in _SHUT)
                    if is_open != (role is not None and guard_of(page) in RIGHTS[role]):
                        wrong.append(f"{page} to {role or 'nobody'}: {run.text[-300:]}")
    assert not wrong, "\n".join(wrong)


def test_a_stakeholder_gets_to_no_action_that_writes_but_their_own_subscription() -> None:
    open_to_them = {cell.action for cell in cells() if cell.right in RIGHTS[Role.STAKEHOLDER]}
    assert {item.right for item in site() if item.right in RIGHTS[Role.STAKEHOLDER]} == {Right.SEE_SUMMARIES}
    reached = {str(cell.action) for cell in cells() if cell.page in ("client_portal", FRAME)} & set(
        map(str, open_to_them)
    )
    assert reached == {
        "publishing.portal.clients_seen",
        "publishing.portal.portal",
        "publishing.report_notes.subscribe",
        "publishing.report_notes.subscription",
    }


def outcome(desk: Desk, action: Verb, actor: Actor) -> str:
    """What comes of an action in the name of somebody, when it is handed next to nothing."""
    verb: Callable[..., Any] = getattr(importlib.import_module(action.module), action.name)
    try:
        if action.is_handed_a_transaction:
            desk.ask(actor, verb, **plain_arguments(verb, 1))
        else:
            verb(desk, actor, **plain_arguments(verb, 2))
    except Passed:
        return "let on"
    except NotAllowed:
        return "refused"
    except Exception as other:
        return repr(other)
    return "went through without a question"


def plain_arguments(verb: Callable[..., Any], given: int) -> dict[str, Any]:
    """The plainest value of its kind for each thing that a verb has to be told."""
    kinds = typing.get_type_hints(verb)
    wanted = list(inspect.signature(verb).parameters.values())[given:]
    return {item.name: plainest(kinds[item.name]) for item in wanted if item.default is item.empty}


def plainest(kind: Any) -> Any:
    """The plainest value of a kind: nothing where nothing is allowed, else an empty, first or made-up one."""
    origin = typing.get_origin(kind)
    if origin in (typing.Union, types.UnionType):
        return None if types.NoneType in typing.get_args(kind) else plainest(typing.get_args(kind)[0])
    if dataclasses.is_dataclass(kind) and isinstance(kind, type):
        return kind(**plain_arguments(kind, 0))
    if isinstance(kind, type) and issubclass(kind, Enum):
        return next(iter(kind))
    if origin is typing.Literal:
        return typing.get_args(kind)[0]
    return _PLAIN[origin or kind]


_PLAIN: dict[Any, Any] = {
    str: "nothing",
    int: 1,
    bool: False,
    bytes: b"",
    date: date(2026, 3, 4),
    datetime: datetime(2026, 3, 4, tzinfo=UTC),
    pd.DataFrame: pd.DataFrame(),
    np.ndarray: np.array([]),
    Path: PROJECT / "README.md",
    collections.abc.Sequence: (),
    collections.abc.Iterable: (),
    collections.abc.Collection: (),
    collections.abc.Mapping: {},
    list: [],
    tuple: (),
    dict: {},
    frozenset: frozenset(),
    set: set(),
    collections.abc.Callable: lambda *_: None,
}
