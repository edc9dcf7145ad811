"""The cell of an account's setup page for what its numbers mean: each definition, and a form to change one."""

from __future__ import annotations

from typing import Any

import streamlit as st

from lib.domain.accounts import Account
from lib.domain.metrics import GIVEN, Surface
from lib.domain.objects import Kind, object_type
from lib.domain.people import Right
from lib.pipeline.publishing import metric_changes
from lib.reporting.metric_rules import BLANK
from lib.services.counting import metric_definitions
from lib.ui.entry.door import shown_errors
from lib.ui.entry.guard import Visit
from lib.ui.parts.notebook import cell, empty
from lib.ui.parts.tables import reading_table
from lib.ui.parts.words import counted, plain


def metrics_cell(number: int, visit: Visit, account: Account) -> None:
    """Every number of the account with what it means; an owner changes a definition here, with a reason."""
    why = "Each number says one clear thing. A new way of counting is a new version; older baselines stay as they are."
    found = visit.read(metric_definitions.catalog, account.client_key, account.key)
    with cell(number, "What its numbers mean", why=why, result=counted(len(found), "number")):
        if not found:
            empty("Nothing is counted of this account yet.", "`metric add` adds a number of its own.")
            return
        reading_table([_row(item) for item in found])
        if visit.may(Right.MANAGE_ACCOUNTS):
            _change(visit, found)


def _row(item: dict[str, Any]) -> dict[str, str | int]:
    only = [_only(column, values) for column, values in item["where"].items()]
    split = [f"split by {item['dimension']}"] if item["dimension"] else []
    told = ", ".join([_counting_in_words(item), *only, *split]).replace("_", " ")
    return {
        "Number": f"**{plain(item['label'])}** :gray[in] {plain(item['unit'])}",
        "Means": plain(item["meaning"]),
        "How": plain(told),
        "For": plain(item["surface"].replace("_", " ")),
        "Version": item["version"],
    }


def _change(visit: Visit, found: list[dict[str, Any]]) -> None:
    names = {item["metric"]: item for item in found}
    with st.expander("Change a definition"):
        chosen = st.selectbox("Number", list(names), format_func=lambda name: names[name]["label"], key="metric-chosen")
        item = names[str(chosen)]
        # After a change the fields are new ones, and show what stands now.
        turn = f"{chosen}-{item['version']}-{item['label']}-{item['unit']}-{item['meaning']}-{item['surface']}"
        with st.form(f"metric-{turn}", border=False):
            left, right = st.columns(2)
            changes = {
                "label": left.text_input("Label", item["label"], max_chars=100),
                "unit": right.text_input("Unit", item["unit"], max_chars=40),
                "meaning": st.text_area(
                    "Meaning", item["meaning"], max_chars=500, height=80, help="The end of the sentence a client reads."
                ),
                "surface": left.selectbox(
                    "Where it ends",
                    list(Surface),
                    list(Surface).index(item["surface"]),
                    format_func=lambda surface: surface.replace("_", " "),
                ),
            }
            if item["aggregation"] != "ratio":
                changes |= _counting(item, right)
            reason = st.text_input("Why it is changed", max_chars=300)
            if st.form_submit_button("Change it", help="What counts otherwise is counted anew, as a new version."):
                _edit(visit, item, {name: text or "" for name, text in changes.items()}, reason)


def _counting(item: dict[str, Any], place: Any) -> dict[str, str]:
    """What decides which records count, and on which day."""
    dates = [each.name for each in object_type(item["object"]).columns if each.kind in (Kind.TIMESTAMP, Kind.DATE)]
    told = {"date_basis": place.selectbox("Counted by", dates, dates.index(item["date_basis"]))}
    statuses = [name for name in ("status", "outcome") if name in object_type(item["object"]).column_names]
    for column in dict.fromkeys([*item["where"], *statuses]):
        told[f"where.{column}"] = st.text_input(
            f"Only with {column.replace('_', ' ')}",
            ", ".join(value or BLANK for value in item["where"].get(column, [])),
            help=f"Values parted by commas; * is any, {BLANK} none; empty takes every record.",
        )
    return told


def _edit(visit: Visit, item: dict[str, Any], changes: dict[str, str], reason: str) -> None:
    with shown_errors(goes_on=True):
        edited = metric_changes.edit_metric(visit.desk, visit.actor, item["metric"], changes, reason)
        anew = (
            "It is counted anew; older baselines are not comparable." if edited["renewed"] else "Its words are changed."
        )
        st.toast(anew)
        st.rerun()


def _counting_in_words(item: dict[str, Any]) -> str:
    if item["aggregation"] == "ratio":
        return f"{item['numerator']} ÷ {item['denominator']}"
    if item["aggregation"] == "count":
        return f"{item['object']}, counted by {item['date_basis']}"
    times = f" × {item['weight']}" if item["weight"] else ""
    return f"{item['column']}{times} of {item['object']}, added up by {item['date_basis']}"


def _only(column: str, values: list[str]) -> str:
    said = ["any" if value == GIVEN else value or "none" for value in values]
    return f"{column}: {' or '.join(said)}"
