"""Settings that hold a secret may lie in a file; whatever is wrong with one, the secret itself is never said."""

from __future__ import annotations

from pathlib import Path

import pytest

from lib.errors import DeskError
from lib.intake.secret_values import secret_value
from lib.settings import HOLD_SECRETS, load_settings

SERVER = "mysql+pymysql://desk:hunter2@db.example/desk"
FIELDS = {
    "DATABASE_URL": "app_url",
    "TRAFFIC_DATABASE_URL": "traffic_url",
    "MIGRATION_DATABASE_URL": "app_migration_url",
    "TRAFFIC_MIGRATION_DATABASE_URL": "traffic_migration_url",
    "PORTAL_DATABASE_URL": "portal_url",
    "SMTP_URL": "smtp_url",
}


def test_every_setting_that_holds_a_secret_is_read_from_the_file_that_is_named(tmp_path: Path) -> None:
    assert set(FIELDS) == set(HOLD_SECRETS)
    told = {"DESK_HOME": str(tmp_path)}
    for name in HOLD_SECRETS:
        (tmp_path / name).write_text(f"{SERVER}_{name.lower()}\n")
        told[f"{name}_FILE"] = str(tmp_path / name)
    settings = load_settings(told)
    for name, attribute in FIELDS.items():
        assert getattr(settings, attribute) == f"{SERVER}_{name.lower()}"
    assert "hunter2" not in repr(settings)


def trouble(**told: str) -> str:
    with pytest.raises(DeskError) as refused:
        load_settings(told)
    assert refused.value.code == "setting_invalid"
    return f"{refused.value.message} {refused.value.hint}"


def test_a_setting_given_twice_a_file_that_is_missing_and_one_that_is_empty_are_named(tmp_path: Path) -> None:
    there, empty, binary = tmp_path / "url", tmp_path / "empty", tmp_path / "binary"
    there.write_text(SERVER)
    empty.write_text("\n")
    binary.write_bytes(b"\xff\xfe\x00")
    said = [
        trouble(DATABASE_URL=SERVER, DATABASE_URL_FILE=str(there)),
        trouble(DATABASE_URL_FILE=str(tmp_path / "gone")),
        trouble(SMTP_URL_FILE=str(empty)),
        trouble(PORTAL_DATABASE_URL_FILE=str(binary)),
        trouble(DATABASE_URL_FILE=str(tmp_path)),
    ]
    assert all("_FILE" in each and "hunter2" not in each for each in said)


@pytest.mark.parametrize(
    "url", [SERVER.replace("@db.example/desk", "@/"), "postgresql://desk:hunter2@db/desk", "mysql://desk:hunter2@h:x/d"]
)
def test_an_address_that_cannot_be_read_is_not_repeated(url: str) -> None:
    assert "hunter2" not in trouble(DATABASE_URL=url)


def test_a_development_desk_is_one_that_says_so() -> None:
    assert load_settings({"DESK_DEVELOPMENT": "1"}).is_development
    assert not load_settings({"DESK_DEVELOPMENT": "0"}).is_development
    assert not load_settings({}).is_development
    assert "DESK_DEVELOPMENT" in trouble(DESK_DEVELOPMENT="yes")


def test_a_reference_to_a_variable_is_answered_by_the_file_that_stands_for_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = load_settings({"DESK_HOME": str(tmp_path)})
    (tmp_path / "key").write_text("from the file\n")
    monkeypatch.setenv("ANGI_KEY_FILE", str(tmp_path / "key"))
    assert secret_value("env:ANGI_KEY", settings) == "from the file"
    monkeypatch.setenv("ANGI_KEY", "from the variable")
    assert secret_value("env:ANGI_KEY", settings) == "from the variable"
