"""The ladder of one account: each gate with what proves it, a form where only a person can say so, and going live."""

from __future__ import annotations

from collections.abc import Sequence
from urllib.parse import parse_qsl

import streamlit as st

from lib.domain.ladder.gates import Gate, Rung
from lib.domain.people import Right
from lib.domain.states import AccountStatus
from lib.services.setup import ladder
from lib.services.setup.account_setup import AccountSetup
from lib.services.setup.ladder import LadderView
from lib.ui.entry.door import shown_errors, tell_then, told
from lib.ui.entry.guard import Visit
from lib.ui.parts.connector_badges import freshness_badge, last_run_badge, setup_badge, sign_in_badge
from lib.ui.parts.marks import ATTENTION, GOOD, NOTHING, STOPPED, badge
from lib.ui.parts.notebook import cell, link, next_line
from lib.ui.parts.tables import reading_table
from lib.ui.parts.words import counted, plain, sentence

_PLACE = "gate-accepted"
_HERE = "provider_setup"
# What the way to a page is called from here; an address within this page needs none.
_WAYS = {
    "field_maps": "Map its fields",
    "import_review": "Import a file",
    "baseline_vs_current": "Compare its numbers",
    "operations": "Look at what is known",
}


def next_step(setup: AccountSetup) -> None:
    """The one thing to do next for this account, and where."""
    view, account = setup.ladder, setup.account
    gate = view.next_gate
    if account.status is AccountStatus.PAUSED:
        next_line("It is paused.", "Nothing is imported for it until somebody resumes it, in step 4.")
    elif gate is not None:
        page, address = _place(gate)
        fact = f"Rung {gate.rung}, {plain(gate.what[:1].lower() + gate.what[1:])}: {plain(gate.why.rstrip('.'))}."
        go = _WAYS.get(page, "")
        next_line(sentence(gate.climb or "Climb the next rung."), fact, go=go, to=page if go else "", **address)
    elif not view.is_live:
        next_line("Promote it to live.", "Every gate holds, and nothing of it is published before.")
    elif view.warnings:
        warned = view.warnings[0]
        page, address = _place(warned)
        go = _WAYS.get(page, "")
        fact = f"It is live; one thing to know: {plain(warned.why.rstrip('.'))}."
        next_line(sentence(warned.climb), fact, go=go, to=page if go else "", **address)
    else:
        next_line("Nothing is missing.", "It is live, and every gate holds.")


def ladder_cell(number: int, visit: Visit, setup: AccountSetup) -> None:
    """The four badges, and the six rungs with their gates: proven ones closed, the others open."""
    item = setup.connector
    why = "An account climbs by evidence. Each gate says what proves it, who accepted it, and why it holds no more."
    with cell(number, "The way so far", why=why, result=setup_badge(item)):
        answers = {
            "Setup": setup_badge(item),
            "Sign-in": sign_in_badge(item),
            "Last run": last_run_badge(item),
            "Freshness": freshness_badge(item),
        }
        st.markdown(" ".join(f":small[:gray[{name}]] {mark}" for name, mark in answers.items()))
        told(_PLACE)
        for rung in setup.rungs:
            _rung(visit, setup.account.key, rung)


def promote_cell(number: int, visit: Visit, setup: AccountSetup) -> None:
    """What blocks and what only warns, each with its way out, and the one button that makes it live (R17, F7)."""
    view = setup.ladder
    why = "What blocks keeps it from going live; what warns is only to be known. Uses step 1."
    with cell(number, "Promote to live", why=why, result=_counts(view)):
        if view.fell_back is not None:
            at = view.fell_back.at
            fell = f"**It fell back on {at.day} {at:%b %Y}.** {plain(view.fell_back.because)}"
            st.warning(f"{fell} Clients are told that nothing newer is shown.", icon=":material/change_history:")
        lines = [_line("Blocks", STOPPED, gate) for gate in view.lacking]
        lines += [_line("Warns", ATTENTION, gate) for gate in view.warnings]
        if lines:
            with st.container(key="narrow-promote"):
                reading_table(lines, has_header=False)
        if view.promoted_at is not None:
            when = f"{view.promoted_at.day} {view.promoted_at:%b %Y}"
            st.markdown(f":small[:gray[Promoted last by {plain(view.promoted_by)}, {when}.]]")
        if visit.may(Right.MANAGE_ACCOUNTS):
            _promote(visit, setup)
        else:
            st.markdown(":small[:gray[Read only: a data owner or an admin promotes it.]]")


def _counts(view: LadderView) -> str:
    blockers, warned = len(view.lacking), len(view.warnings)
    marks = [badge(counted(blockers, "blocker"), STOPPED)] if blockers else [badge("Nothing blocks", GOOD)]
    return " ".join([*marks, badge(counted(warned, "warning"), ATTENTION)] if warned else marks)


def _line(word: str, look: tuple[str, str], gate: Gate) -> dict[str, str]:
    return {
        "": badge(word, look),
        "What": f"**{plain(gate.what)}** {plain(gate.why)}",
        "Way out": sentence(gate.climb),
    }


