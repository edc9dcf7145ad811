"""The cells of the rules page: whose loads are looked at, every rule with its pass rate, one rule, rules about loads."""

from __future__ import annotations

from collections.abc import Sequence

import altair as alt
import pandas as pd
import streamlit as st

from lib.domain.people import Right
from lib.domain.rows.policies import ReasonPolicy
from lib.domain.verdicts import Severity
from lib.services.loading.rules import AccountChoice, RuleBook, RuleHistory, would_do
from lib.services.setup import account_settings
from lib.ui.entry.door import shown_errors
from lib.ui.entry.guard import Visit
from lib.ui.parts.address import choice, chosen
from lib.ui.parts.charts import marks, shown_chart
from lib.ui.parts.marks import ATTENTION, NOTHING, STOPPED, badge
from lib.ui.parts.notebook import cell, empty, next_line
from lib.ui.parts.tables import reading_table, working_table
from lib.ui.parts.words import counted, plain, said, sentence
from lib.ui.rules.dry_run import dry_run, of_setting

_WEIGHTS = {
    Severity.BLOCK: ("Blocks", STOPPED),
    Severity.WARN: ("Warns", ATTENTION),
    Severity.INFO: ("Informs", NOTHING),
}
_POLICIES = {
    ReasonPolicy.STOP: "The load waits until no row says so",
    ReasonPolicy.HOLD: "The row is held back",
    ReasonPolicy.BLANK: "The value is left out, the row comes in",
    ReasonPolicy.LET_IN: "The row comes in, with the remark beside it",
}
# A value that nobody has decided about waits for somebody, whatever else an account asks for.
_WAITS = {"unseen_value": {ReasonPolicy.LET_IN: "The row is held until somebody says what the value means"}}
_POLICIES_OF_LOADS = {
    ReasonPolicy.STOP: "The load cannot be approved",
    ReasonPolicy.LET_IN: "It is said in the review",
}
_MOST_COLUMNS = 4
_EVERY = "*"  # no key of an account


def next_step(book: RuleBook) -> None:
    """The rule that most rows broke, where any did."""
    worst = _by_need(book.of_rows)[0]
    if not book.loads:
        next_line("Read what is asked of every row.", f"No load was checked in the last {book.days} days.")
    elif not worst.broken or worst.rule.severity is Severity.INFO:
        next_line("Nothing here needs you.", "No row broke a rule that blocks or warns.")
    else:
        rows = f"{counted(worst.broken, 'row')} in {counted(worst.loads_broken, 'load')}."
        next_line(plain(worst.rule.sentence), f"{rows} {sentence(worst.rule.mend)}")


def account_asked(choices: Sequence[AccountChoice]) -> str:
    """The key of the account that the page is about, '' for all of them."""
    key = chosen([_EVERY, *(item.key for item in choices)], "account")
    return "" if key == _EVERY else key


def scope_cell(number: int, book: RuleBook, choices: Sequence[AccountChoice]) -> None:
    """Whose loads are looked at; an account also has policies of its own."""
    why = "One account shows what becomes of its own rows; all of them show where the rules bite."
    with cell(number, "Whose loads", why=why, result=f"{counted(book.loads, 'load')} in {book.days} days"):
        if not choices:
            empty(
                "No provider is connected yet.",
                "The rules below hold for whatever arrives; how often rows pass them is known once something has.",
                go="Connect a provider",
                to="provider_setup",
            )
            return
        names = {_EVERY: "Every account", **{item.key: item.words for item in choices}}
        choice("Account", list(names), "account", names=names)
        if book.account is not None:
            limits = book.account.policies
            told = [
                f"{limits.max_failed_percent} % of the rows" if limits.max_failed_percent is not None else "",
                counted(limits.max_failed_rows, "row") if limits.max_failed_rows is not None else "",
            ]
            most = " and ".join(item for item in told if item) or "no limit"
            st.markdown(f":small[:gray[Failed rows it puts up with: {plain(most)}.]]")


def rows_cell(number: int, book: RuleBook) -> None:
    """Every rule about a row, those first that more rows broke."""
    why = "A load counts for a rule where its map fills a column the rule is about. Uses step 1."
    kept = [item for item in _by_need(book.of_rows) if item.rule.allowed]
    with cell(number, "Rules about a row", why=why, result=counted(len(kept), "rule")):
        frame = pd.DataFrame(
            {
                "Rule": [item.rule.sentence for item in kept],
                "Passed": [item.passed_percent for item in kept],
                "Did not": [item.broken if item.points else None for item in kept],
                "Load by load": [[100 - point.passed_percent for point in item.points] for item in kept],
                "Weighs": [_WEIGHTS[item.rule.severity][0] for item in kept],
                "What happens": [_what_happens(item.rule.code, item.policy) for item in kept],
                "Columns": [_columns(item.rule.columns) for item in kept],
                "Code": [item.rule.code for item in kept],
            }
        )
        config = {
            "Rule": st.column_config.TextColumn(width="large"),
            "Passed": st.column_config.NumberColumn(format="%.2f %%", width="small"),
            "Did not": st.column_config.NumberColumn(format="localized", width="small"),
            "Load by load": st.column_config.BarChartColumn(
                y_min=0, color="gray", help="The share of rows that did not pass, the oldest load at the left."
            ),
        }
        working_table(frame, key="rules", config=config, placeholder="–", alt="Rules about a row, with their pass rate")


