"""The transform library: every step a map may name, with its options, what it gives, and what may be wrong with it."""

from __future__ import annotations

from lib.mapping.transforms.chain import chain_problem, further_sources, step_problems, whole_chain
from lib.mapping.transforms.combine import source_values
from lib.mapping.transforms.library import READERS, TRANSFORMS

__all__ = [
    "READERS",
    "TRANSFORMS",
    "chain_problem",
    "further_sources",
    "source_values",
    "step_problems",
    "whole_chain",
]
