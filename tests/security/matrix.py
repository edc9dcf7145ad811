"""Who may do what on which page: role by page by action, generated from the code.

`python -m tests.security.matrix > tests/security/matrix.md` writes it down anew.
"""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterator
from dataclasses import dataclass

from lib.domain.people import RIGHTS, Right, Role
from tests.security.rights_in_code import PROJECT, Verb, pages, right_of, verbs_of, verbs_of_the_frame

# What asks for no right, and why it needs none.
OPEN = {
    "privacy.person_file.person_wanted": "words what is asked for and reads nothing; who takes the file is asked",
    "people.people.local_admin": "the door of a desk without sign-in, which only its own machine reaches",
    "people.sign_in.person_at_the_door": "asked before anybody is known",
    "people.sign_in.note_arrival": "everybody's own sign-in is written down in their own name, and nobody else's",
    "people.sign_in.sign_out": "everybody may end their own sign-ins, and nobody else's",
    "publishing.statements.withdraw": "one's own draft takes another right than what a client reads; both are asked for",
}


FRAME = "the frame around them"


@dataclass(frozen=True)
class Cell:
    """An action that a page can reach, and the right it asks for; None where it is open to whoever gets in."""

    page: str
    action: Verb
    right: Right | None


def guard_of(page: str) -> Right:
    """The right that a page asks for in its first line that does anything."""
    tree = ast.parse((PROJECT / "pages" / f"{page}.py").read_text())
    first = next(line for line in tree.body if not isinstance(line, ast.Import | ast.ImportFrom | ast.Expr))
    asked = first.value if isinstance(first, ast.Assign) else None
    assert isinstance(asked, ast.Call) and ast.unparse(asked.func) == "require", f"{page} does not begin with its guard"
    assert isinstance(asked.args[0], ast.Attribute)
    return Right[asked.args[0].attr]


def cells() -> Iterator[Cell]:
    """Every action of every page."""
    for verb in verbs_of_the_frame():
        yield Cell(FRAME, verb, right_of(verb))
    for page in pages():
        for verb in verbs_of(page):
            yield Cell(page, verb, right_of(verb))


def may(role: Role, cell: Cell) -> bool:
    """Whether a role gets to the page and is let do this there."""
    guard = set() if cell.page == FRAME else {guard_of(cell.page)}
    return guard | ({cell.right} if cell.right is not None else set()) <= RIGHTS[role]


def matrix() -> str:
    """The whole of it as a Markdown table: a line an action, a column a role."""
    head = ["page", "action", "right", *Role]
    lines = [f"| {' | '.join(head)} |", f"|{'---|' * len(head)}"]
    for page in (FRAME, *pages()):
        guard = None if page == FRAME else guard_of(page)
        opens = ["yes" if guard is None or guard in RIGHTS[role] else "" for role in Role]
        lines.append(f"| **{page}** | open it | {guard or 'none'} | {' | '.join(opens)} |")
        for cell in (item for item in cells() if item.page == page):
            marks = ["yes" if may(role, cell) else "" for role in Role]
            lines.append(f"| | {cell.action} | {cell.right or 'none'} | {' | '.join(marks)} |")
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    sys.stdout.write(matrix())
