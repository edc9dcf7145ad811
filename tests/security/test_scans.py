"""What `make check` asks besides style: secrets in code, and packages with known holes."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

from tests.serving import PROJECT

# In two pieces, so that this file holds none.
SECRET = "sk_" + "live_" + "9mXb31Kd8Qz7TnW2yLp4Rf6V"


def typed(script: str, *words: str, **environment: str) -> tuple[int, str]:
    """The exit code of a script of `.ci`, and what it said."""
    done = subprocess.run(
        [sys.executable, PROJECT / ".ci" / script, *words],
        cwd=PROJECT,
        env=os.environ | environment,
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    return done.returncode, done.stdout + done.stderr


def tracked(folder: Path, **files: str) -> Path:
    """A repository of these files; a double underscore in a name is a point."""
    subprocess.run(["git", "init", "-q", str(folder)], check=True)
    for name, content in files.items():
        (folder / name.replace("__", ".")).write_text(content)
    return folder


def test_a_secret_in_code_is_found_by_its_place_and_not_repeated(tmp_path: Path) -> None:
    place = tracked(
        tmp_path,
        settings__py=f'NAME = "desk"\nKEY = "{SECRET}"\n',
        notes__md=f"one\ntwo\nthe key is {SECRET}, keep it\n",
        innocent__py="token = next_token(text)\npassword = settings.password_of(place)\n",
        ignored__env=f"KEY={SECRET}\n",
        __gitignore="*.env\n",
    )
    code, said = typed("secrets", str(place))
    assert code == 1
    assert [line.split()[0] for line in said.splitlines()[:-1]] == ["notes.md:3", "settings.py:2"]
    assert SECRET not in said


@contextmanager
def advisories(about: str) -> Iterator[str]:
    """A service of advisories, as the one of OSV answers, that knows one hole in one package."""

    class Service(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_error(404)

        def do_POST(self) -> None:
            asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            name = asked["package"]["name"]
            hole = {
                "id": "PYSEC-2026-1",
                "summary": "a hole",
                "modified": "2026-11-01T00:00:00Z",
                "affected": [
                    {
                        "package": {"name": name, "ecosystem": "PyPI"},
                        "ranges": [{"type": "ECOSYSTEM", "events": [{"introduced": "0"}, {"fixed": "99.1"}]}],
                    }
                ],
            }
            body = json.dumps({"vulns": [hole]} if name.lower() == about else {}).encode()
            self.send_response(200)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Service)
    Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/v1/query"
    finally:
        server.shutdown()
        server.server_close()


def test_a_package_with_a_known_hole_fails_the_check_and_is_named() -> None:
    with advisories("pymysql") as url:
        code, said = typed("audit", AUDIT_URL=url)
    assert (code, said.strip()) == (1, "pymysql 1.2.4: PYSEC-2026-1, mended in 99.1.")


def test_where_nobody_can_be_asked_one_line_says_so_and_nothing_fails() -> None:
    code, said = typed("audit", AUDIT_URL="http://127.0.0.1:1/v1/query")
    assert code == 0
    assert said == "No package was audited: http://127.0.0.1:1/v1/query cannot be reached.\n"
