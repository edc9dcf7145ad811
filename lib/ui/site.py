"""The pages of the desk: their names in the navigation, the section each stands in, and the right it takes to see it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from lib.domain.people import Actor, Right

_PAGES = Path(__file__).resolve().parents[2] / "pages"


@dataclass(frozen=True)
class SitePage:
    """One file in pages/, as the router names it."""

    name: str
    title: str
    icon: str
    section: str
    right: Right

    @property
    def file(self) -> str:
        """Where it lies, seen from the router."""
        return f"../../pages/{self.name}.py"

    @property
    def is_there(self) -> bool:
        """Whether the file is there."""
        return (_PAGES / f"{self.name}.py").is_file()


_EVERY = (
    SitePage("home", "Home", "home", "", Right.SEE_DETAIL),
    SitePage("provider_setup", "Provider setup", "stairs", "Connect", Right.SEE_DETAIL),
    SitePage("field_maps", "Field maps", "conversion_path", "Connect", Right.EDIT_MAPS),
    SitePage("import_review", "Import review", "fact_check", "Import", Right.SEE_DETAIL),
    SitePage("rules", "Rules", "rule", "Import", Right.SEE_DETAIL),
    SitePage("baseline_vs_current", "Baseline and current", "show_chart", "Compare", Right.SEE_DETAIL),
    SitePage("client_portal", "Client portal", "monitoring", "Compare", Right.SEE_SUMMARIES),
    SitePage("records", "Records", "search", "Find", Right.SEE_DETAIL),
    SitePage("operations", "Operations", "monitor_heart", "Desk", Right.SEE_DETAIL),
    SitePage("audit", "Audit log", "history", "Desk", Right.MANAGE_ACCOUNTS),
    SitePage("desk", "Clients and people", "group", "Desk", Right.MANAGE_DESK),
)


def site() -> list[SitePage]:
    """Every page, in the order of the navigation."""
    return [page for page in _EVERY if page.is_there]


def pages_of(person: Actor) -> list[SitePage]:
    """The pages this person's role may see."""
    return [page for page in site() if person.may(page.right)]
