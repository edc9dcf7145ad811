"""What a person meets on a page that ran: its words, where its links lead, and who is looking."""

from __future__ import annotations

import pytest
from streamlit.testing.v1 import AppTest
from streamlit.testing.v1.element_tree import Button

from lib.domain.people import Actor
from lib.ui.entry import guard


def visited(router: AppTest, page: str, **address: object) -> AppTest:
    """The page called `page` at this address, run once, as by whoever follows a link to it."""
    router.switch_page(f"../../pages/{page}.py")
    for name, value in address.items():
        router.query_params[name] = str(value)
    return router.run()


def signed_in_as(monkeypatch: pytest.MonkeyPatch, person: Actor) -> None:
    """From now on this person acts."""
    monkeypatch.setattr(guard, "person_signed_in", lambda _desk: person)


def words(page: AppTest) -> str:
    """Everything a person reads on the page, tables and buttons included."""
    kinds = ("markdown", "title", "subheader", "error", "info", "code")
    texts: list[str] = [element.value for kind in kinds for element in page.get(kind)]  # type: ignore[union-attr]
    texts += [element.label for kind in ("button", "expander") for element in page.get(kind)]  # type: ignore[union-attr]
    texts += [link.proto.label for link in page.get("page_link")]
    tables = [table.value.to_csv(index=False) for table in [*page.table, *page.dataframe]]
    return "\n".join([*texts, *tables])


def links(page: AppTest) -> dict[str, tuple[str, str]]:
    """Where each link leads: {its words: (page, address)}; the first of equal words counts."""
    found: dict[str, tuple[str, str]] = {}
    for link in page.get("page_link"):
        found.setdefault(_bare(link.proto.label), (link.proto.page, link.proto.query_string))
    return found


def button(page: AppTest, label: str) -> Button:
    """The button (or the link within the page) with these words; an AssertionError lists those there are."""
    found = [each for each in page.button if _bare(each.label) == label]
    assert found, [each.label for each in page.button]
    return found[0]


def turns(page: AppTest) -> set[str]:
    """The words of every link within the page."""
    return {_bare(each.label) for each in page.button if str(each.key).startswith("turn-")}


def _bare(label: str) -> str:
    return label.removeprefix(":blue[").removesuffix("]") if label.startswith(":blue[") else label
