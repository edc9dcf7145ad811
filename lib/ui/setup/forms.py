"""The short forms of an account's setup: what it is, how it signs in, how it is read and kept, and its plan for trouble."""

from __future__ import annotations

import streamlit as st

from lib.domain.accounts import Account
from lib.domain.people import Right
from lib.domain.states import AccountStatus
from lib.pipeline.setup.references import look_behind, references_of
from lib.services.setup import account_settings
from lib.services.setup.account_forms import AccountForms
from lib.ui.entry.door import shown_errors
from lib.ui.entry.guard import Visit
from lib.ui.parts.marks import ATTENTION, GOOD, NOTHING, STOPPED, account_badge, badge
from lib.ui.parts.notebook import cell
from lib.ui.parts.tables import reading_table
from lib.ui.parts.words import counted, plain, said
from lib.ui.setup.fields import Field, form

_RECORD = (
    (
        Field("source_label", "Source label", "Stands beside every number of it.", length=100),
        Field("owner", "Owner", "A person of this desk who answers for it.", length=254),
    ),
    (Field("public_promise", "Public promise", "What the client was told that this will show.", "text"),),
    (
        Field("promised", "Metrics it promises", "Each needs a definition, a table and a card.", "metrics"),
        Field("reason", "Reason", "Why it is connected.", length=500),
    ),
)
_ACCESS = (
    (
        Field("auth_model", "Way of signing in", "Named in the provider's own words.", length=100),
        Field("auth_scopes", "Scopes", "What the credential may do; the least that is enough.", length=500),
    ),
    (
        Field(
            "credential_ref",
            "Credential reference",
            "Where the secret lives: env:NAME, file:PATH or secrets:section.key. Never the secret itself.",
            length=300,
            placeholder="env:ANGI_KEY",
        ),
        Field(
            "webhook_secret",
            "Webhook secret reference",
            "Where the secret that webhooks are signed with lives; the same three ways.",
            length=300,
            placeholder="env:ANGI_HOOK_SECRET",
        ),
        Field(
            "auth_expires_on", "Sign-in ends on", "The last day on which the provider lets it in, if it has one.", "day"
        ),
    ),
)
_PLAN = (
    (
        Field("failure_path", "Failure path", "What happens, and who acts, when an import fails.", "text"),
        Field("manual_fallback", "Manual fallback", "How important numbers are brought up to date by hand.", "text"),
    ),
    (
        Field(
            "rollback_note",
            "Rollback note",
            "How to go back to the last good state before a live change.",
            "text",
        ),
        Field(
            "retry_rules",
            "Retry rules",
            "How often a failed call is tried again, and when it is given up.",
            "text",
            500,
        ),
    ),
)
_KEEPING = (
    (
        Field(
            "retention_days",
            "Keep payloads, days",
            "After that the payload is gone; its hash, verdict and reason stay. 0 keeps none, -1 keeps them for good.",
            "whole",
        ),
        Field("freshness_hours", "Fresh within, hours", "How old the newest delivery may be before it is stale.", "whole"),
        Field("timezone", "Its times without a zone are", "Where the provider writes a time without its zone.", "zone"),
    ),
    (
        Field("currency", "Currency", "Three letters: what its amounts are in.", length=3),
        Field("phone_region", "Phones are of", "Two letters: the country of numbers without a prefix.", length=2),
        Field("four_eyes", "Four eyes", "Nobody approves a map or a load that they submitted themselves.", "yes"),
    ),
)  # fmt: skip
# Days before the end of a credential from which somebody should renew it.
_SOON = 14
_WRITTEN = ("failure_path", "manual_fallback", "rollback_note", "retry_rules")


