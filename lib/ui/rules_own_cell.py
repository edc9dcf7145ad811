"""The cell of the rules page for one account's own signs: who is internal, what is a test, who sends spam."""

from __future__ import annotations

import streamlit as st

from lib.domain.people import Right
from lib.services import class_rules
from lib.services.class_rules import SHORT, RuleBookOfAccount
from lib.ui.door import shown_errors
from lib.ui.guard import Visit
from lib.ui.marks import class_mark
from lib.ui.notebook import cell, empty
from lib.ui.tables import reading_table
from lib.ui.words import counted, plain


def own_rules_cell(number: int, visit: Visit, key: str) -> None:
    """The account's own rules beside its provider's marks, with a form for the usual ones; `key` may be ''."""
    why = "Rows that bear a sign are kept, counted apart, and never count as leads. Uses step 1."
    if not key:
        with cell(number, "Who is not a customer", why=why):
            empty("Choose one account in step 1.", "Its own domains, numbers, test names and spam senders stand here.")
        return
    book = visit.read(class_rules.class_rules, key)
    with cell(number, "Who is not a customer", why=why, result=counted(len(book.own), "own rule")):
        _table(book)
        if visit.may(Right.MANAGE_ACCOUNTS):
            _add(visit, key)
            _remove(visit, key, book)
        else:
            st.markdown(":small[:gray[An account's own rules are for data owners to change.]]")


def _table(book: RuleBookOfAccount) -> None:
    own = [
        {"Class": class_mark(rule.mark.row_class), "Sign": plain(rule.mark.evidence), "From": f"rule {rule.number}"}
        for rule in book.own
    ]
    of_provider = {
        (mark.row_class, mark.evidence): {
            "Class": class_mark(mark.row_class),
            "Sign": plain(mark.evidence),
            "From": plain(book.account.source_label),
        }
        for mark in book.of_provider
    }
    reading_table([*own, *of_provider.values()])


def _add(visit: Visit, key: str) -> None:
    with st.form(f"own-rule-{key}", clear_on_submit=True, border=False):
        left, right = st.columns(2, gap="large", vertical_alignment="bottom")
        kind = left.selectbox("Sign", list(SHORT), format_func=lambda item: SHORT[item], key=f"own-kind-{key}")
        text = right.text_input("Which", key=f"own-text-{key}", max_chars=200, placeholder="example.com")
        if st.form_submit_button("Add the rule", key=f"own-add-{key}"):
            with shown_errors(goes_on=True):
                mark = visit.read(class_rules.short_rule, key, kind or "", text or "")
                visit.act(class_rules.add_rule, key, mark)
                st.toast("Added. It holds from the next load on.")
                st.rerun()


def _remove(visit: Visit, key: str, book: RuleBookOfAccount) -> None:
    if not book.own:
        return
    names = {rule.number: f"Rule {rule.number}: {rule.mark.evidence}" for rule in book.own}
    with st.container(horizontal=True, vertical_alignment="bottom"):
        gone = st.selectbox("Rule", list(names), format_func=lambda item: names[item], key=f"own-gone-{key}")
        if st.button("Remove it", key=f"own-remove-{key}") and gone is not None:
            with shown_errors(goes_on=True):
                visit.act(class_rules.remove_rule, key, gone)
                st.rerun()
