"""Attempts on every address that is no page: files out, files in, webhooks, shared links, and Streamlit's own doors."""

from __future__ import annotations

import base64
import json
from urllib.parse import quote, urlencode

from lib.db.tables.imports import integration_import_batches
from lib.domain.access.leaving import Wanted
from lib.domain.rows.fixes import WhichRows
from lib.pipeline.leaving.accounts import pack_wanted
from lib.pipeline.leaving.rows import rows_wanted
from lib.services.arriving import upload_tickets
from lib.services.people import download_tickets
from tests.builders import table_rows
from tests.security.attempts import (
    ACCOUNT,
    ANA,
    ANTON,
    CLIENT,
    OLGA,
    RITA,
    SAM,
    World,
    attempt,
    keeps_silent,
    person,
    refused,
)
from tests.stream import ORIGIN


def _ticket(world: World, email: str, load: int) -> str:
    return _ticket_for(world, email, rows_wanted(load, WhichRows(), "csv", is_clear=True))


def _ticket_for(world: World, email: str, wanted: Wanted) -> str:
    holder = person(world, email)
    return world.desk.do(holder, download_tickets.issue_ticket, wanted, world.desk.hash_key)


@attempt("nobody", "takes a download with somebody else's ticket")
def a_ticket_without_sign_in(world: World) -> str:
    return refused(world.server.get(f"/downloads/{_ticket(world, RITA, world.theirs)}"), 401)


@attempt("owner of acme", "takes a download with a ticket of the other client's owner")
def somebody_elses_ticket(world: World) -> str:
    return refused(world.server.get(f"/downloads/{_ticket(world, RITA, world.theirs)}", OLGA), 403)


@attempt("owner of acme", "asks for a ticket of their own for the other client's rows")
def a_ticket_for_their_rows(world: World) -> str:
    theirs = (
        rows_wanted(world.theirs, WhichRows(), "xlsx", is_clear=True),
        pack_wanted(ACCOUNT),
        Wanted("map", {"account": ACCOUNT, "object": "lead", "mark": "x"}),
        Wanted("page", {"client": CLIENT, "statement": 1}),
        Wanted("audit", {"client": CLIENT, "person": "", "action": ""}),
        Wanted("anything", {}),
    )
    answers = {
        refused(world.server.get(f"/downloads/{_ticket_for(world, OLGA, wanted)}", OLGA), 403, 404, 409)
        for wanted in theirs
    }
    return ", ".join(sorted(answers))


@attempt("stakeholder", "asks for a ticket, and takes a download with one that was forged")
def a_forged_ticket(world: World) -> str:
    good = _ticket(world, RITA, world.theirs)
    body, _, signature = good.rpartition(".")
    for made_up in (
        "x",
        "e30.x",
        f"{body}.",
        f".{signature}",
        f"{body}.{signature[:-1]}0",
        f"{body[:-2]}AA.{signature}",
    ):
        answer = world.server.get(f"/downloads/{quote(made_up)}", SAM)
        said = refused(answer, 403, 404)
    return said


@attempt("owner of acme", "changes the load in a ticket that is theirs")
def a_changed_ticket(world: World) -> str:
    body, _, signature = _ticket(world, OLGA, world.ours).rpartition(".")
    said = json.loads(base64.urlsafe_b64decode(body + "=" * (-len(body) % 4)))
    said["about"]["load"] = world.theirs
    changed = base64.urlsafe_b64encode(json.dumps(said).encode()).decode().rstrip("=")
    return refused(world.server.get(f"/downloads/{changed}.{signature}", OLGA), 403)


@attempt("whoever finds an address in a browser's history", "opens a download a second time")
def a_ticket_twice(world: World) -> str:
    address = f"/downloads/{_ticket(world, OLGA, world.ours)}"
    assert world.server.get(address, OLGA).status_code == 200
    return refused(world.server.get(address, OLGA), 403)


@attempt("nobody", "asks the download route by other methods and along other paths")
def downloads_by_other_ways(world: World) -> str:
    for method in ("HEAD", "POST", "PUT", "DELETE", "OPTIONS", "PATCH"):
        answer = world.server.ask(method, f"/downloads/{_ticket(world, RITA, world.theirs)}")
        assert answer.status_code == 405, (method, answer.status_code)
    for path in ("/downloads/../var/desk.db", "/downloads/..%2f..%2fvar%2fdesk.db", "/downloads/%2e%2e/hash.key"):
        answer = world.server.get(path)
        assert b"SQLite format" not in answer.content
        keeps_silent(answer)
    return "405"


