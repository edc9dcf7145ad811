"""Files that are put down become deliveries once they are complete, each once, and one that fails holds up no other."""

from __future__ import annotations

import json
import os
import zipfile
from datetime import UTC, datetime, timedelta
from importlib.util import find_spec
from pathlib import Path

import fsspec
import pytest

from lib.db.tables.dead_letters import dead_letters
from lib.db.tables.drops import dropped_files
from lib.db.tables.imports import data_import_batches, integration_import_batches
from lib.db.unit_of_work import Desk
from lib.domain.arriving.drops import DropSettings
from lib.domain.imports import DeliveryKind
from lib.errors import DeskError
from lib.intake.drop_folder import DropFolder
from lib.pipeline.intake.drops import Taken, take_dropped
from lib.services.arriving import drops
from lib.services.setup import account_settings, accounts
from tests.builders import a_csv, a_lead, a_lead_account, admin, an_account, at, code_of, table_rows
from tests.servers.sftp import sftp_server

NOON = datetime(2026, 11, 21, 12, tzinfo=UTC)


class Hands:
    """A desk whose clock stands still until it is moved on, and a folder beside it."""

    def __init__(self, desk: Desk, folder: Path) -> None:
        self.now, self.folder = NOON, folder
        self.desk = at(desk, lambda: self.now)
        folder.mkdir()
        a_lead_account(self.desk)
        self.set(url=str(folder), object="lead", pattern="*.csv")

    def set(self, **drop: str) -> None:
        self.desk.do(
            admin(self.desk), account_settings.set_account, "site", {f"drop.{name}": drop[name] for name in drop}
        )

    def put(self, name: str, *numbers: int, **more: object) -> Path:
        path = self.folder / name
        path.write_bytes(a_csv([a_lead(number, **more) for number in numbers]))
        return path

    def look(self, seconds: int = 0) -> Taken:
        self.now += timedelta(seconds=seconds)
        return take_dropped(self.desk, admin(self.desk), "site")

    def deliveries(self) -> list[dict[str, object]]:
        return table_rows(self.desk.app, integration_import_batches)

    def states(self) -> dict[str, str]:
        return {str(row["name"]): str(row["state"]) for row in table_rows(self.desk.app, dropped_files)}


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


@pytest.fixture
def hands(sqlite_desk: Desk, tmp_path: Path) -> Hands:
    return Hands(sqlite_desk, tmp_path / "in")


def test_a_file_is_taken_a_minute_after_it_last_changed_and_once(desk: Desk, tmp_path: Path) -> None:
    hands = Hands(desk, tmp_path / "in")
    hands.put("monday.csv", 1)
    assert hands.look().waiting == ("monday.csv",)
    hands.put("monday.csv", 1, 2)
    assert hands.look(60).waiting == ("monday.csv",), "it grew since the first look"
    assert hands.look(59).files == ()
    taken = hands.look(1)
    assert [item.name for item in taken.files] == ["monday.csv"]
    delivery = hands.deliveries()[0]
    assert (delivery["kind"], delivery["file_name"], delivery["row_count"]) == (DeliveryKind.DROP, "monday.csv", 2)
    assert hands.states() == {"monday.csv": "taken"}
    assert (hands.folder / "monday.csv").exists(), "nothing is deleted unless that is asked for"
    assert hands.look(3600).files == () and len(hands.deliveries()) == 1


def test_a_marker_beside_it_makes_a_file_complete_at_once(hands: Hands) -> None:
    hands.put("a.csv", 1)
    (hands.folder / "a.csv.done").touch()
    assert [item.name for item in hands.look().files] == ["a.csv"]


def test_names_still_being_written_and_other_names_are_left_alone(hands: Hands) -> None:
    for name in ("a.csv.part", ".a.csv", "a.csv~", "a.tmp", "notes.txt"):
        hands.put(name, 1)
    hands.look()
    found = hands.look(3600)
    assert (found.files, found.waiting, found.refused) == ((), (), ()) and not hands.deliveries()


