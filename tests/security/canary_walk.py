"""Walks the whole desk as one person: every page, every address it is led to, everything it can press or choose there.

Nothing of it is named: pages are those of the site and of the folder, addresses those that pages lead to, controls those
that pages show. So a page or a button that comes tomorrow is walked tomorrow.
"""

from __future__ import annotations

import gzip
import io
import logging
import re
import sqlite3
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import parse_qsl

import pytest
import zstandard

from lib.ui.site import site
from tests.security.canary_marks import PLANTED, For, marked_in
from tests.stream import Run, Server, Widget

PAGES = Path(__file__).resolve().parents[2] / "pages"
# An address of this server that is not a page: what a page hands out to be fetched.
_FETCHED = re.compile(rb"/(?:media|downloads|shared|uploads|component|app/static)/[\w./%=~+-]+")
_QUERY = re.compile(
    rb"(" + b"|".join(re.escape(file.stem.encode()) for file in sorted(PAGES.glob("*.py"))) + rb")\?([\w=&.%+-]+)"
)
_CHOICES = ("selectbox", "multiselect", "radio", "button_group")
_SOME = 6
# What two controls of a kind differ by: what is hashed or counted in their ids.
_LIKE = re.compile(r"[0-9a-f]{6,}|[0-9]+")
EVERYTHING = frozenset({"turn", "button", "choice", "switch", "rows"})


def every_page() -> list[str]:
    """Every page that the site names or that lies in the folder."""
    return list(dict.fromkeys([*(item.name for item in site()), *sorted(file.stem for file in PAGES.glob("*.py"))]))


def opened(content: bytes) -> Iterator[str]:
    """Content as text, with what is packed in it."""
    yield content.decode("latin-1")
    if content[:2] == b"\x1f\x8b":
        yield from opened(gzip.decompress(content))
    elif content[:4] == b"\x28\xb5\x2f\xfd":
        yield from opened(zstandard.ZstdDecompressor().decompressobj().decompress(content))
    elif zipfile.is_zipfile(io.BytesIO(content)):
        with zipfile.ZipFile(io.BytesIO(content)) as pack:
            for name in pack.namelist():
                yield name
                yield from opened(pack.read(name))


@dataclass
class Seen:
    """The marks that were seen: of each column, where first."""

    # How much its reader may read, where the first mark beyond that ends the walk.
    most: int = For.NOBODY
    marks: dict[str, str] = field(default_factory=dict)
    runs: int = 0

    def note(self, where: str, content: bytes) -> None:
        """Look through something that was sent."""
        for text in opened(content):
            for column in marked_in(text):
                self.marks.setdefault(column, where)
                assert PLANTED.get(column, For.NOBODY) <= self.most, f"{column} was sent: {where}"


Address = tuple[str, str]


