"""`account test`, `account qa` and `account qa-record`: what is said, what is kept, and how machines read it."""

from __future__ import annotations

from pathlib import Path

import pytest

from lib.db.unit_of_work import Desk
from tests.builders import a_csv, a_lead, a_lead_account, import_file
from tests.integration.pulls.asking import a_ledger
from tests.integration.pulls.pulling import a_titan
from tests.standins import servicetitan as st
from tests.terminal import Terminal

BY = ("--by", "ana@example.com")


@pytest.fixture
def terminal(desk: Desk, sqlite_urls: tuple[str, str], tmp_path: Path) -> Terminal:
    secrets = {"TITAN_CREDENTIAL": f"{st.CLIENT}:{st.SECRET}", "TITAN_APP_KEY": st.APP_KEY}
    return Terminal(tmp_path, sqlite_urls, **secrets)


def test_a_test_has_a_line_a_check_and_says_where_it_went_wrong(desk: Desk, terminal: Terminal) -> None:
    with a_titan(desk, a_ledger()) as titan:
        assert terminal.ok("account", "tests", "titan") == "titan was never tested.\n"
        said = terminal.ok("account", "test", "titan", *BY)
        assert "ok       scopes: The credential may read job." in said
        assert "-        webhook signature: It takes no webhooks" in said
        titan.set(pull__tenant="4711")
        told = terminal.json("account", "test", "titan", *BY)
        assert (told["test"], told["account"], told["outcome"], told["person"]) == (2, "titan", "failed", BY[1])
        (away,) = [check for check in told["checks"] if check["key"] == "base_url"]
        assert (away["result"], bool(away["mend"])) == ("failed", True)
        assert "credential_mark" not in told
        assert [item["test"] for item in terminal.json("account", "tests", "titan")] == [2, 1]


def test_rows_are_drawn_and_what_was_seen_is_kept(desk: Desk, terminal: Terminal) -> None:
    a_lead_account(desk)
    load = import_file(desk, a_csv([a_lead(n) for n in range(9)]))["load"]
    drawn = terminal.json("account", "qa", "site", "--load", load, "--rows", 4)
    assert (drawn["load"], len(drawn["rows"])) == (load, 4)
    assert drawn["rows"][0]["cells"]["status"] == "new"
    words = terminal.ok("account", "qa", "site", "--rows", 4)
    assert f"account qa-record site --load {load} --rows 4 --agrees" in words
    keep = ("account", "qa-record", "site", "--load", load, "--rows", 4, *BY)
    assert terminal.refused(*keep)["code"] == "agrees_or_differs"
    first, second = (row["line"] for row in drawn["rows"][:2])
    assert terminal.refused(*keep, "--differs", "fee")["code"] == "bad_row"
    told = terminal.json(*keep, "--differs", f"{first}:fee,status", "--differs", f"{second}: it is not there")
    assert (told["agreed"], told["differed"], told["person"]) == (2, 2, BY[1])
    assert told["rows"][0]["columns"] == ["fee", "status"]
    assert told["rows"][1]["note"] == "it is not there"
    assert "4 of 4 rows agree with the first page" in terminal.ok(*keep, "--agrees", "--screen", "the first page")