def test_the_same_bytes_under_another_name_are_the_delivery_they_already_are(hands: Hands) -> None:
    hands.put("a.csv", 1)
    hands.look()
    hands.look(60)
    hands.put("b.csv", 1)
    hands.look()
    taken = hands.look(60).files[0]
    assert (taken.name, taken.is_known) == ("b.csv", True)
    assert len(hands.deliveries()) == 1 and len(table_rows(hands.desk.app, data_import_batches)) == 1


def test_a_file_put_down_anew_under_its_name_is_taken_anew(hands: Hands) -> None:
    hands.put("a.csv", 1)
    hands.look()
    hands.look(60)
    hands.put("a.csv", 1, 2, 3)
    assert hands.look().waiting == ("a.csv",)
    hands.look(60)
    assert [row["row_count"] for row in hands.deliveries()] == [1, 3]


def test_links_and_folders_are_refused_by_name_and_nothing_outside_is_read(hands: Hands, tmp_path: Path) -> None:
    secret = tmp_path / "secret.csv"
    secret.write_bytes(a_csv([a_lead(9)]))
    (hands.folder / "link.csv").symlink_to(secret)
    (hands.folder / "sub.csv").mkdir()
    os.mkfifo(hands.folder / "pipe.csv")
    hands.look()
    found = hands.look(60)
    assert {item.name for item in found.refused} == {"link.csv", "sub.csv", "pipe.csv"}
    assert all(item.why for item in found.refused) and not hands.deliveries()


def test_a_link_put_in_place_of_a_file_after_the_look_is_not_followed(hands: Hands, tmp_path: Path) -> None:
    path, secret = hands.put("a.csv", 1), tmp_path / "secret.csv"
    secret.write_bytes(a_csv([a_lead(9)]))
    folder = DropFolder(DropSettings(url=str(hands.folder), object="lead"))
    sight = folder.look()[0][0]
    path.unlink()
    path.symlink_to(secret)
    with pytest.raises(DeskError) as refused:
        folder.fetch(sight, tmp_path / "fetched")
    assert code_of(refused) == "drop_unreachable" and not (tmp_path / "fetched").exists()


def test_a_file_that_changes_while_it_is_fetched_is_not_taken_half(hands: Hands, tmp_path: Path) -> None:
    path = hands.put("a.csv", 1)
    folder = DropFolder(DropSettings(url=str(hands.folder), object="lead"))
    sight = folder.look()[0][0]
    with path.open("ab") as more:
        more.write(a_csv([a_lead(2)]))
    assert not folder.fetch(sight, tmp_path / "fetched")


def test_a_file_that_cannot_be_read_is_a_refused_delivery_and_a_dead_letter_and_the_next_goes_on(hands: Hands) -> None:
    (hands.folder / "a.csv").write_bytes(b"one,two\n1,2\n")
    hands.put("b.csv", 1)
    hands.look()
    taken = hands.look(60)
    assert [(item.name, bool(item.trouble)) for item in taken.files] == [("a.csv", True), ("b.csv", False)]
    assert [row["status"] for row in hands.deliveries()] == ["refused", "read"]
    letter = table_rows(hands.desk.app, dead_letters)[0]
    assert (letter["subject_type"], letter["subject_id"]) == ("delivery", hands.deliveries()[0]["id"])
    assert "no column 'id'" in str(letter["sentence"]) and letter["mend"]
    assert hands.states() == {"a.csv": "failed", "b.csv": "taken"}
    assert hands.look(3600).files == (), "it is not tried again until it is another file"


def test_a_taken_file_is_moved_or_deleted_only_where_that_is_asked_for(hands: Hands) -> None:
    hands.set(after="move")
    hands.put("a.csv", 1)
    (hands.folder / "a.csv.done").touch()
    hands.look()
    assert names(hands.folder) == ["taken"] and names(hands.folder / "taken") == ["a.csv"]
    hands.put("a.csv", 2)
    (hands.folder / "a.csv.done").touch()
    hands.look()
    assert names(hands.folder / "taken") == ["2 a.csv", "a.csv"], "nothing there is written over"
    hands.set(after="delete")
    hands.put("b.csv", 3)
    (hands.folder / "b.csv.done").touch()
    hands.look()
    assert names(hands.folder) == ["taken"] and len(hands.deliveries()) == 3