def rule_cell(number: int, visit: Visit, book: RuleBook) -> None:
    """One rule: what it says, what to do, its pass rate over time, and what becomes of the rows."""
    ordered = [item for item in _by_need(book.of_rows) if item.rule.allowed]
    names = {item.rule.code: item.rule.sentence for item in ordered}
    with cell(number, "One rule", why="Its words, its past, and what becomes of rows that break it. Uses step 1."):
        code = choice("Rule", list(names), "rule", names=names)
        history = next(item for item in ordered if item.rule.code == code)
        words, look = _WEIGHTS[history.rule.severity]
        st.markdown(f"{badge(words, look)} {sentence(history.rule.mend)}")
        about = _columns(history.rule.columns, most=12) or "the whole row"
        st.markdown(f":small[:gray[About {plain(about)}. {plain(_what_happens(code, history.policy))}.]]")
        _past(history)
        if book.account is not None:
            _policy(visit, history, book.account.key)


def loads_cell(number: int, book: RuleBook) -> None:
    """The rules about a delivery as a whole."""
    why = "Asked once of everything that arrived together, and beside what the account sent before."
    with cell(number, "Rules about a whole load", why=why, result=counted(len(book.of_loads), "rule")):
        reading_table(
            [
                {
                    "Rule": sentence(item.rule.sentence),
                    "What happens": plain(_POLICIES_OF_LOADS[item.policy]),
                    "Mend": sentence(item.rule.mend),
                    "Code": said(item.rule.code),
                }
                for item in book.of_loads
            ]
        )


def _past(history: RuleHistory) -> None:
    if not history.points:
        empty(
            "No load of this time was asked this.",
            "Its pass rate appears with the first load whose map fills a column the rule is about.",
        )
        return
    says = (
        f"{history.rows - history.broken:,} of {counted(history.rows, 'row')} passed in "
        f"{counted(len(history.points), 'load')}, {history.passed_percent:.2f} %."
    )
    rows = [{"x": point.at.isoformat(), "y": point.passed_percent, "load": point.load_id} for point in history.points]
    lowest = min(point.passed_percent for point in history.points)
    scale = alt.Scale(domain=[0 if lowest < 90 else 90, 100])
    is_one_day = history.points[0].at.date() == history.points[-1].at.date()
    axis = alt.Axis(format="%H:%M") if is_one_day else alt.Axis(format="%-d %b", tickCount="day")
    chart = (
        marks(rows, "current")
        .mark_line(point=True)
        .encode(
            x=alt.X("x:T", axis=axis),
            y=alt.Y("y:Q", scale=scale),
            tooltip=[alt.Tooltip("load:Q", title="Load"), alt.Tooltip("y:Q", title="Passed, %", format=".2f")],
        )
        .properties(height=160)
    )
    shown_chart(chart, says=says, key="rule-past")
    st.markdown(f":small[:gray[Share of rows that passed, in percent, load by load. {plain(says)}]]")


def _policy(visit: Visit, history: RuleHistory, key: str) -> None:
    """What the account does about it; what another choice would have done is said before it is made."""
    code, allowed = history.rule.code, history.rule.allowed
    source = "chosen for this account" if history.is_own else "the default"
    wanted = st.selectbox(
        "What becomes of rows that break it",
        allowed,
        index=allowed.index(history.policy),
        key=f"policy-{key}-{code}",
        format_func=lambda item: _what_happens(code, item),
        help=f"Now {source}. A change holds from the next load on.",
        disabled=not visit.may(Right.MANAGE_ACCOUNTS),
    )
    if not visit.may(Right.MANAGE_ACCOUNTS):
        st.markdown(":small[:gray[What becomes of rows is for data owners to decide.]]")
    elif wanted is not None and wanted is not history.policy:
        st.markdown(f":blue[:material/arrow_forward:] {plain(would_do(history, wanted))}")
        if st.button("Do it from the next load on", key="policy-set", type="primary"):
            with shown_errors(goes_on=True):
                visit.act(account_settings.set_account, key, {f"policy.{code}": str(wanted)})
                st.toast("Changed.")
                st.rerun()
        dry_run(visit, key, of_setting(f"policy.{code}", str(wanted)), key="policy")


def _what_happens(code: str, policy: ReasonPolicy) -> str:
    return _WAITS.get(code, {}).get(policy, _POLICIES[policy])


def _by_need(histories: Sequence[RuleHistory]) -> list[RuleHistory]:
    """Those that more rows broke first, then those that were asked and that weigh more; what only informs comes last."""
    weight = list(_WEIGHTS)
    return sorted(
        histories,
        key=lambda item: (
            item.rule.severity is Severity.INFO,
            -item.broken,
            not item.points,
            weight.index(item.rule.severity),
        ),
    )


def _columns(names: Sequence[str], most: int = _MOST_COLUMNS) -> str:
    """`phone, secondary phone`; of many the first few, and how many more there are."""
    told = [name.replace("_", " ") for name in names[:most]]
    more = f" and {len(names) - most} more" if len(names) > most else ""
    return ", ".join(told) + more
