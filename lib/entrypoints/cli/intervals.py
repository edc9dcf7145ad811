"""`intervals`: the promise of the interval, simulated: few false alarms, and a doubling is found."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from lib.entrypoints.cli.output import answer, progress_bar
from lib.entrypoints.cli.session import Json
from lib.reporting.simulation import LEAST_FOUND, MOST_CLAIMED, RUNS, SEED, Outcome, scenarios, simulate


def intervals(
    runs: Annotated[int, typer.Option(min=1, help="How many draws of each kind of days.")] = RUNS,
    seed: Annotated[int, typer.Option(help="Where the draws begin; the same seed gives the same figures.")] = SEED,
    is_json: Json = False,
) -> None:
    """How often a movement is claimed where there is none (at most 5 %), and a doubling found (at least 80 %)."""
    every, found = scenarios(), []
    with progress_bar() as progress:
        for done, scenario in enumerate(every):
            progress("simulating", done, len(every))
            found.append(simulate(scenario, runs, seed))
    value = {
        "runs": runs,
        "seed": seed,
        "most_claimed_pct": MOST_CLAIMED * 100,
        "least_found_pct": LEAST_FOUND * 100,
        "kept": all(item.is_kept for item in found),
        "scenarios": [_as_dict(item) for item in found],
    }
    answer(value, is_json=is_json, words=lambda: _table(found, runs, seed))


def _as_dict(item: Outcome) -> dict[str, Any]:
    days = item.scenario
    return {
        "days": days.name,
        "level": days.level,
        "baseline_days": days.lengths[0],
        "current_days": days.lengths[1],
        "factor": days.factor,
        "claimed_pct": round(item.claimed * 100, 2),
        "kept": item.is_kept,
    }


def _table(found: list[Outcome], runs: int, seed: int) -> str:
    lines = [f"{runs:,} draws of each kind of days, seed {seed}. Claimed where nothing changed: at most 5 %."]
    lines += [_line(item) for item in found if not item.scenario.is_change]
    lines.append("Found where it doubled: at least 80 %.")
    lines += [_line(item) for item in found if item.scenario.is_change]
    return "\n".join(lines)


def _line(item: Outcome) -> str:
    days = item.scenario
    against = f"{days.lengths[0]} and {days.lengths[1]} days"
    said = f"  {days.name:26} {days.level:>6g} a day  {against:16} {item.claimed:>7.1%}"
    return said if item.is_kept else f"{said}  NOT KEPT"


def add_to(root: typer.Typer) -> None:
    """Put this command on the command line."""
    root.command("intervals")(intervals)
