"""The one list of tasks as somebody at a terminal has it: listed, handed over, put off, resolved."""

from __future__ import annotations

from pathlib import Path

import pytest

from lib.domain.people import Role
from tests.builders import a_csv, a_lead, a_lead_account, a_person, desk_on, import_file
from tests.terminal import Terminal

BY = ("--by", "admin@localhost")


@pytest.fixture
def run(tmp_path: Path) -> Terminal:
    """A load that waits for a decision, on the embedded database."""
    urls = (f"sqlite:///{tmp_path}/app.db", f"sqlite:///{tmp_path}/traffic.db")
    with desk_on(urls, tmp_path) as desk:
        a_lead_account(desk)
        a_person(desk, "ana@desk.example", Role.OWNER)
        import_file(desk, a_csv([a_lead(1)]))
    return Terminal(tmp_path, urls)


def test_what_waits_is_listed_handed_over_put_off_and_resolved(run: Terminal) -> None:
    (found,) = run.json("tasks")
    told = {
        name: found[name] for name in ("kind", "account", "client", "owner", "status", "severity", "link", "overdue")
    }
    assert told == {
        "kind": "load_review",
        "account": "site",
        "client": "acme",
        "owner": "admin@localhost",
        "status": "open",
        "severity": "routine",
        "link": "import_review?load=1",
        "overdue": False,
    }
    assert (found["age_hours"], len(found["due_on"])) == (0, len("2026-01-31"))
    assert "routine  admin@localhost, due " in run.ok("tasks")
    assert "is ana@desk.example's now" in run.ok("task", "assign", found["id"], "ana@desk.example", *BY)
    assert run.json("tasks", "--owner", "admin@localhost") == []
    assert run.json("tasks", "--owner", "ana@desk.example", "--account", "site")[0]["is_handed_over"] is True
    assert run.refused("task", "due", found["id"], "2020-01-01", *BY)["code"] == "due_out_of_range"
    assert run.refused("task", "due", found["id"], "soon", *BY)["code"] == "not_a_date"
    assert run.refused("task", "resolve", found["id"], "--reason", " ", *BY)["code"] == "reason_missing"
    assert run.refused("task", "resolve", 99, "--reason", "done", *BY)["code"] == "task_not_found"
    assert run.refused("tasks", "--kind", "anything")["code"] == "unknown_kind"
    assert run.json("task", "resolve", found["id"], "--reason", "asked the client", *BY)["status"] == "resolved"
    assert run.ok("tasks").strip() == "Nothing waits."
    assert "Done: asked the client" in run.ok("tasks", "--all")
    assert run.json("tasks", "--all")[0]["closed_by"] == "admin@localhost"
    assert "is open again" in run.ok("task", "reopen", found["id"], *BY)
    assert run.refused("task", "reopen", found["id"], *BY)["code"] == "not_resolved"


def test_an_approval_at_the_terminal_takes_the_task_off_the_list(run: Terminal) -> None:
    assert len(run.json("tasks")) == 1
    run.ok("approve", 1, *BY)
    assert run.json("tasks") == []
    assert run.json("tasks", "--all")[0]["closed_because"] == "Load 1 is committed."