def _promote(visit: Visit, setup: AccountSetup) -> None:
    view, account = setup.ladder, setup.account
    if view.is_live and not [gate for gate in view.gates if not gate.is_blocking and gate.object]:
        return
    blockers, is_paused = len(view.lacking), account.status is AccountStatus.PAUSED
    words = (
        f"Take what is new of {account.source_label} live"
        if view.is_live
        else f"Promote {account.source_label} to live"
    )
    with st.container(horizontal=True, vertical_alignment="center"):
        pressed = st.button(words, key="promote", type="primary", disabled=bool(blockers) or is_paused)
        if is_paused:
            st.markdown(":small[:gray[Disabled: it is paused. Resume it in step 4.]]")
        elif blockers:
            st.markdown(f":small[:gray[Disabled: {counted(blockers, 'blocker')}.]]")
    if pressed:
        with shown_errors(goes_on=True):
            visit.act(ladder.promote, account.key)
            tell_then(_PLACE, f"{account.source_label} is live: what is reviewed of it may be published now.")
            st.rerun()


def _rung(visit: Visit, key: str, rung: Rung) -> None:
    icon = ":material/check_circle:" if rung.holds else ":material/radio_button_unchecked:"
    if any(gate.has_lapsed for gate in rung.lacking):
        icon = ":material/error:"
    with st.expander(f"**{rung.number} {rung.name}** {_mark(rung)}", expanded=not rung.holds, icon=icon, type="step"):
        reading_table([_gate(gate) for gate in rung.gates], has_header=False)
        open_ = [gate for gate in rung.gates if not gate.holds]
        if visit.may(Right.MANAGE_ACCOUNTS):
            for gate in open_:
                if gate.takes_evidence:
                    _accept(visit, key, gate)
        _ways(rung.gates)


def _mark(rung: Rung) -> str:
    if rung.holds:
        warned = len(rung.warnings)
        return f"{badge('Proven', GOOD)} {badge(counted(warned, 'warning'), ATTENTION) if warned else ''}".rstrip()
    if lapsed := [gate for gate in rung.lacking if gate.has_lapsed]:
        return badge(f"{len(lapsed)} lapsed", ATTENTION)
    blocking = [gate for gate in rung.gates if gate.is_blocking]
    return badge(f"{len(blocking) - len(rung.lacking)} of {len(blocking)}", NOTHING)


def _gate(gate: Gate) -> dict[str, str]:
    if gate.holds:
        mark = badge("Holds", GOOD)
    elif not gate.is_blocking:
        mark = badge("Warns", ATTENTION)
    else:
        mark = badge("Lapsed", ATTENTION) if gate.has_lapsed else badge("Missing", NOTHING)
    found = plain(gate.evidence)
    if gate.has_lapsed:
        found = f"**{plain(_upper(gate.stale_because))}** :gray[{plain(gate.evidence)}]"
    elif not gate.holds:
        found = f":gray[{found}]"
    return {"Gate": plain(gate.what), "Stands": mark, "Evidence": found, "Accepted by": _accepted(gate)}


def _accepted(gate: Gate) -> str:
    if not gate.accepted_by:
        return ":gray[read by the desk]" if gate.holds else ""
    when = f", {gate.accepted_at.day} {gate.accepted_at:%b %Y}" if gate.accepted_at else ""
    return plain(f"{gate.accepted_by}{when}")


def _accept(visit: Visit, key: str, gate: Gate) -> None:
    """What only a person can confirm: in words or with a link, never with a bare tick."""
    with st.form(f"accept-{gate.key}", border=True):
        st.markdown(f"**{plain(gate.what)}** :small[:gray[{plain(gate.climb)}]]")
        left, middle, right = st.columns([4, 3, 2.2], vertical_alignment="bottom")
        text = left.text_input("What was looked at", key=f"accept-text-{gate.key}", max_chars=1000)
        where = middle.text_input(
            "Or a link to it", key=f"accept-link-{gate.key}", max_chars=500, placeholder="https://"
        )
        pressed = right.form_submit_button(f"Accept {gate.what[:1].lower()}{gate.what[1:]}", width="stretch")
    if pressed:
        with shown_errors(goes_on=True):
            visit.act(ladder.accept_gate, key, gate.key, text=text, link=where)
            tell_then(_PLACE, f"{gate.what}: accepted by {visit.actor.email}.")
            st.rerun()


def _ways(gates: Sequence[Gate]) -> None:
    """The pages where what lacks of a rung is done, or what holds is looked at, each once."""
    ways: dict[tuple[str, str], dict[str, str]] = {}
    for gate in sorted(gates, key=lambda gate: gate.holds):
        page, address = _place(gate)
        if page in _WAYS and (not gate.holds or not ways):
            ways.setdefault((page, address.get("object", "")), address)
    if not ways:
        return
    with st.container(horizontal=True):
        for (page, name), address in ways.items():
            of = f", {name.replace('_', ' ')}" if name else ""
            link(f"{_WAYS[page]}{plain(of)}", page, **address)


def _place(gate: Gate) -> tuple[str, dict[str, str]]:
    page, _, asked = gate.link.partition("?")
    return page, dict(parse_qsl(asked))


def _upper(words: str) -> str:
    return words[:1].upper() + words[1:]