def record_cell(number: int, visit: Visit, forms: AccountForms) -> None:
    """The account record: what it is to the client, why it is connected, and whether it runs."""
    account = forms.account
    with cell(
        number,
        "What it is",
        why="The record that everything else hangs on: the source a client reads, what they were promised, and why.",
        result=account_badge(account.status),
    ):
        form(visit, forms, "record", "Save what it is", _RECORD)
        st.markdown(
            f":small[:gray[Template] {plain(forms.provider_name)} · :gray[key] {said(account.key)} · :gray[kept in] "
            f"the {account.destination} database]"
        )
        if visit.may(Right.MANAGE_ACCOUNTS):
            _pause_or_resume(visit, account)
        _versions(forms)


def access_cell(number: int, visit: Visit, forms: AccountForms) -> None:
    """How it signs in to the provider: by reference, never by value."""
    account = forms.account
    named = references_of(account)
    result = _sign_in(forms) or (counted(len(named), "reference") if named else badge("No secret named", NOTHING))
    why = "The desk holds where a secret lies, never the secret; it is looked up when it is used."
    with cell(number, "How it signs in", why=why, result=result):
        if forms.days_left is not None and forms.days_left <= _SOON:
            st.markdown(
                "Renew it at the provider, put the new value where the reference points, look whether it is there, test "
                "the connection, and write its new end down here."
            )
        form(visit, forms, "access", "Save how it signs in", _ACCESS)
        if named and st.button("Look whether something lies behind each reference", key="look-behind"):
            with shown_errors(goes_on=True):
                for found in look_behind(visit.desk, visit.viewer, account.key):
                    mark = badge("There", GOOD) if found.resolves else badge("Nothing there", ATTENTION)
                    st.markdown(f"{mark} {said(found.setting)} {plain(found.sentence)}")


def _sign_in(forms: AccountForms) -> str:
    """How long its credential still signs in, where somebody wrote down when that ends."""
    left = forms.days_left
    if left is None:
        return ""
    if left < 0:
        return badge("Sign-in has ended", STOPPED)
    words = "Sign-in ends today" if left == 0 else f"Sign-in ends in {counted(left, 'day')}"
    return badge(words, ATTENTION if left <= _SOON else GOOD)


def plan_cell(number: int, visit: Visit, forms: AccountForms) -> None:
    """What to do when it goes wrong, written before anything is live."""
    missing = [name for name in _WRITTEN if not forms.said(name)]
    result = badge(f"{len(missing)} missing", ATTENTION) if missing else badge("Written", GOOD)
    why = "Failure path, fallback and rollback are written before anything is live (R13, R16)."
    with cell(number, "If it goes wrong", why=why, result=result):
        form(visit, forms, "plan", "Save the plan", _PLAN)


def keeping_cell(number: int, visit: Visit, forms: AccountForms) -> None:
    """How long payloads are kept, how fresh it must be, and how its times, money and phones are read."""
    least = forms.min_retention_days
    why = "Kept no longer than needed, stale when it is silent, read as the provider means it."
    with cell(number, "How it is kept and read", why=why, result=f"at least {counted(least, 'day')}" if least else ""):
        form(visit, forms, "keeping", "Save how it is kept and read", _KEEPING)


def _pause_or_resume(visit: Visit, account: Account) -> None:
    is_paused = account.status is AccountStatus.PAUSED
    words = f"Resume {account.source_label}" if is_paused else f"Pause {account.source_label}, refuse its imports"
    if st.button(
        words,
        key="pause",
        type="primary" if is_paused else "secondary",
        icon=":material/play_arrow:" if is_paused else ":material/pause:",
    ):
        with shown_errors(goes_on=True):
            visit.act(account_settings.resume_account if is_paused else account_settings.pause_account, account.key)
            st.rerun()


def _versions(forms: AccountForms) -> None:
    """What was changed of the settings, newest first, in a box that is closed."""
    with st.expander(f"Settings, version {forms.account.version}", icon=":material/history:"):
        reading_table(
            [
                {
                    "Version": str(item.version),
                    "When": f"{item.at.day} {item.at:%b %Y, %H:%M} UTC",
                    "Who": plain(item.person),
                    "What changed": plain("; ".join(item.lines)) if item.version > 1 else "Set up from the template",
                }
                for item in forms.versions
            ]
        )
