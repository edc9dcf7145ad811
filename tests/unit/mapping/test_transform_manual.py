"""The manual of the transforms is what happens: every step is in it, every example is run, every option explained."""

from __future__ import annotations

import pandas as pd
import pytest

from lib.domain.maps import Transform
from lib.mapping.map_cells import cell_texts
from lib.mapping.transforms import TRANSFORMS, step_problems
from lib.mapping.transforms.chain import wrong_value
from lib.mapping.transforms.combine import source_values
from lib.mapping.transforms.manual import GROUPS, manual, option_help, transform_help
from lib.mapping.transforms.shape import MapContext, Scene
from lib.mapping.yaml_text import load_yaml


def test_every_step_of_the_library_is_in_the_manual_once() -> None:
    named = [name for names in GROUPS.values() for name in names]
    assert sorted(named) == sorted(TRANSFORMS)
    assert [item.name for item in manual()] == named


@pytest.mark.parametrize("name", list(TRANSFORMS))
def test_the_example_of_a_step_is_what_it_does(name: str) -> None:
    example = transform_help(name).example
    raw = pd.DataFrame(
        {"field": [example.before], **{key: [cell] for key, cell in example.others.items()}}, dtype="str"
    )
    assert step_problems(Transform(name, dict(example.options))) == []
    outcome = TRANSFORMS[name].run(
        source_values(raw, "field"), example.options, Scene(raw, MapContext("UTC"), example.kind)
    )
    assert cell_texts(outcome.column, example.kind, "UTC") == [example.after]
    assert not any(mask.any() for mask in outcome.failed.values())


@pytest.mark.parametrize("name", [name for name, spec in TRANSFORMS.items() if spec.options])
def test_what_the_manual_says_to_type_for_an_option_is_taken(name: str) -> None:
    for option in transform_help(name).options:
        typed = load_yaml(f"[{option.example}]")[0]
        assert wrong_value(TRANSFORMS[name].options[option.name], typed) is None, option
        assert option.is_required == (option.default == "")
        assert option.doc in option_help(option) or option.doc[1:] in option_help(option)
