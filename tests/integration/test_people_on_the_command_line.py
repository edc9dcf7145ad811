"""People as somebody at a terminal has them: added, invited by mail or by word, changed, removed, put back, signed out."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.builders import an_account, desk_on
from tests.standins.mail import mail_server
from tests.terminal import Terminal

ANA = "ana@example.com"
SIGN_IN = """\
[auth]
redirect_uri = "https://desk.example.com/oauth2callback"
cookie_secret = "only-for-this-test-only-for-this-test"
client_id = "a"
"""


@pytest.fixture
def run(tmp_path: Path) -> Terminal:
    """A desk of two clients, an account each."""
    urls = (f"sqlite:///{tmp_path}/app.db", f"sqlite:///{tmp_path}/traffic.db")
    with desk_on(urls, tmp_path) as desk:
        for client in ("acme", "bolt"):
            an_account(desk, f"{client}_site", client=client)
    return Terminal(tmp_path, urls)


def with_sign_in(tmp_path: Path) -> None:
    (tmp_path / ".streamlit").mkdir()
    (tmp_path / ".streamlit" / "secrets.toml").write_text(SIGN_IN)


def listed(run: Terminal, email: str) -> dict[str, object]:
    return next(item for item in run.json("user", "list") if item["email"] == email)


def test_a_person_is_added_changed_removed_and_put_back(run: Terminal) -> None:
    run.ok("user", "add", ANA, "--role", "analyst", "--client", "acme", "--client", "bolt")
    assert listed(run, ANA)["clients"] == ["acme", "bolt"]
    said = run.json("user", "set", ANA, "role=owner", "clients=acme", "name=Ana K.")
    assert (said["role"], said["clients"], said["name"]) == ("owner", ["acme"], "Ana K.")
    assert listed(run, ANA) == {
        "email": ANA,
        "name": "Ana K.",
        "role": "owner",
        "every_client": False,
        "clients": ["acme"],
        "state": "active",
        "last_seen": None,
    }
    assert run.ok("user", "sign-out", ANA) == f"{ANA} is signed out everywhere.\n"
    assert "was removed; `user put-back" in run.ok("user", "remove", ANA)
    assert listed(run, ANA)["state"] == "removed"
    assert run.refused("tasks", "--by", ANA)["code"] == "person_removed"
    assert run.ok("user", "put-back", ANA) == f"{ANA} is on this desk again as owner.\n"


def test_accounts_are_handed_over_or_said_to_lapse(run: Terminal) -> None:
    for name in ("ana", "bo"):
        run.ok("user", "add", f"{name}@example.com", "--role", "owner")
    for key in ("acme_site", "bolt_site"):
        run.ok("account", "set", key, f"owner={ANA}")
    refused = run.refused("user", "remove", ANA)
    assert refused["code"] == "owns_accounts"
    assert "acme_site, bolt_site" in refused["message"]
    assert run.refused("user", "set", ANA, "role=analyst")["code"] == "owns_accounts"
    said = run.json("user", "set", ANA, "clients=acme", "--accounts-to", "bo@example.com")
    assert said["accounts"] == ["bolt_site"]
    assert "Nobody answers for acme_site now." in run.ok("user", "remove", ANA, "--let-lapse")


def test_the_last_admin_stays_one(run: Terminal) -> None:
    run.ok("user", "add", ANA, "--role", "admin")
    for words in (("remove", ANA), ("set", ANA, "role=owner")):
        assert run.refused("user", *words)["code"] == "last_admin"


def test_nobody_is_invited_to_a_desk_where_nobody_can_sign_in(run: Terminal) -> None:
    assert run.refused("user", "invite", ANA, "--role", "analyst")["code"] == "no_sign_in"
    assert len(run.json("user", "list")) == 1


def test_an_invitation_is_passed_on_by_word_where_no_mail_server_is_named(run: Terminal, tmp_path: Path) -> None:
    with_sign_in(tmp_path)
    made = run.json("user", "invite", ANA, "--role", "stakeholder", "--client", "acme", "--days", "3")
    assert made["is_sent"] is False
    assert "at https://desk.example.com. Sign in there with ana@example.com;" in made["words"]
    assert listed(run, ANA)["state"] == "invited"
    assert run.refused("user", "invite", ANA, "--role", "analyst", "--days", "400")["code"] == "invitation_days"


def test_an_invitation_goes_out_by_mail_and_carries_no_secret(run: Terminal, tmp_path: Path) -> None:
    with_sign_in(tmp_path)
    with mail_server() as post:
        run.environ |= {"SMTP_URL": f"smtp://127.0.0.1:{post.port}", "MAIL_FROM": "Desk <desk@example.com>"}
        assert run.ok("user", "invite", ANA, "--role", "owner") == f"The invitation was sent to {ANA}.\n"
        post.answers = ["554 no"]
        refused = run("user", "invite", ANA, "--role", "owner")
    (message,) = post.got
    assert (message["To"], message["From"]) == (ANA, "Desk <desk@example.com>")
    words = message.get_content()
    assert "Local admin invites you to Connector Desk at https://desk.example.com." in words
    assert words.count("https://") == 1
    assert "did not take the invitation: 554 no" in refused.err
    assert "Pass this on:" in refused.out
