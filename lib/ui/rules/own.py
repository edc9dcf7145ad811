"""The cell of the rules page for one account's own signs: who is internal, what is a test, who sends spam."""

from __future__ import annotations

import streamlit as st

from lib.domain.people import Right
from lib.domain.rows.class_rules import ClassRule
from lib.services.loading import class_rules
from lib.services.loading.class_rules import SHORT, RuleBookOfAccount
from lib.ui.entry.door import shown_errors
from lib.ui.entry.guard import Visit
from lib.ui.parts.marks import class_mark
from lib.ui.parts.notebook import cell, empty
from lib.ui.parts.tables import reading_table
from lib.ui.parts.words import counted, plain
from lib.ui.rules.dry_run import dry_run, of_rule, without_rule

# A rule that is only tried has no number of its own yet, and this one nobody is given.
_TRIED = 0


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
            _add(visit, key, book)
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


def _add(visit: Visit, key: str, book: RuleBookOfAccount) -> None:
    # Once a rule is added the fields are new ones, and so empty.
    left, middle, right = st.columns([2, 2, 1], gap="large", vertical_alignment="bottom")
    turn = f"{key}-{max((rule.number for rule in book.own), default=0)}"
    kind = left.selectbox("Sign", list(SHORT), format_func=lambda item: SHORT[item], key=f"own-kind-{turn}")
    text = middle.text_input("Which", key=f"own-text-{turn}", max_chars=200, placeholder="example.com")
    is_asked = right.button("Add the rule", key=f"own-add-{key}")
    if not (text or "").strip() and not is_asked:
        return
    with shown_errors(goes_on=True):
        mark = visit.read(class_rules.short_rule, key, kind or "", text or "")
        if is_asked:
            visit.act(class_rules.add_rule, key, mark)
            st.toast("Added. It holds from the next load on.")
            st.rerun()
        dry_run(visit, key, of_rule(ClassRule(_TRIED, mark).as_dict()), key="own")


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
    if gone is not None and st.toggle("Try first what taking it away does", key=f"own-without-{key}"):
        dry_run(visit, key, without_rule(gone), key="own-gone")
