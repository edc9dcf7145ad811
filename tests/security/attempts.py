"""What the attempts of the attack list share: a desk of two clients, who tries, and what must never be answered."""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from functools import cache
from pathlib import Path

import httpx
import streamlit as st

from lib.db.tables.people import people as people_table
from lib.db.unit_of_work import Desk
from lib.domain.imports import DateRange
from lib.domain.people import Actor, Role
from lib.services.counting import baseline
from lib.services.setup import clients
from tests.builders import a_csv, a_lead, a_lead_account, a_person, admin, committed, import_file, table_rows
from tests.stream import Run, Server, streaming

PROJECT = Path(__file__).resolve().parents[2]
# Acme's people try, and the other client's data is what they are after.
ANA, OLGA, ANTON, SAM = "ana@example.com", "olga@acme.example", "anton@acme.example", "sam@acme.example"
# Two who sign out while it is tried.
OTTO, IDA = "otto@acme.example", "ida@acme.example"
RITA = "rita@quartz.example"
# None of this is ever in a request of Acme's people, so wherever it turns up it came from the desk.
MARKS = ("Quartz Roofing", "Zenobia", "3035559", "zenobia", "seraphine", "Rita", "rita@", "QZ-4711")
CLIENT, ACCOUNT = "rival", "vault"


@dataclass(frozen=True)
class World:
    """A desk that is served, and the ids that somebody would have to guess.

    `is_thorough` says that a loop over pages and values goes through all of them, which takes minutes.
    """

    server: Server
    theirs: int
    in_review: int
    ours: int
    is_thorough: bool = False

    @property
    def desk(self) -> Desk:
        """The desk itself."""
        return self.server.desk


@dataclass(frozen=True)
class Attempt:
    """One way of getting at what is somebody else's: who tries what, and the function that tries and checks."""

    name: str
    who: str
    tried: str
    body: Callable[[World], str]


@dataclass
class Register:
    """Every attempt, in the order it was written down."""

    attempts: list[Attempt] = field(default_factory=list)

    def __call__(self, who: str, tried: str) -> Callable[[Callable[[World], str]], Callable[[World], str]]:
        """Write a function down as an attempt; it returns the answer that was given, and fails where it got through."""

        def written(body: Callable[[World], str]) -> Callable[[World], str]:
            self.attempts.append(Attempt(body.__name__, who, tried, body))
            return body

        return written


attempt = Register()


@contextmanager
def two_clients(home: Path, *, is_thorough: bool = False) -> Iterator[World]:
    """Acme with its people, and a rival whose every field that matters carries a mark."""
    numbers: list[int] = []

    def set_up(desk: Desk) -> None:
        desk.do(admin(desk), clients.add_client, CLIENT, "Quartz Roofing", "America/Denver")
        a_lead_account(desk)
        a_lead_account(desk, ACCOUNT, client=CLIENT)
        for email, role, client in (
            (ANA, Role.ADMIN, None),
            (OLGA, Role.OWNER, "acme"),
            (ANTON, Role.ANALYST, "acme"),
            (OTTO, Role.OWNER, "acme"),
            (IDA, Role.ANALYST, "acme"),
            (SAM, Role.STAKEHOLDER, "acme"),
            (RITA, Role.OWNER, CLIENT),
        ):
            a_person(desk, email, role, client)
        theirs = [_marked(number) for number in range(1, 4)]
        ours = committed(desk, a_csv([a_lead(number) for number in range(20, 23)]))
        told = {
            "account": ACCOUNT,
            "file_name": "seraphine.csv",
            "days": DateRange(date(2026, 3, 1), date(2026, 3, 31)),
        }
        numbers.append(committed(desk, a_csv(theirs), **told)["load"])
        before = DateRange(date(2026, 3, 1), date(2026, 3, 15))
        desk.do(admin(desk), baseline.capture_baseline, CLIENT, f"{ACCOUNT}.leads", before, "seraphine's reason")
        waiting = import_file(
            desk, a_csv([_marked(9) | {"id": "QZ-4711"}]), account=ACCOUNT, file_name="seraphine-2.csv"
        )
        numbers.extend((waiting["load"], ours["load"]))

    with streaming(home, set_up=set_up) as server:
        yield World(server, *numbers, is_thorough=is_thorough)


def _marked(number: int) -> dict[str, object]:
    return a_lead(number, name=f"Zenobia {number}", phone=f"303555900{number}", email=f"zenobia{number}@quartz.example")


def person(world: World, email: str) -> Actor:
    """Somebody of the desk as they are now."""
    rows = [row for row in table_rows(world.desk.app, people_table) if row["email"] == email]
    found = world.desk.ask(admin(world.desk), lambda tx: tx.people.by_id(rows[0]["id"]))
    assert found is not None, email
    return found


def keeps_silent(answer: Run | httpx.Response | str, *more: str) -> None:
    """Nothing of the rival's is in it, and it is no bug either."""
    for mark in (*MARKS, *more):
        got_through = answer.holds(mark) if isinstance(answer, Run) else mark in _text(answer)
        assert not got_through, f"{mark!r} was answered"
    assert "broke on the desk's side" not in (answer.text if isinstance(answer, Run) else _text(answer))


def said(answer: Run, sentence: str) -> str:
    """That a page answered with this sentence, and with nothing of the rival's."""
    keeps_silent(answer)
    plain = re.sub(r"[*\\]", "", answer.text)
    assert sentence in plain, answer.text[-3000:]
    return sentence


def refused(answer: httpx.Response, *statuses: int) -> str:
    """That a route answered with one of these; its answer in short."""
    assert answer.status_code in statuses, (answer.status_code, answer.text[:300])
    keeps_silent(answer)
    try:
        error = answer.json().get("error", {})
    except ValueError:
        error = {}
    return f"{answer.status_code} {error.get('code', '')}".strip()


def _text(answer: httpx.Response | str) -> str:
    return answer if isinstance(answer, str) else answer.text + str(answer.headers)


@st.cache_resource(show_spinner=False)
def kept_by_the_server() -> object:
    """Something in the server's caches: another object once they were emptied."""
    return object()


@cache
def address_names() -> tuple[str, ...]:
    """Every name that a page reads out of its address, found in the code: a new one is tried without being named."""
    found: set[str] = set()
    for file in [*(PROJECT / "lib" / "ui").rglob("*.py"), *(PROJECT / "pages").glob("*.py")]:
        tree = ast.parse(file.read_text())
        constants = {
            node.targets[0].id: node.value.value
            for node in ast.walk(tree)
            if isinstance(node, ast.Assign)
            and isinstance(node.targets[0], ast.Name)
            and isinstance(node.value, ast.Constant)
            and isinstance(node.value.value, str)
        }
        for node in ast.walk(tree):
            if isinstance(node, ast.Call) and _name_of(node.func).endswith("from_address") and node.args:
                first = node.args[0]
                if isinstance(first, ast.Constant):
                    found.add(str(first.value))
                elif isinstance(first, ast.Name) and first.id in constants:
                    found.add(constants[first.id])
            if isinstance(node, ast.Call) and _name_of(node.func) == "choice" and len(node.args) > 2:
                found.update(str(item.value) for item in node.args[2:3] if isinstance(item, ast.Constant))
            if isinstance(node, ast.Call) and _name_of(node.func) in ("to_address", "turn", "link", "go"):
                found.update(word.arg for word in node.keywords if word.arg)
    return tuple(sorted(found))


def _name_of(node: ast.expr) -> str:
    return node.id if isinstance(node, ast.Name) else getattr(node, "attr", "")