def test_without_a_map_or_while_it_is_paused_files_wait_where_they_lie(hands: Hands) -> None:
    an_account(hands.desk, "bare")
    hands.desk.do(
        admin(hands.desk), account_settings.set_account, "bare", {"drop.url": str(hands.folder), "drop.object": "lead"}
    )
    with pytest.raises(DeskError) as refused:
        take_dropped(hands.desk, admin(hands.desk), "bare")
    assert code_of(refused) == "no_approved_map"
    hands.desk.do(admin(hands.desk), account_settings.pause_account, "site")
    with pytest.raises(DeskError) as refused:
        hands.look()
    assert code_of(refused) == "account_paused"


def test_the_desks_own_folder_is_no_place_to_fetch_from(hands: Hands) -> None:
    hands.set(url=str(hands.desk.settings.var))
    with pytest.raises(DeskError) as refused:
        hands.look()
    assert code_of(refused) == "drop_in_own_folder"


def test_files_come_from_memory_and_from_an_archive_as_from_a_folder(hands: Hands, tmp_path: Path) -> None:
    files = fsspec.filesystem("memory")
    files.pipe("/drop-test/m.csv", a_csv([a_lead(1)]))
    try:
        hands.set(url="memory://drop-test")
        hands.look()
        assert [item.name for item in hands.look(60).files] == ["m.csv"]
    finally:
        files.rm("/drop-test", recursive=True)
    with zipfile.ZipFile(tmp_path / "all.zip", "w") as archive:
        archive.writestr("z.csv", a_csv([a_lead(2)]))
        archive.writestr("../evil.csv", a_csv([a_lead(3)]))
    hands.set(url=f"zip::{tmp_path}/all.zip")
    hands.look()
    assert [item.name for item in hands.look(60).files] == ["z.csv"]
    assert [row["file_name"] for row in hands.deliveries()] == ["m.csv", "z.csv"]


@pytest.mark.parametrize(("url", "package"), [("s3://bucket/in", "s3fs"), ("gs://bucket/in", "gcsfs")])
def test_a_place_whose_package_is_not_installed_says_which(hands: Hands, url: str, package: str) -> None:
    if find_spec(package):
        pytest.skip(f"{package} is installed here")
    hands.set(url=url)
    with pytest.raises(DeskError) as refused:
        hands.look()
    assert code_of(refused) == "package_missing" and f"pip install {package}" in refused.value.hint


def test_files_come_by_sftp_from_a_known_server_with_the_credential_the_account_names(
    hands: Hands, monkeypatch: pytest.MonkeyPatch
) -> None:
    hands.put("f.csv", 1)
    (hands.folder / "link.csv").symlink_to("/etc/passwd")

    def refusal(**credential: str) -> DeskError:
        monkeypatch.setenv("DROP_SECRET", json.dumps(credential))
        with pytest.raises(DeskError) as refused:
            hands.look()
        assert not any(value in refused.value.message for name, value in credential.items() if name == "password")
        return refused.value

    with sftp_server(hands.folder, "ana", "correct horse") as server:
        hands.set(url=f"sftp://ana@127.0.0.1:{server.port}/", credential_ref="env:DROP_SECRET")
        known = {"host_key": server.fingerprint}
        assert refusal(password="correct horse").code == "host_unknown"
        assert refusal(password="battery staple", **known).code == "drop_refused"
        monkeypatch.setenv("DROP_SECRET", json.dumps({"password": "correct horse", **known}))
        hands.look()
        found = hands.look(60)
    assert [item.name for item in found.files] == ["f.csv"] and [item.name for item in found.refused] == ["link.csv"]
    shown = repr(hands.desk.ask(admin(hands.desk), accounts.show_account, "site"))
    assert "correct horse" not in shown and "env:DROP_SECRET" in shown


def test_what_was_seen_is_listed_with_what_became_of_it(hands: Hands) -> None:
    hands.put("a.csv", 1)
    hands.look()
    hands.put("b.csv", 2)
    hands.look(60)
    listed = hands.desk.ask(admin(hands.desk), drops.listed, "site")
    assert {(item.account, item.file.name, item.file.state) for item in listed} == {
        ("site", "a.csv", "taken"),
        ("site", "b.csv", "waiting"),
    }
