"""A GitHub of one pull request that refuses every request outside of the published description."""

from __future__ import annotations

import json
import re
import threading
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, urlsplit

import jsonschema
import pytest

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

SPEC: dict[str, Any] = json.loads(
    (Path(__file__).parent / "schemas" / "github.json").read_text(encoding="utf-8")
)
BOT = "github-actions[bot]"
PER_PAGE = 30


def _nullable(schema: Any) -> Any:
    """Translate OpenAPI 3.0's `nullable` for a JSON Schema validator."""
    if isinstance(schema, list):
        return [_nullable(each) for each in schema]
    if not isinstance(schema, dict):
        return schema
    made = {key: _nullable(value) for key, value in schema.items()}
    if made.pop("nullable", False) is True and isinstance(made.get("type"), str):
        made["type"] = [made["type"], "null"]
    return made


COMPONENTS = _nullable(SPEC["components"])


def _resolved(each: dict[str, Any]) -> dict[str, Any]:
    if "$ref" in each:
        _, _, kind, name = each["$ref"].split("/")
        return dict(SPEC["components"][kind][name])
    return each


@dataclass
class GitHub:
    """The state of the pull request, and what was asked of it."""

    me: str | None = None
    comments: list[dict[str, Any]] = field(default_factory=list)
    remarks: list[dict[str, Any]] = field(default_factory=list)
    reviews: list[dict[str, Any]] = field(default_factory=list)
    files: dict[str, str] = field(default_factory=dict)
    head: str = "c0ffee"
    asked: list[tuple[str, str]] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)
    failures: list[tuple[str, int, dict[str, str]]] = field(default_factory=list)
    before: Callable[[GitHub, str, str], None] | None = None
    url: str = ""
    ids: int = 100

    def comment(self, body: str, author: str = BOT) -> dict[str, Any]:
        """Add a comment to the conversation."""
        self.ids += 1
        made = {"id": self.ids, "body": body, "user": {"login": author}}
        made["url"] = f"{self.url}/repos/o/r/issues/comments/{self.ids}"
        self.comments.append(made)
        return made

    def answer(self, method: str, path: str, query: dict[str, list[str]], body: Any) -> Any:
        """Do what is asked; give the status and the answer."""
        if path == "/user":
            if self.me is None:
                return 403, {"message": "Resource not accessible by integration"}
            return 200, {"login": self.me}
        if path.endswith(("/pulls", "/pulls/7")):
            pull = {
                "number": 7,
                "url": f"{self.url}/repos/o/r/pulls/7",
                "issue_url": f"{self.url}/repos/o/r/issues/7",
                "head": {"sha": self.head},
            }
            return 200, self._page([pull], query) if path.endswith("s") else pull
        if path.endswith("/pulls/7/files"):
            files = [{"filename": name, "patch": patch} for name, patch in self.files.items()]
            return 200, self._page(files, query)
        if path.endswith("/pulls/7/comments"):
            return 200, self._page(self.remarks, query)
        if path.endswith("/pulls/7/reviews"):
            self.reviews.append(body)
            self.remarks += [
                each | {"user": {"login": self.me or BOT}} for each in body["comments"]
            ]
            return 200, {"id": 1}
        if path.endswith("/issues/7/comments"):
            if method == "GET":
                return 200, self._page(self.comments, query)
            return 201, self.comment(body["body"], self.me or BOT)
        found = [one for one in self.comments if path.endswith(f"/{one['id']}")]
        if not found:
            return 404, {"message": "Not Found"}
        if method == "DELETE":
            self.comments.remove(found[0])
            return 204, None
        found[0]["body"] = body["body"]
        return 200, found[0]

    def _page(self, things: list[Any], query: dict[str, list[str]]) -> list[Any]:
        size = int(query.get("per_page", [str(PER_PAGE)])[0])
        number = int(query.get("page", ["1"])[0])
        return things[(number - 1) * size : number * size]

    def check(self, method: str, path: str, query: dict[str, list[str]], body: Any) -> str | None:
        """Say what of a request the description does not allow."""
        for template, operations in SPEC["paths"].items():
            pattern = re.sub(r"\\\{\w+\\\}", "[^/]+", re.escape(template))
            if re.fullmatch(pattern, path) and method.lower() in operations:
                return self._checked(operations[method.lower()], query, body)
        return f"no such operation: {method} {path}"

    def _checked(
        self, operation: dict[str, Any], query: dict[str, list[str]], body: Any
    ) -> str | None:
        known = {each["name"]: each for each in map(_resolved, operation.get("parameters", ()))}
        for name in query:
            if known.get(name, {}).get("in") != "query":
                return f"no such parameter: {name}"
        wanted = operation.get("requestBody")
        if wanted is None:
            return None if body is None else "a body is not expected"
        schema = _nullable(wanted["content"]["application/json"]["schema"])
        try:
            jsonschema.Draft4Validator(schema | {"components": COMPONENTS}).validate(body)
        except jsonschema.ValidationError as error:
            return str(error.message)
        text = (body or {}).get("body")
        return "body is too long" if isinstance(text, str) and len(text) > 65_536 else None


def _handler(github: GitHub) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def log_message(self, *_: object) -> None:
            pass

        def _do(self) -> None:
            parts = urlsplit(self.path)
            length = int(self.headers.get("Content-Length") or 0)
            raw = self.rfile.read(length)
            body = json.loads(raw) if raw else None
            github.asked.append((self.command, parts.path))
            query = parse_qs(parts.query)
            if self.headers.get("Authorization") not in {"token secret", "Bearer secret"}:
                return self._send(401, {"message": "Bad credentials"})
            problem = github.check(self.command, parts.path, query, body)
            if problem:
                github.refused.append(problem)
                return self._send(422, {"message": problem})
            for failure in github.failures:
                if failure[0] in f"{self.command} {parts.path}":
                    github.failures.remove(failure)
                    limit = "API rate limit exceeded for installation ID 1."
                    message = limit if "X-RateLimit-Remaining" in failure[2] else "not now"
                    return self._send(failure[1], {"message": message}, failure[2])
            if github.before is not None:
                github.before(github, self.command, parts.path)
            status, answer = github.answer(self.command, parts.path, query, body)
            headers = {}
            size = int(query.get("per_page", [str(PER_PAGE)])[0])
            if isinstance(answer, list) and len(answer) == size:
                number = int(query.get("page", ["1"])[0]) + 1
                link = f"{github.url}{parts.path}?per_page={size}&page={number}"
                headers["Link"] = f'<{link}>; rel="next"'
            return self._send(status, answer, headers)

        def _send(self, status: int, answer: Any, headers: dict[str, str] | None = None) -> None:
            raw = b"" if answer is None else json.dumps(answer).encode()
            self.send_response(status)
            for name, value in (headers or {}).items():
                self.send_header(name, value)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(raw)))
            self.end_headers()
            self.wfile.write(raw)

        do_GET = do_POST = do_PATCH = do_DELETE = _do  # noqa: N815

    return Handler


@pytest.fixture
def github() -> Iterator[GitHub]:
    """Run the server; every request must have been within the description."""
    state = GitHub()
    server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(state))
    state.url = f"http://127.0.0.1:{server.server_address[1]}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield state
    server.shutdown()
    thread.join()
    server.server_close()
    assert state.refused == []