@dataclass
class Walk:
    """One person's walk. `known` are addresses to go to as well, as whoever guesses or was sent them would."""

    server: Server
    still: Still
    person: str | None
    presses: frozenset[str] = frozenset()
    known: tuple[Address, ...] = ()
    most_of_a_kind: int = 1
    # Who tries each file that this person is handed first, and must be told nothing.
    strangers: tuple[str | None, ...] = ()
    seen: Seen = field(default_factory=Seen)
    addresses: list[Address] = field(default_factory=list)
    _kinds: dict[tuple[str, frozenset[str]], int] = field(default_factory=dict)
    _pressed: set[tuple[str, str]] = field(default_factory=set)
    _fetched: set[str] = field(default_factory=set)

    def all(self) -> Seen:
        """Go everywhere, in a tab of this person's."""
        for page in every_page():
            self._meet(page, "")
        for page, query in self.known:
            self._meet(page, query)
        # What is found on the way is put at the end.
        for page, query in self.addresses:
            self._visit(page, query)
        return self.seen

    def _meet(self, page: str, query: str) -> None:
        """Remember an address, unless enough of its kind are known: of the same page with the same names in it."""
        names = frozenset(name for name, _ in parse_qsl(query) if name != "client")
        asked = (page, query)
        if asked in self.addresses or self._kinds.get((page, names), 0) >= self.most_of_a_kind:
            return
        # What is asked for is said back, so a mark in an address would be found again without having been told.
        if not marked_in(query):
            self._kinds[page, names] = self._kinds.get((page, names), 0) + 1
            self.addresses.append(asked)

    def _visit(self, page: str, query: str) -> None:
        where = f"{page}?{query}" if query else page
        with self.server.tab(self.person) as tab:
            run = self._took(tab.open(page, query), page, where)
            for fragment in run.fragments:
                self._took(tab.again(fragment), page, f"{where}, a fragment of it")
        for widget in run.widgets:
            kind = (page, f"{widget.kind} {_LIKE.sub('', widget.id)}")
            if kind_of(widget) in self.presses and not widget.is_disabled and kind not in self._pressed:
                self._pressed.add(kind)
                self._try(page, query, widget)

    def _try(self, page: str, query: str, widget: Widget) -> None:
        """Press it, or choose each of what it offers, in a tab of its own; then everything is put back as it was."""
        ways = _ways(widget)
        if ways:
            with self.server.tab(self.person) as tab:
                tab.open(page, query)
                for value in ways:
                    run = tab.press(widget) if value is None else tab.put(widget, value)
                    self._took(run, page, f"{page}?{query}, {widget.kind} {widget.label}")
            self.still.put_back()

    def _took(self, run: Run, page: str, where: str) -> Run:
        self.seen.runs += 1
        self.seen.note(where, run.raw)
        for named, query in _QUERY.findall(run.raw):
            self._meet(named.decode(), query.decode())
        for kind, proto in run.elements:
            if kind == "page_link" and proto.query_string:
                self._meet(proto.page.rsplit("/", 1)[-1] or page, proto.query_string)
        for message in run.messages:
            if message.WhichOneof("type") == "page_info_changed":
                self._meet(page, message.page_info_changed.query_string)
        for path in set(_FETCHED.findall(run.raw)):
            self._fetch(path.decode(), where)
        return run

    def _fetch(self, path: str, where: str) -> None:
        if path not in self._fetched:
            self._fetched.add(path)
            for stranger in self.strangers:
                other = Seen()
                other.note(path, self.server.get(path, stranger).content)
                assert not other.marks, f"{stranger or 'nobody'} was handed {path}"
            answer = self.server.get(path, self.person)
            self.seen.note(f"{path} of {where}", answer.content)


def kind_of(widget: Widget) -> str:
    """What is done with a control: `turn` is a button that does nothing but lead on; empty for what is only typed in."""
    if widget.kind in ("button", "download_button"):
        return "turn" if "-turn-" in widget.id else "button"
    if widget.kind == "arrow_data_frame":
        return "rows" if widget.proto.selection_mode else ""
    return "choice" if widget.kind in _CHOICES else "switch" if widget.kind == "checkbox" else ""


def _ways(widget: Widget) -> list[object]:
    """The values to give a control, one after another: None is to press it."""
    match kind_of(widget):
        case "switch":
            return [not widget.proto.default]
        case "choice":
            is_several = widget.kind in ("multiselect", "button_group")
            return [[item] if is_several else item for item in widget.options[:_SOME]]
        case "rows":
            return ['{"selection":{"rows":[0],"columns":[],"cells":[]}}']
        case _:
            return [None]


class Still:
    """Both databases as they were, to be put back after whatever was pressed."""

    def __init__(self, var: Path) -> None:
        self._files = [sqlite3.connect(path, check_same_thread=False) for path in sorted(var.glob("*.db"))]
        self._copies = [sqlite3.connect(":memory:", check_same_thread=False) for _ in self._files]
        for file, copy in zip(self._files, self._copies, strict=True):
            file.backup(copy)
        self._versions = [self._version(file) for file in self._files]

    def put_back(self) -> bool:
        """Put back what was changed by somebody else; whether anything was."""
        is_changed = False
        for place, (file, copy) in enumerate(zip(self._files, self._copies, strict=True)):
            if self._version(file) != self._versions[place]:
                copy.backup(file)
                self._versions[place] = self._version(file)
                is_changed = True
        return is_changed

    def close(self) -> None:
        """Let go of the files."""
        for each in (*self._files, *self._copies):
            each.close()

    @staticmethod
    def _version(file: sqlite3.Connection) -> int:
        return int(file.execute("PRAGMA data_version").fetchone()[0])


@contextmanager
def overheard() -> Iterator[list[str]]:
    """Every line that any logger lets through meanwhile, as a handler would write it, with the texts of errors."""
    lines: list[str] = []
    plain = logging.Formatter("%(levelname)s %(name)s %(message)s")
    with pytest.MonkeyPatch.context() as patch:
        handle = logging.Logger.handle

        def heard(self: logging.Logger, record: logging.LogRecord) -> None:
            lines.append(plain.format(record))
            handle(self, record)

        patch.setattr(logging.Logger, "handle", heard)
        yield lines
