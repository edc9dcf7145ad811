"""YAML as a person means it when they edit a map: `no` is a word, `00501` is text, and a key may stand only once."""

from __future__ import annotations

import re
from collections.abc import Hashable
from typing import Any

import yaml

from lib.errors import DeskError


class _Loader(yaml.SafeLoader):
    """The safe loader with YAML 1.2's few plain types, so that `Yes`, `12:30` and `2024-01-01` stay text."""

    def compose_node(self, parent: Any, index: Any) -> Any:
        """One node; an alias is refused, since a few of them can make a small text grow without end."""
        if self.check_event(yaml.AliasEvent):
            mark = self.peek_event().start_mark  # type: ignore[no-untyped-call]  # the stubs leave it out
            raise yaml.composer.ComposerError(None, None, "an alias (*name) has no place in a map", mark)
        return super().compose_node(parent, index)

    yaml_implicit_resolvers: dict[str, list[tuple[str, re.Pattern[str]]]] = {}  # noqa: RUF012  # yaml's own shape


class _Dumper(yaml.SafeDumper):
    """The safe dumper, with list items indented under their key."""

    def increase_indent(self, flow: bool = False, indentless: bool = False) -> None:  # noqa: ARG002  # yaml's signature
        super().increase_indent(flow, False)


_Loader.add_implicit_resolver("tag:yaml.org,2002:bool", re.compile(r"(true|false)\Z"), list("tf"))
_Loader.add_implicit_resolver("tag:yaml.org,2002:null", re.compile(r"(~|null|)\Z"), ["~", "n", ""])
_Loader.add_implicit_resolver("tag:yaml.org,2002:int", re.compile(r"-?(0|[1-9][0-9]{0,17})\Z"), list("-0123456789"))
_Loader.add_implicit_resolver(
    "tag:yaml.org,2002:float", re.compile(r"-?(0|[1-9][0-9]*)\.[0-9]+(e[-+][0-9]+)?\Z"), list("-0123456789")
)


def _mapping_without_twins(loader: _Loader, node: yaml.MappingNode) -> dict[Hashable, Any]:
    """A mapping in which no key stands twice: YAML would silently keep the last."""
    seen: dict[str, int] = {}
    for key, _ in node.value:
        if isinstance(key, yaml.ScalarNode) and key.value in seen:
            raise yaml.constructor.ConstructorError(
                None, None, f"the key {key.value!r} stands twice, first in line {seen[key.value]}", key.start_mark
            )
        seen[str(key.value)] = key.start_mark.line + 1
    return loader.construct_mapping(node, deep=True)


_Loader.add_constructor("tag:yaml.org,2002:map", _mapping_without_twins)


def load_yaml(text: str) -> Any:
    """The plain value of a YAML text; DeskError `map_invalid` names the line that is not YAML."""
    try:
        return yaml.load(text, Loader=_Loader)  # noqa: S506  # derived from SafeLoader
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        where = f"line {mark.line + 1}, column {mark.column + 1}" if mark else "an unknown line"
        raise DeskError(
            "map_invalid",
            f"The map is not valid YAML in {where}: {error.problem or error.context}.",
            "Look at the indentation and the quotation marks of that line.",
        ) from error
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        raise DeskError(
            "map_invalid",
            f"The map is not valid YAML: {str(error).splitlines()[0] if str(error) else 'it is nested too deep'}.",
            "Save it as plain UTF-8 text.",
        ) from error


def dump_yaml(value: Any) -> str:
    """Plain values as block YAML in their own order."""
    return yaml.dump(value, Dumper=_Dumper, sort_keys=False, allow_unicode=True, default_flow_style=False, width=120)