@attempt("nobody", "posts a file without a ticket, and with one that was forged")
def an_upload_without_a_ticket(world: World) -> str:
    good = world.desk.do(person(world, RITA), upload_tickets.issue_ticket, ACCOUNT, world.desk.hash_key)
    before = len(table_rows(world.desk.app, integration_import_batches))
    parts = good.split(".")
    for made_up in ("", "x", "....", "1.1.1.1.1", ".".join([*parts[:-1], "0" * 64]), ".".join(["1", *parts[1:]])):
        answer = world.server.ask("POST", f"/uploads/{ACCOUNT}?{urlencode({'ticket': made_up})}", content=b"id\n1\n")
        said = refused(answer, 401, 403)
    assert len(table_rows(world.desk.app, integration_import_batches)) == before
    return said


@attempt("analyst of acme", "posts a file with a good ticket of the other client's owner")
def an_upload_with_somebody_elses_ticket(world: World) -> str:
    good = world.desk.do(person(world, RITA), upload_tickets.issue_ticket, ACCOUNT, world.desk.hash_key)
    for email, status in ((None, 401), (SAM, 403), (ANTON, 403)):
        answer = world.server.ask("POST", f"/uploads/{ACCOUNT}?ticket={good}", content=b"id\n1\n", email=email)
        said = refused(answer, status)
    return said


@attempt("analyst of acme", "gives a file names that lead elsewhere, are endless, or begin a line of their own")
def an_uploads_hostile_names(world: World) -> str:
    analyst = person(world, ANTON)
    before = {item.name for item in world.desk.settings.var.rglob("*") if item.is_file()}
    for name in ("../../../x.csv", "/etc/cron.d/x", "x" * 4000, "a\r\nX-Evil: 1", "\x00", "..", "=1+1", "<b>x</b>"):
        ticket = world.desk.do(analyst, upload_tickets.issue_ticket, "site", world.desk.hash_key)
        asked = {"ticket": ticket, "object": "lead", "name": name, "expect": "9" * 40}
        answer = world.server.ask("POST", f"/uploads/site?{urlencode(asked)}", content=name.encode(), email=ANTON)
        assert answer.status_code in (201, 400, 409), (name[:20], answer.text)
        keeps_silent(answer)
    after = {item.name for item in world.desk.settings.var.rglob("*") if item.is_file()}
    assert not {item for item in after - before if item.endswith(".csv") or item == "x"}
    return "a name without a path, or refused"


@attempt("analyst of acme", "posts a file with their own ticket to the other client's account")
def an_upload_to_their_account(world: World) -> str:
    good = world.desk.do(person(world, ANTON), upload_tickets.issue_ticket, "site", world.desk.hash_key)
    query = urlencode({"object": "lead", "name": "../../x.csv", "ticket": good})
    return refused(world.server.ask("POST", f"/uploads/{ACCOUNT}?{query}", content=b"id\n1\n", email=ANTON), 403, 404)


@attempt("another site's page", "posts a file, a sign-out and a webhook's test in a visitor's name")
def another_site_posts(world: World) -> str:
    sent = {"origin": "https://evil.example"}
    return refused(world.server.ask("POST", f"/uploads/{ACCOUNT}", email=RITA, headers=sent, content=b"x"), 403)


@attempt("nobody", "asks the upload route for a page")
def an_upload_by_get(world: World) -> str:
    return refused(world.server.get(f"/uploads/{ACCOUNT}"), 405)


@attempt("nobody", "posts webhooks unsigned, signed wrongly, and to accounts that are not there")
def a_forged_webhook(world: World) -> str:
    answers = set()
    for account in (ACCOUNT, "site", "not-there", "' OR 1=1 --"):
        for headers in ({}, {"X-Signature": "0" * 64}, {"Authorization": "Bearer x"}):
            sent = {**headers, "content-type": "application/json"}
            answers.add(refused(world.server.ask("POST", f"/hooks/{account}", headers=sent, content=b"{}"), 401, 404))
    assert len(answers) == 1, f"what is there can be told from what is not: {answers}"
    return answers.pop()


@attempt("nobody", "asks a webhook's address for a page")
def a_webhook_by_get(world: World) -> str:
    return refused(world.server.get(f"/hooks/{ACCOUNT}"), 404, 405)


@attempt("nobody", "makes up links to a shared report, and goes on from there")
def a_made_up_link(world: World) -> str:
    texts = set()
    for path in (
        "/shared",
        "/shared/",
        "/shared/x",
        "/shared/" + "a" * 500,
        "/shared/1.2.3",
    ):
        answer = world.server.get(path)
        assert answer.status_code == 404, (path, answer.status_code)
        keeps_silent(answer, "streamlit")
        texts.add(answer.text)
    assert len(texts) == 1
    return "404, the same for each"


@attempt("nobody", "walks up the paths of media, components and static files")
def paths_upwards(world: World) -> str:
    outside = ("../../../../etc/passwd", "..%2f..%2f..%2fetc%2fpasswd", "%2e%2e/%2e%2e/app.py", "....//....//app.py")
    outside += (
        "..\\..\\app.py",
        "%5c%5cevil%5cshare",
        "//etc/passwd",
        "C:/windows/win.ini",
        "%00",
        "../.streamlit/secrets.toml",
    )
    doors = ("/media/", "/component/", "/app/static/", "/static/", "/_stcore/bidi-components/", "/downloads/", "/")
    for door in doors:
        for path in outside:
            answer = world.server.get(door + path)
            for inside in ("root:", "cookie_secret", "st.App(", "[fonts]"):
                assert inside not in answer.text, (door, path)
            keeps_silent(answer)
    return "nothing outside is read"


