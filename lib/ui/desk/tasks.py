"""The one list of what waits for a person: two filters, a line a task with the way to where it is done, and settling one."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta

import streamlit as st

from lib.clock import zone
from lib.domain.people import Right
from lib.domain.tasks import KINDS, OPEN
from lib.pipeline.running.task_rules import keep_tasks
from lib.services.running import tasks
from lib.services.running.tasks import Task, TaskSeverity
from lib.ui.entry.door import shown_errors, tell_then, told
from lib.ui.entry.guard import Visit
from lib.ui.parts.address import from_address, to_address
from lib.ui.parts.marks import ATTENTION, GOOD, NOTHING, STOPPED, badge
from lib.ui.parts.notebook import cell, empty, turn
from lib.ui.parts.tables import navigating_table
from lib.ui.parts.words import counted, plain, sentence

_SHOWN = 10
_COLUMNS = {"Task": 145, "Matters": 90, "What is known": 395, "Who": 170, "Due": 105, "Waits": 55}
_WHICH = {"all": "All", "mine": "Mine", "overdue": "Overdue", "resolved": "Resolved"}
_LOOKS = {TaskSeverity.INCIDENT: STOPPED, TaskSeverity.WARNING: ATTENTION, TaskSeverity.ROUTINE: NOTHING}
_PLACE = "task-settled"


def waiting(visit: Visit, client: str = "") -> tuple[Task, ...]:
    """The tasks as things stand now, of every client in scope or of one; what matters most comes first."""
    keep_tasks(visit.desk, visit.actor)
    return visit.read(tasks.standing, client)


def tasks_cell(number: int, visit: Visit, found: Sequence[Task]) -> None:
    """Everything that waits for a person, as `waiting` found it."""
    late = sum(task.is_overdue(visit.desk.clock()) for task in found)
    still = sum(task.status == OPEN for task in found)
    result = badge(f"{counted(still, 'task')} open", ATTENTION) if still else badge("Nothing waits", GOOD)
    why = "One list for everybody: each was opened by what happened, belongs to one person, and closes by itself."
    with cell(number, "Tasks", why=why, result=f"{late} overdue {result}" if late else result):
        told(_PLACE)
        if not found:
            empty(
                "Nothing waits for anybody.", "Approvals, unknown values, lapsed proofs and failures are listed here."
            )
            return
        shown = _chosen(found, visit)
        if shown:
            _table(shown, visit.desk.clock())
        else:
            empty(
                "No task is here.",
                "Every open one stands under All; what people resolved, under Resolved.",
            )
        _settle(visit, shown)


def _chosen(found: Sequence[Task], visit: Visit) -> list[Task]:
    """Those that the two filters leave; both stand in the address."""
    now = visit.desk.clock()
    groups = {
        "all": [task for task in found if task.status == OPEN],
        "mine": [task for task in found if task.status == OPEN and task.owner_id == visit.viewer.person_id],
        "overdue": [task for task in found if task.is_overdue(now)],
        "resolved": [task for task in found if task.status != OPEN],
    }
    asked, kind = from_address("tasks", "all"), from_address("task_kind")
    with st.container(horizontal=True, vertical_alignment="center"):
        which = st.segmented_control(
            "Which tasks",
            list(_WHICH),
            default=asked if asked in _WHICH else "all",
            required=True,
            format_func=lambda name: f"{_WHICH[name]} {len(groups[name])}",
            key="task-filter",
            label_visibility="collapsed",
        )
        kinds = [name for name in KINDS if any(task.kind == name for task in found)]
        only = st.selectbox(
            "Kind",
            ["", *kinds],
            index=kinds.index(kind) + 1 if kind in kinds else 0,
            format_func=lambda name: KINDS[name].words if name else "Every kind",
            key="task-kind",
            label_visibility="collapsed",
            width=220,
        )
    to_address(tasks="" if which == "all" else which, task_kind=only)
    return [task for task in groups[str(which)] if not only or task.kind == only]


def _table(shown: Sequence[Task], now: datetime) -> None:
    is_whole = from_address("all_tasks") == "yes"
    rows: list[tuple[str, str, dict[str, object], list[str]]] = [
        (
            plain(task.words),
            task.page,
            dict(task.address),
            [
                badge(task.severity.capitalize(), _LOOKS[task.severity]),
                sentence(task.sentence) + _reason(task),
                plain(task.owner if task.status == OPEN else task.closed_by),
                _due(task, now),
                _waits(task, now),
            ],
        )
        for task in (shown if is_whole else shown[:_SHOWN])
    ]
    navigating_table(_COLUMNS, rows, key="tasks")
    if len(shown) > _SHOWN and not is_whole:
        kept = {name: from_address(name) for name in ("tasks", "task_kind")}
        turn(f"Show all {counted(len(shown), 'task')}", is_quiet=True, **kept, all_tasks="yes")


def _reason(task: Task) -> str:
    return "" if task.status == OPEN else f"  \n:gray[Resolved:] {plain(task.closed_because)}"


def _due(task: Task, now: datetime) -> str:
    day = f"{task.due_on.day} {task.due_on:%b}"
    return badge(f"{day}, late", ATTENTION) if task.is_overdue(now) else day


def _waits(task: Task, now: datetime) -> str:
    days = task.age(now).days
    return counted(days, "day") if days else "today"


def _settle(visit: Visit, shown: Sequence[Task]) -> None:
    """Resolve, hand over or put off one of the tasks this person may settle; nothing is read before one is chosen."""
    mine = {
        task.id: task
        for task in shown
        if visit.may(Right.MANAGE_ACCOUNTS) or task.owner_id == visit.actor.person_id == visit.viewer.person_id
    }
    if not mine:
        return
    with st.expander("Resolve a task, hand it over, or put it off", icon=":material/task_alt:"):
        number = st.selectbox(
            "Task",
            list(mine),
            index=None,
            placeholder="Choose one",
            format_func=lambda each: f"{each}: {mine[each].words}, {mine[each].sentence[:90]}" if each in mine else "",
            key="task-chosen",
        )
        if number in mine and mine[number].status != OPEN:
            with shown_errors(goes_on=True):
                if st.button("Open it again", key="task-reopen"):
                    visit.act(tasks.reopen, mine[number].id)
                    _again(f"Task {number} is open again.")
        elif number in mine:
            task = mine[number]
            resolve, hand_over, put_off = st.tabs(["Resolve it", "Hand it over", "Put it off"])
            with resolve:
                _resolve(visit, task)
            with hand_over:
                _hand_over(visit, task)
            with put_off:
                _put_off(visit, task)


def _resolve(visit: Visit, task: Task) -> None:
    with st.form("task-resolve", border=False):
        st.markdown(
            ":small[:gray[It closes although its cause may still be there, and opens again when that comes back.]]"
        )
        reason = st.text_input("What was done, or why it may stay", max_chars=300)
        if st.form_submit_button("Resolve the task"):
            with shown_errors(goes_on=True):
                visit.act(tasks.resolve, task.id, reason)
                _again(f"Task {task.id} is resolved.")


def _hand_over(visit: Visit, task: Task) -> None:
    people = {person.email: person.called for person in visit.read(tasks.able, task.id)}
    with st.form("task-hand-over", border=False):
        email = st.selectbox("Who is to do it", list(people), format_func=lambda each: people.get(each, each))
        if st.form_submit_button("Hand the task over"):
            with shown_errors(goes_on=True):
                visit.act(tasks.assign, task.id, str(email))
                _again(f"Task {task.id} is {people[str(email)]}'s now.")


def _put_off(visit: Visit, task: Task) -> None:
    today = visit.desk.clock().astimezone(zone(task.timezone)).date()
    with st.form("task-put-off", border=False):
        day = st.date_input(
            "By which day", max(task.due_on, today), min_value=today, max_value=today + timedelta(days=366)
        )
        if st.form_submit_button("Put the task off") and isinstance(day, date):
            with shown_errors(goes_on=True):
                visit.act(tasks.due, task.id, day)
                _again(f"Task {task.id} is due on {day.day} {day:%B}.")


def _again(said: str) -> None:
    tell_then(_PLACE, said)
    st.rerun()
