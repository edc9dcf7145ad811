"""`suggestions`: how good they are; `map learned` and `map synonym`: what they stand on, shown and deletable."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Any

import typer

from lib.entrypoints.cli.output import answer
from lib.entrypoints.cli.session import Json, MaybeBy, acting, opened
from lib.services.mapping import map_memory, suggestion_quality
from lib.services.mapping.map_memory import Learned, Level, OwnSynonym
from lib.services.mapping.suggestion_quality import Judged, PartMeasured

learned = typer.Typer(
    help="What approved maps have taught the desk, by level.", no_args_is_help=True, rich_markup_mode=None
)
synonyms = typer.Typer(
    help="Names that a provider has for its fields, taught by people.", no_args_is_help=True, rich_markup_mode=None
)
Account = Annotated[str, typer.Option(metavar="KEY", help="The account's key.")]
Object = Annotated[str, typer.Option("--object", metavar="OBJECT", help="lead, job, call, booking, …")]
Number = Annotated[int, typer.Argument(metavar="NUMBER", help="Its number, as listed.")]
_FOR_WHOM = {
    Level.CLIENT: "this client and provider",
    Level.PROVIDER: "every account of this provider",
    Level.EVERYONE: "everyone",
}


def suggestions(
    held_out: Annotated[
        bool,
        typer.Option("--held-out", help="Name the misses of held-out sets too; a set that was mended by is none."),
    ] = False,
    is_json: Json = False,
) -> None:
    """Measure the suggestions on header sets whose right answers are known, and name every miss."""
    parts = suggestion_quality.measure_suggestions()
    answer(
        [part.as_dict(names_held_out=held_out) for part in parts],
        is_json=is_json,
        words=lambda: "\n\n".join(_part_words(part, part.shown(names_held_out=held_out)) for part in parts),
    )


@learned.command("list")
def list_learned(account: Account, object: Object, by: MaybeBy = None, is_json: Json = False) -> None:
    """What is believed of headers when a map is suggested, the nearest level first; deleted ones too."""
    with opened() as desk:
        memory = desk.ask(acting(desk, by), map_memory.map_memory, account, object)
    lines = [_learned_words(item) for item in memory.learned]
    answer(
        [_learned_dict(item) for item in memory.learned],
        is_json=is_json,
        words=lambda: "\n".join(lines) or f"No approved map has taught anything about the {object} of {account} yet.",
    )


@learned.command("delete")
def delete_learned(number: Number, by: MaybeBy = None, is_json: Json = False) -> None:
    """Delete one memory; `map learned restore` brings it back."""
    with opened() as desk:
        item = desk.do(acting(desk, by), map_memory.forget, number)
    words = f"{_learned_words(item)} `map learned restore {number}` brings it back."
    answer(_learned_dict(item), is_json=is_json, words=lambda: words)


@learned.command("restore")
def restore_learned(number: Number, by: MaybeBy = None, is_json: Json = False) -> None:
    """Bring a deleted memory back."""
    with opened() as desk:
        item = desk.do(acting(desk, by), map_memory.remember_again, number)
    answer(_learned_dict(item), is_json=is_json, words=lambda: _learned_words(item))


@synonyms.command("list")
def list_synonyms(
    provider: Annotated[str, typer.Argument(metavar="PROVIDER", help="angi, servicetitan, …")],
    object: Object,
    by: MaybeBy = None,
    is_json: Json = False,
) -> None:
    """The names that people taught; those of the provider's template hold beside them."""
    with opened() as desk:
        found = desk.ask(acting(desk, by), map_memory.own_synonyms, provider, object)
    lines = [_synonym_words(item) for item in found]
    answer(
        [vars(item) for item in found],
        is_json=is_json,
        words=lambda: "\n".join(lines) or f"Nobody taught a name for the {object} of {provider} yet.",
    )


@synonyms.command("add")
def add_synonym(
    provider: Annotated[str, typer.Argument(metavar="PROVIDER", help="angi, servicetitan, …")],
    header: Annotated[str, typer.Argument(metavar="HEADER", help="The field's name as the provider writes it.")],
    target: Annotated[str, typer.Argument(metavar="COLUMN", help="The column that it means.")],
    object: Object,
    by: MaybeBy = None,
    is_json: Json = False,
) -> None:
    """Teach a name; it is suggested for every account of the provider from now on."""
    with opened() as desk:
        added = desk.do(acting(desk, by), map_memory.add_synonym, provider, object, header, target)
    answer(vars(added), is_json=is_json, words=lambda: f"Added. {_synonym_words(added)}")


@synonyms.command("remove")
def remove_synonym(number: Number, by: MaybeBy = None, is_json: Json = False) -> None:
    """Take a name away; adding it again undoes that."""
    with opened() as desk:
        gone = desk.do(acting(desk, by), map_memory.remove_synonym, number)
    answer(vars(gone), is_json=is_json, words=lambda: f"Removed. {_synonym_words(gone)}")


def add_to(root: typer.Typer) -> None:
    """Put `suggestions` on the command line."""
    root.command("suggestions")(suggestions)


def add_under(maps: typer.Typer) -> None:
    """Put what the desk has learned under `map`."""
    maps.add_typer(learned, name="learned")
    maps.add_typer(synonyms, name="synonym")


def _part_words(part: PartMeasured, misses: Sequence[Judged]) -> str:
    lines = [
        f"Header sets {part.name}: {part.sets} sets, {part.headers} headers.",
        f"  {'band':<20}{'suggested':>10}{'precision':>11}{'recall':>9}",
        *(
            f"  {name:<20}{found.suggested:>10}{found.precision:>11.3f}{found.recall:>9.3f}"
            for name, found in part.by_band.items()
        ),
        *(["  Missed, or for a person to check:"] if misses else []),
        *(
            f"    {item.set.name} · {item.header.header}: {item.suggested} ({item.band.value}), "
            f"right is {' or '.join(sorted(item.header.right))}"
            for item in misses
        ),
    ]
    return "\n".join(lines)


def _learned_words(item: Learned) -> str:
    what = f"becomes {item.target}" if item.target else "is left out"
    who = f", last by {item.person} for {item.account}" if item.person else ", last by another client"
    gone = " Deleted." if item.is_forgotten else ""
    return (
        f"{item.id}: {item.written} {what}, for {_FOR_WHOM[item.level]}; approved {item.times} times{who} "
        f"on {item.learned_at:%Y-%m-%d}.{gone}"
    )


def _learned_dict(item: Learned) -> dict[str, Any]:
    steps = [{"name": step.name, "options": step.options} for step in item.transforms]
    return {**vars(item), "level": item.level.value, "transforms": steps}


def _synonym_words(item: OwnSynonym) -> str:
    kind = item.object.replace("_", " ")
    return f"{item.id}: {item.written} means {item.target} in the {kind} of {item.provider}; by {item.person}."
