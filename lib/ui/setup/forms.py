"""The two forms of an account's setup: its record, and its plan for when it goes wrong."""

from __future__ import annotations

from collections.abc import Mapping

import streamlit as st

from lib.domain.accounts import Account
from lib.domain.people import Right
from lib.domain.retention import FOR_GOOD
from lib.domain.states import AccountStatus
from lib.services.setup import accounts
from lib.services.setup.account_setup import AccountSetup
from lib.ui.entry.door import shown_errors
from lib.ui.entry.guard import Visit
from lib.ui.parts.marks import ATTENTION, GOOD, account_badge, badge
from lib.ui.parts.notebook import cell
from lib.ui.parts.words import counted, plain, said

_READ_ONLY = "Read only: a data owner or an admin changes this."

_PLAN = {
    "failure_path": (
        "Failure path",
        1000,
        "What happens, and who acts, when an import fails or nothing arrives (R16).",
    ),
    "manual_fallback": (
        "Manual fallback",
        1000,
        "How the client's important numbers are brought up to date by hand (R16).",
    ),
    "rollback_note": ("Rollback note", 1000, "How to go back to the last good state before a live change (R13)."),
    "retry_rules": ("Retry rules", 500, "How often a failed call is tried again, and when it becomes a dead letter."),
}

_NUMBERS = {
    "retention_days": (
        "Keep payloads, days",
        "After that the payload is gone; its hash, verdict and reason stay (R11). 0 keeps none, -1 keeps them for good.",
    ),
    "freshness_hours": ("Fresh within, hours", "How old the newest delivery may be before it counts as stale (R21)."),
}


def record_cell(number: int, visit: Visit, setup: AccountSetup) -> None:
    """The account record: what it is to the client, why it is connected, and whether it runs."""
    account, may = setup.account, visit.may(Right.MANAGE_ACCOUNTS)
    with cell(
        number,
        "What it is",
        why="The record that everything else hangs on: the source a client reads, what they were promised, and why.",
        result=account_badge(account.status),
    ):
        with st.form(f"record-{account.version}", border=False):
            left, right = st.columns(2)
            fields = {
                "source_label": left.text_input(
                    "Source label",
                    account.source_label,
                    disabled=not may,
                    help="Stands beside every number of it (R1).",
                ),
                "owner": right.text_input(
                    "Owner",
                    account.owner_email,
                    disabled=not may,
                    help="A person of this desk who answers for it (R2).",
                ),
                "public_promise": st.text_area(
                    "Public promise",
                    account.public_promise,
                    disabled=not may,
                    height=80,
                    placeholder="Every Angi lead, counted by the day it came in, tests and resold leads left out.",
                    help="What the client was told that this will show.",
                ),
                "reason": st.text_input("Reason", account.reason, disabled=not may, help="Why it is connected."),
            }
            st.markdown(
                f":small[:gray[Template] {plain(setup.provider_name)} · :gray[key] {said(account.key)} · :gray[kept in] "
                f"the {account.destination} database · :gray[sign-in] {plain(account.auth_model)}]"
            )
            _submit(visit, account, "Save what it is", fields, is_disabled=not may)
        if may:
            _pause_or_resume(visit, account)


def plan_cell(number: int, visit: Visit, setup: AccountSetup) -> None:
    """What to do when it goes wrong, written before anything is live."""
    account, may = setup.account, visit.may(Right.MANAGE_ACCOUNTS)
    missing = [name for name, (words, _, _) in _PLAN.items() if not getattr(account, name)]
    result = badge(f"{len(missing)} missing", ATTENTION) if missing else badge("Written", GOOD)
    why = "Failure path, fallback and rollback are written before anything is live (R13, R16)."
    with cell(number, "If it goes wrong", why=why, result=result), st.form(f"plan-{account.version}", border=False):
        fields: dict[str, str] = {}
        places = st.columns(2)
        for place, (name, (words, length, hint)) in enumerate(_PLAN.items()):
            fields[name] = places[place % 2].text_area(
                words, getattr(account, name), max_chars=length, height=100, help=hint, disabled=not may
            )
        thirds = st.columns(3)
        for place, (name, (words, hint)) in enumerate(_NUMBERS.items()):
            fields[name] = str(
                thirds[place].number_input(
                    words,
                    FOR_GOOD if name == "retention_days" else 0,
                    36500,
                    int(getattr(account, name)),
                    help=hint,
                    disabled=not may,
                    key=f"plan-{name}-{account.version}",
                )
            )
        fields["credential_ref"] = thirds[2].text_input(
            "Credential reference",
            account.credential_ref,
            disabled=not may,
            placeholder="env:ANGI_KEY",
            help="Where the secret lives: env:NAME, file:PATH or secrets:section.key. Never the secret itself (R20).",
        )
        _submit(visit, account, "Save the plan", fields, is_disabled=not may)


def _submit(visit: Visit, account: Account, words: str, fields: Mapping[str, str], *, is_disabled: bool) -> None:
    """The one button of a form: it sends what differs, and the service validates each of it."""
    with st.container(horizontal=True, vertical_alignment="center"):
        pressed = st.form_submit_button(words, disabled=is_disabled)
        if is_disabled:
            st.markdown(f":small[:gray[{_READ_ONLY}]]")
    if not pressed:
        return
    before = {"owner": account.owner_email}
    changes = {
        name: text for name, text in fields.items() if text.strip() != str(before.get(name, getattr(account, name, "")))
    }
    if not changes:
        st.markdown(":small[:gray[Nothing differs from what is written already.]]")
        return
    with shown_errors(goes_on=True):
        visit.act(accounts.set_account, account.key, changes)
        st.toast(f"Saved {counted(len(changes), 'change')} to {plain(account.source_label)}.")
        st.rerun()


def _pause_or_resume(visit: Visit, account: Account) -> None:
    is_paused = account.status is AccountStatus.PAUSED
    words = f"Resume {account.source_label}" if is_paused else f"Pause {account.source_label}, refuse its imports"
    then = AccountStatus.SETUP if is_paused else AccountStatus.PAUSED
    if st.button(words, key="pause", icon=":material/play_arrow:" if is_paused else ":material/pause:"):
        with shown_errors(goes_on=True):
            visit.act(accounts.set_account, account.key, {"status": str(then)})
            st.rerun()
