"""`map`: suggest, save and approve field maps."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from lib.domain.maps import FieldMap
from lib.domain.people import Role
from lib.domain.wording import counted
from lib.entrypoints.cli import map_versions, suggestions
from lib.entrypoints.cli.output import answer
from lib.entrypoints.cli.session import By, Json, MaybeBy, acting, opened
from lib.errors import DeskError
from lib.pipeline.loading.arrival import approve_map
from lib.services.arriving import read
from lib.services.mapping import maps

app = typer.Typer(help="Field maps: what every incoming field becomes.", no_args_is_help=True, rich_markup_mode=None)
Account = Annotated[str, typer.Option(metavar="KEY", help="The account's key.")]
Object = Annotated[str, typer.Option("--object", metavar="OBJECT", help="lead, job, call, booking, …")]


@app.command("suggest")
def suggest(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="A sample of what the provider sends.")],
    account: Account,
    object: Object,
    out: Annotated[Path, typer.Option(help="Where to write the map, a YAML file to look at and edit.")],
    sheet: Annotated[str, typer.Option(help="The sheet of a workbook.")] = "",
    by: MaybeBy = None,
    is_json: Json = False,
) -> None:
    """Suggest a complete map for a sample; every field is mapped, or left out and said so."""
    sample = read.read_sample(file, read.ReadOptions(sheet=sheet))
    with opened() as desk:
        suggested = desk.ask(acting(desk, by), maps.suggest_map, account, object, sample)
    _write(out, maps.to_text(suggested))
    found = maps.placed(suggested, list(sample.columns))
    value = _counts(suggested) | {"out": str(out), "rest": list(found.rest), "is_too_few": found.is_too_few}
    said = " ".join(filter(None, (_sentence(suggested), found.sentence)))
    answer(value, is_json=is_json, words=lambda: f"{said} Look at {out}, then `map save` it.")


@app.command("save")
def save(
    file: Annotated[Path, typer.Argument(metavar="MAP.yaml", help="The map.")],
    account: Account,
    by: By,
    note: Annotated[str, typer.Option(help="Why; whoever approves it reads this.")] = "",
    is_json: Json = False,
) -> None:
    """Submit a map for approval, as a new version."""
    field_map = maps.from_text(_text(file))
    with opened() as desk:
        version = desk.do(acting(desk, by, role=Role.OWNER), maps.save_map, account, field_map, note)
    value = {"version": version.version, "object": version.object, "status": version.status, **_counts(field_map)}
    words = f"Version {version.version} of the {version.object} map is {version.status}. {_sentence(field_map)}"
    answer(value, is_json=is_json, words=lambda: words)


@app.command("approve")
def approve(
    account: Account,
    object: Object,
    version: Annotated[int, typer.Option(help="The version's number.")],
    by: By,
    rollback: Annotated[str, typer.Option(help="What is done when it goes wrong; a live account asks for it.")] = "",
    baseline: Annotated[
        int | None, typer.Option(metavar="BASELINE", help="What the change is measured against; it is noted there.")
    ] = None,
    is_json: Json = False,
) -> None:
    """Approve a version; imports run through it from now on."""
    with opened() as desk:
        approved = desk.do(
            acting(desk, by, role=Role.OWNER),
            approve_map,
            account,
            object,
            version,
            rollback_note=rollback,
            baseline_id=baseline,
        )
    value = {"version": approved.version, "object": object, "status": approved.status, **_counts(approved.field_map)}
    words = f"Version {version} of the {object} map of {account} is approved. {_sentence(approved.field_map)}"
    answer(value, is_json=is_json, words=lambda: words)


def _counts(field_map: FieldMap) -> dict[str, int]:
    return {"mapped": len(field_map.fields), "ignored": len(field_map.ignored), "unplaced": maps.unplaced(field_map)}


def _sentence(field_map: FieldMap) -> str:
    counts = _counts(field_map)
    unplaced = counts["unplaced"]
    return (
        f"{counted(counts['mapped'], 'field')} mapped and {counts['ignored']} left out"
        f"{f', {unplaced} of them because nothing fits' if unplaced else ''}."
    )


def _text(file: Path) -> str:
    try:
        return file.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise DeskError("no_such_file", f"The map {file} cannot be read.", "Check its path.") from error


def _write(out: Path, text: str) -> None:
    try:
        out.write_text(text, encoding="utf-8")
    except OSError as error:
        raise DeskError(
            "cannot_write", f"{out} cannot be written: {error.strerror}.", "Choose another --out."
        ) from error


def add_to(root: typer.Typer) -> None:
    """Put these commands on the command line, with what else is done with a map."""
    map_versions.add_to(app)
    suggestions.add_under(app)
    root.add_typer(app, name="map")
