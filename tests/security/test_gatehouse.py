"""What every request meets first: the headers of every answer, other sites' pages, doors that are shut, and paces."""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Callable
from pathlib import Path

import pytest
import streamlit
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route, WebSocketRoute
from starlette.testclient import TestClient
from starlette.websockets import WebSocket, WebSocketDisconnect

from lib.entrypoints.guards.gatehouse import Gatehouse, Turnstile, origin_of, turnstiles
from lib.entrypoints.guards.pace import Pace
from lib.entrypoints.guards.safe_answers import STREAMLITS_SCRIPT, SafeAnswers

DESK = "https://desk.example.com"
Made = Callable[..., TestClient]


async def anything(request: Request) -> Response:
    answer = PlainTextResponse("inside", headers={"Cache-Control": "public"})
    if "own" in request.query_params:
        answer.headers["Content-Security-Policy"] = "default-src 'none'"
    answer.set_cookie("_streamlit_user", "signed", samesite=None)  # type: ignore[arg-type]
    answer.headers.append("set-cookie", "_streamlit_xsrf=word; Path=/")
    return answer


async def stream(socket: WebSocket) -> None:
    await socket.accept()
    await socket.send_text("inside")
    await socket.close()


def desk(*, origin: str = "", stiles: list[Turnstile] | None = None, client: str = "203.0.113.5") -> TestClient:
    methods = ["GET", "POST", "PUT", "DELETE"]
    routes = [WebSocketRoute("/_stcore/stream", stream), Route("/{path:path}", anything, methods=methods)]
    guards = [
        Middleware(SafeAnswers, is_secure=origin.startswith("https:")),
        Middleware(Gatehouse, origin=origin, stiles=stiles),
    ]
    return TestClient(
        Starlette(routes=routes, middleware=guards), base_url=origin or "http://localhost:8501", client=(client, 4)
    )


@pytest.mark.parametrize("path", ["/", "/downloads/x", "/hooks/site", "/_stcore/metrics", "/static/app.js"])
def test_every_answer_says_what_a_browser_may_do_with_it(path: str) -> None:
    headers = desk(origin=DESK).get(path).headers
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["x-frame-options"] == "DENY"
    assert "frame-ancestors 'none'" in headers["content-security-policy"]
    assert headers["referrer-policy"] == "same-origin"
    assert headers["strict-transport-security"] == "max-age=31536000"
    assert "camera=()" in headers["permissions-policy"]
    assert "strict-transport-security" not in desk().get(path).headers


def test_what_a_route_says_of_itself_stands_but_for_where_it_is_kept() -> None:
    headers = desk().get("/shared/x?own=1").headers
    assert headers["content-security-policy"] == "default-src 'none'"
    assert headers.get_list("cache-control") == ["no-store"]
    assert desk().get("/static/app.js").headers["cache-control"] == "public"


def test_cookies_stay_with_https_and_out_of_reach_of_scripts() -> None:
    said = dict(cookie.split("=", 1) for cookie in desk(origin=DESK).get("/").headers.get_list("set-cookie"))
    assert {"HttpOnly", "Secure", "SameSite=Lax"} <= set(said["_streamlit_user"].split("; "))
    # Streamlit's page reads this one itself.
    assert "HttpOnly" not in said["_streamlit_xsrf"]
    assert {"Secure", "SameSite=Lax"} <= set(said["_streamlit_xsrf"].split("; "))
    assert "Secure" not in desk().get("/").headers["set-cookie"]


def test_the_one_script_that_runs_in_place_is_streamlits_own() -> None:
    page = (Path(streamlit.__file__).parent / "static" / "index.html").read_text()
    scripts = re.findall(r"<script>(.*?)</script>", page, re.DOTALL)
    hashes = [base64.b64encode(hashlib.sha256(text.encode()).digest()).decode() for text in scripts]
    assert [f"sha256-{value}" for value in hashes] == [STREAMLITS_SCRIPT]
    policy = desk().get("/").headers["content-security-policy"]
    assert "unsafe-eval" not in policy
    assert "'unsafe-inline'" not in policy.partition("script-src")[2].partition(";")[0]


@pytest.mark.parametrize(
    "path",
    ["/_stcore/metrics", "/_stcore/agent/interact", "/_stcore/agent/openapi.json", "/_stcore/script-health-check"],
)
def test_streamlits_side_doors_are_shut(path: str) -> None:
    answer = desk().get(path)
    assert answer.status_code == 404
    assert "inside" not in answer.text


ELSEWHERE = [
    "https://evil.example",
    "null",
    "http://localhost:9",
    "https://desk.example.com.evil.example",
    "",
    "http://[",
]


@pytest.mark.parametrize("origin", ELSEWHERE)
def test_a_page_of_another_site_sends_nothing_and_opens_no_stream(origin: str) -> None:
    for site in (desk(), desk(origin=DESK)):
        for method in ("POST", "PUT", "DELETE"):
            assert site.request(method, "/uploads/x", headers={"origin": origin}).status_code == 403
        with pytest.raises(WebSocketDisconnect), site.websocket_connect("/_stcore/stream", headers={"origin": origin}):
            pass


def test_the_desks_own_pages_and_programs_without_a_page_get_in() -> None:
    for site, origin in ((desk(), "http://localhost:8501"), (desk(origin=DESK), DESK)):
        for headers in ({"origin": origin}, {}):
            assert site.post("/uploads/x", headers=headers).status_code == 200
            stream_of = f"ws://{origin.partition('//')[2]}/_stcore/stream"
            with site.websocket_connect(stream_of, headers=headers) as opened:
                assert opened.receive_text() == "inside"


def test_a_name_rebound_to_the_desk_opens_no_stream_where_its_own_is_known() -> None:
    rebound = {"origin": "https://evil.example", "host": "evil.example"}
    with pytest.raises(WebSocketDisconnect), desk(origin=DESK).websocket_connect("/_stcore/stream", headers=rebound):
        pass


def test_webhooks_come_from_wherever_their_sender_is() -> None:
    assert desk(origin=DESK).post("/hooks/site", headers={"origin": "https://forms.example"}).status_code == 200


@pytest.mark.parametrize("path", ["/auth/login", "/oauth2callback", "/downloads/x", "/uploads/x", "/shared/x"])
def test_who_asks_too_fast_is_told_when_to_come_again_and_nobody_else_is(path: str) -> None:
    stiles = [Turnstile(stile.path, Pace(2)) for stile in turnstiles()]
    site = desk(stiles=stiles)
    answers = [site.get(path) for _ in range(3)]
    assert [answer.status_code for answer in answers] == [200, 200, 429]
    assert answers[2].json()["error"]["code"] == "too_many"
    assert 1 <= int(answers[2].headers["retry-after"]) <= 30
    assert answers[2].headers["x-content-type-options"] == "nosniff"
    assert site.get("/").status_code == 200
    assert desk(stiles=stiles, client="203.0.113.6").get(path).status_code == 200


def test_an_origin_is_the_beginning_of_an_address() -> None:
    assert origin_of("https://desk.example.com:8443/oauth2callback") == "https://desk.example.com:8443"
    assert origin_of("") == ""
