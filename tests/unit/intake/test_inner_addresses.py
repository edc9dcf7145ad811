"""An account's API address is nobody's way into the network behind the desk, and no way to send the desk's own secrets out."""

from __future__ import annotations

import socket
from dataclasses import replace
from pathlib import Path
from typing import Any

import httpx
import pytest

from lib.errors import DeskError
from lib.intake.api.inner_addresses import hooks, is_inner
from lib.intake.secret_values import secret_value
from lib.settings import inner_hosts, load_settings

INNER = [
    "127.0.0.1", "127.9.9.9", "0.0.0.0", "::1", "::", "10.1.2.3", "172.16.0.1", "192.168.1.1", "169.254.169.254",
    "100.100.100.200", "fe80::1%eth0", "fd00:ec2::254", "::ffff:127.0.0.1", "64:ff9b::a9fe:a9fe", "224.0.0.1",
    "255.255.255.255", "no address",
]  # fmt: skip


@pytest.mark.parametrize("address", INNER)
def test_what_the_internet_does_not_lead_to_is_inner(address: str) -> None:
    assert is_inner(address)


@pytest.mark.parametrize("address", ["8.8.8.8", "2606:4700::1111", "::ffff:8.8.8.8", "64:ff9b::808:808"])
def test_what_the_internet_leads_to_is_not(address: str) -> None:
    assert not is_inner(address)


def asked(
    url: str, *, allowed: tuple[str, ...] = (), stands_for: str = "8.8.8.8", answers_from: str = "8.8.8.8"
) -> int:
    """The status of a question to a server that a name stands for, which another one may answer."""

    class Line:
        def get_extra_info(self, _name: str) -> Any:
            return (answers_from, 443)

    def server(_request: httpx.Request) -> httpx.Response:
        return httpx.Response(200, extensions={"network_stream": Line()})

    def found(host: str, port: int, **_more: Any) -> list[Any]:
        return [(2, 1, 6, "", (stands_for if not host[0].isdigit() else host, port))]

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(socket, "getaddrinfo", found)
        with httpx.Client(transport=httpx.MockTransport(server), event_hooks=hooks(allowed)) as client:  # type: ignore[arg-type]
            return client.get(url).status_code


@pytest.mark.parametrize(
    ("url", "more"),
    [
        ("http://127.0.0.1:9200/_cat", {}),
        ("https://169.254.169.254/latest/meta-data", {}),
        ("https://intranet.example/x", {"stands_for": "10.0.0.5"}),
        # The name stood for an outer address when it was looked at, and for an inner one when it was asked.
        ("https://rebound.example/x", {"answers_from": "127.0.0.1"}),
    ],
)
def test_an_inner_address_is_refused_by_name_before_or_after_it_answers(url: str, more: dict[str, str]) -> None:
    with pytest.raises(DeskError, match="network behind it") as refused:
        asked(url, **more)
    assert refused.value.code == "inner_address"


def test_a_provider_is_asked_and_so_is_a_host_that_the_desk_itself_names() -> None:
    assert asked("https://api.example/leads") == 200
    allowed = tuple(inner_hosts({"DESK_INNER_HOSTS": "Intranet.example, 127.0.0.1"}))
    assert asked("https://intranet.example/x", stands_for="10.0.0.5", answers_from="10.0.0.5", allowed=allowed) == 200
    assert asked("http://127.0.0.1:9/x", answers_from="127.0.0.1", allowed=allowed) == 200


@pytest.mark.parametrize(
    "reference",
    [
        "env:DATABASE_URL", "env:MIGRATION_DATABASE_URL", "env:SMTP_URL", "env:DATABASE_URL_FILE",
        "secrets:auth.cookie_secret", "secrets:auth.google.client_secret",
        "file:.streamlit/secrets.toml", "file:var/hash.key", "file:keys/../var/hash.key", "file:link.key",
        "file:/proc/self/environ", "file:/dev/stdin",
    ],
)  # fmt: skip
def test_an_accounts_reference_never_names_a_secret_of_the_desk(
    reference: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DATABASE_URL", "sqlite:///x.db")
    settings = replace(load_settings({}), home=tmp_path)
    (settings.var / "hash.key").write_text("the key of the hashes")
    (tmp_path / "link.key").symlink_to(settings.var / "hash.key")
    (tmp_path / ".streamlit").mkdir()
    settings.secrets_file.write_text(
        '[auth]\ncookie_secret = "c"\n[auth.google]\nclient_secret = "s"\n[angi]\nkey = "k"\n'
    )
    with pytest.raises(DeskError) as refused:
        secret_value(reference, settings)
    assert refused.value.code == "secret_of_the_desk"
    assert "the key of" not in refused.value.message
    # An account's own lies beside them.
    (tmp_path / "angi.key").write_text("angi's")
    assert secret_value("file:angi.key", settings) == "angi's"
    assert secret_value("secrets:angi.key", settings) == "k"
