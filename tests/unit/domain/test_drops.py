"""Where files are put down: no secret in an address, no way out of the folder, and complete only after a minute alike."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from lib.domain.arriving.drops import DropSettings, Sight, is_complete, is_unfinished, protocol_of, why_refused
from lib.domain.arriving.intake import IntakeSettings
from lib.errors import DeskError

NOON = datetime(2026, 11, 21, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    "url",
    [
        "sftp://ana:hunter2@files.example/in",
        "s3://bucket/in?aws_secret_access_key=hunter2",
        "zip://in::sftp://ana:hunter2@files.example/all.zip",
    ],
)
def test_an_address_with_a_secret_is_refused_without_repeating_it(url: str) -> None:
    with pytest.raises(DeskError) as refused:
        IntakeSettings().with_setting("drop.url", url)
    assert refused.value.code == "secret_in_url"
    assert "hunter2" not in f"{refused.value.message} {refused.value.hint}"


@pytest.mark.parametrize(
    ("name", "text", "code"),
    [
        ("drop.url", "https://example.com/in", "unknown_protocol"),
        ("drop.url", "simplecache::s3://bucket/in", "unknown_protocol"),
        ("drop.object", "leeds", "unknown_object"),
        ("drop.after", "burn", "unknown_choice"),
        ("drop.credential_ref", "hunter2", "not_a_reference"),
        ("drop.pattern", "../*.csv", "pattern_invalid"),
    ],
)
def test_a_setting_that_cannot_be_meant_is_refused(name: str, text: str, code: str) -> None:
    with pytest.raises(DeskError) as refused:
        IntakeSettings().with_setting(name, text)
    assert refused.value.code == code


@pytest.mark.parametrize(
    ("url", "protocol"),
    [("/srv/in", "file"), ("s3://bucket/in", "s3"), ("zip::/srv/all.zip", "zip"), ("sftp://ana@host/in", "sftp")],
)
def test_the_protocol_is_read_from_the_address(url: str, protocol: str) -> None:
    assert protocol_of(url) == protocol
    assert DropSettings(url=url, object="lead").is_on


@pytest.mark.parametrize("name", [".hidden.csv", "a.csv.part", "a.tmp", "a.csv~", "~$a.xlsx", "A.CSV.PART"])
def test_a_name_that_is_still_being_written_is_never_complete(name: str) -> None:
    assert is_unfinished(name)


def test_a_file_is_complete_a_minute_after_it_last_changed_or_once_it_is_marked() -> None:
    sight = Sight("a.csv", 5, "noon")
    assert not is_complete(sight, NOON, NOON)
    assert not is_complete(sight, NOON, NOON + timedelta(seconds=59))
    assert is_complete(sight, NOON, NOON + timedelta(seconds=60))
    assert is_complete(Sight("a.csv", 5, "noon", is_marked=True), NOON, NOON)


@pytest.mark.parametrize(
    ("name", "kind", "is_link"),
    [("..", "file", False), ("a/b.csv", "file", False), ("a\\b.csv", "file", False), ("a.csv", "file", True),
     ("in", "directory", False), ("pipe.csv", "other", False)],
)  # fmt: skip
def test_links_folders_and_path_tricks_are_refused_by_name(name: str, kind: str, is_link: bool) -> None:
    assert why_refused(name, kind, is_link=is_link)
    assert not why_refused("a.csv", "file", is_link=False)
