"""The cell of what waits for an owner because the data changed: one line a task, with the way to where it is done."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from lib.services.running.tasks import Task
from lib.ui.parts.marks import ATTENTION, badge
from lib.ui.parts.notebook import cell, link
from lib.ui.parts.words import counted, plain

_SHOWN = 10
_GO = {
    "field_maps": "Look at the map",
    "import_review": "Look at the load",
    "baseline_vs_current": "Look at the number",
    "operations": "Look at what happened",
}


def tasks_cell(number: int, tasks: Sequence[Task]) -> None:
    """The open tasks, oldest first; nothing where there is none."""
    if not tasks:
        return
    why = "Each opened because of something that arrived, and closes by itself once that is dealt with."
    with cell(number, "Tasks", why=why, result=badge(f"{counted(len(tasks), 'task')} open", ATTENTION)):
        for task in tasks[:_SHOWN]:
            with st.container(horizontal=True, vertical_alignment="center", key=f"task-{task.id}"):
                opened = f"{plain(task.owner)}, since {task.opened_at.day} {task.opened_at:%b}"
                st.markdown(f"{plain(task.sentence)} :small[:gray[{opened}]]", width="stretch")
                link(_GO.get(task.page, "Go there"), task.page, **task.address)
        if len(tasks) > _SHOWN:
            st.markdown(f":small[:gray[{counted(len(tasks) - _SHOWN, 'task')} more.]]")
