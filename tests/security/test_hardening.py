"""The hardened options as the running server knows them, since another file, variable or flag may say otherwise."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from streamlit import config

from tests.stream import ORIGIN, Server, streaming

EXPECTED = {
    "client.showErrorDetails": "none",
    "client.showErrorLinks": False,
    "client.allowedOrigins": [],
    "client.toolbarMode": "viewer",
    "server.enableCORS": True,
    "server.corsAllowedOrigins": [],
    "server.enableXsrfProtection": True,
    "server.enableAgentApi": False,
    "server.trustedUserHeaders": {},
    "server.maxUploadSize": 50,
    "server.maxMessageSize": 50,
    "server.address": "127.0.0.1",
    "server.fileWatcherType": "none",
    "global.developmentMode": False,
    "browser.gatherUsageStats": False,
}


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with streaming(tmp_path_factory.mktemp("desk")) as running:
        yield running


@pytest.mark.usefixtures("server")
def test_the_running_server_has_the_hardened_options() -> None:
    assert {name: config.get_option(name) for name in EXPECTED} == EXPECTED


def test_no_other_site_may_talk_to_the_page_in_its_frame(server: Server) -> None:
    said = server.get("/_stcore/host-config").json()
    assert said["allowedOrigins"] == []
    assert not said["enableCustomParentMessages"]
    assert not said["useExternalAuthToken"]


@pytest.mark.parametrize(
    "path", ["/", "/desk", "/_stcore/health", "/static/none.js", "/media/none", "/hooks/none", "/shared/none"]
)
def test_every_address_of_the_running_server_answers_with_the_headers(server: Server, path: str) -> None:
    headers = server.get(path).headers
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["x-frame-options"] == "DENY"
    assert "content-security-policy" in headers
    assert "access-control-allow-origin" not in headers


def test_numbers_of_the_server_are_nobodys_business(server: Server) -> None:
    assert server.get("/_stcore/metrics").status_code == 404
    assert server.get("/_stcore/agent/openapi.json").status_code == 404


def test_an_upload_without_the_pages_word_is_refused(server: Server) -> None:
    upload = "/_stcore/upload_file/session/file"
    assert server.ask("PUT", upload, files={"file": b"x"}, headers={"origin": ORIGIN}).status_code == 403
    assert (
        server.ask("PUT", upload, files={"file": b"x"}, headers={"origin": "https://evil.example"}).status_code == 403
    )


def test_signing_in_over_and_over_is_slowed_down(server: Server) -> None:
    answers = [server.get("/oauth2callback?state=x&code=y").status_code for _ in range(70)]
    assert 429 in answers
    assert set(answers[:50]) == {302}