@attempt("nobody", "guesses the addresses of media")
def guessed_media(world: World) -> str:
    for name in ("a" * 64 + ".csv", "0.png", "x", "", "%2e"):
        answer = world.server.get(f"/media/{name}")
        assert answer.status_code in (400, 404), (name, answer.status_code)
    return "404"


@attempt("nobody", "fetches every picture and file that an owner's pages name")
def media_of_somebody_else(world: World) -> str:
    with world.server.tab(RITA) as tab:
        named = {
            address
            for page in ("home", "import_review", "baseline_vs_current", "field_maps")
            for address in tab.open(page, f"client=rival&account={ACCOUNT}&load={world.theirs}&object=lead").media
        }
    for address in named:
        answer = world.server.get(address)
        assert answer.headers["content-type"].startswith(("image/", "font/")), address
        keeps_silent(answer)
    return "the desk's own logo, and no file"


@attempt("nobody", "asks for the server's counts, its second way in, and what a developer asks")
def streamlits_side_doors(world: World) -> str:
    for path in ("metrics", "st-metrics", "script-health-check", "agent/openapi.json"):
        answer = world.server.get(f"/_stcore/{path}")
        assert answer.status_code == 404, (path, answer.status_code)
    for path in ("agent/interact", "agent/mcp"):
        answer = world.server.ask("POST", f"/_stcore/{path}", content=b'{"page": "desk"}', email=ANA)
        assert answer.status_code == 404, (path, answer.status_code)
    answer = world.server.get("/_stcore/host-config")
    assert answer.json()["allowedOrigins"] == []
    keeps_silent(answer)
    return "404"


@attempt("nobody", "walks around those doors with slashes, dots, capitals and escapes")
def around_the_side_doors(world: World) -> str:
    for path in (
        "//_stcore/metrics",
        "/_stcore//metrics",
        "/_stcore/./metrics",
        "/%5fstcore/metrics",
        "/_stcore/metrics/",
    ):
        answer = world.server.get(path)
        assert "session_events" not in answer.text and "process_resident" not in answer.text, path
        assert "cache_memory_bytes" not in answer.text, path
    return "404, or the empty page"


@attempt("whoever sends a link", "has the way back after sign-in lead to another site")
def an_open_redirect(world: World) -> str:
    for path in (
        "//evil.example/x",
        "/\\evil.example",
        "/%2f%2fevil.example",
        "/x?a=1%0d%0aLocation:%20//evil.example",
    ):
        answer = world.server.get(path, headers={"accept": "text/html"})
        kept = answer.headers.get("set-cookie", "")
        assert "desk_way_back=%2F%2F" not in kept and "desk_way_back=%2F%5C" not in kept, kept
        assert "evil.example" not in answer.headers.get("location", "")
    return "forgotten"


@attempt("nobody", "completes a sign-in that nobody began, and begins one at a provider of their own")
def a_made_up_sign_in(world: World) -> str:
    for path in (
        "/oauth2callback",
        "/oauth2callback?code=x&state=y",
        "/auth/login?provider=evil",
        "/auth/login?provider=e30",
    ):
        answer = world.server.get(path)
        given = [value for name, value in answer.headers.multi_items() if name == "set-cookie"]
        assert not [value for value in given if value.startswith("_streamlit_user=") and "Max-Age=0" not in value], path
        assert "evil" not in answer.headers.get("location", "")
        keeps_silent(answer)
    return "back to the start, signed in as nobody"


@attempt("nobody", "has the desk framed, cached or guessed at by a browser")
def what_every_answer_says(world: World) -> str:
    answer = world.server.get("/")
    assert answer.headers["x-frame-options"] == "DENY"
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert "frame-ancestors 'none'" in answer.headers["content-security-policy"]
    assert world.server.get("/downloads/x", OLGA).headers["cache-control"] == "no-store"
    assert "*" not in world.server.get("/_stcore/health", headers={"origin": "https://evil.example"}).headers.get(
        "access-control-allow-origin", ""
    )
    return "refused by the browser"


@attempt("somebody with a huge header, a strange method or a strange version", "tries to break the server")
def strange_requests(world: World) -> str:
    for method in ("TRACE", "CONNECT", "PROPFIND", "BREW"):
        answer = world.server.ask(method, "/downloads/x")
        assert answer.status_code in (401, 403, 404, 405, 501), (method, answer.status_code)
    answer = world.server.get("/records", headers={"cookie": "a=" + "b" * 100_000, "origin": ORIGIN})
    assert answer.status_code < 500
    return "405"
