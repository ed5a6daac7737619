"""A chat.completions endpoint on 127.0.0.1 that answers by a script: one step for each request, then the last one again."""

from __future__ import annotations

import json
import socket
import struct
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

__all__ = ["Drop", "Endpoint", "Hang", "Says", "Status", "endpoint", "grading"]


@dataclass(frozen=True)
class Says:
    """A chat completion with this content."""

    content: str | None
    finish: str = "stop"
    refusal: str | None = None
    prompt_tokens: int = 100
    cached_tokens: int = 0
    completion_tokens: int = 10
    logprobs: list[tuple[str, float]] | None = None


@dataclass(frozen=True)
class Status:
    """An HTTP status with a body (text, or data for JSON) and headers."""

    code: int
    body: Any = ""
    headers: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Hang:
    """Nothing for so many seconds, then the connection is closed."""

    seconds: float


@dataclass(frozen=True)
class Drop:
    """The connection is reset."""


Step = Says | Status | Hang | Drop


@dataclass
class Endpoint:
    """`requests` and `headers` are what arrived, `times` when (monotonic seconds), `most` the most requests in flight at once."""

    script: list[Step]
    models: tuple[str, ...] = ("small-model",)
    delay: float = 0.0
    url: str = ""
    requests: list[dict[str, Any]] = field(default_factory=list)
    headers: list[dict[str, str]] = field(default_factory=list)
    paths: list[str] = field(default_factory=list)
    times: list[float] = field(default_factory=list)
    most: int = 0
    in_flight: int = 0
    lock: threading.Lock = field(default_factory=threading.Lock)

    def step(self, body: dict[str, Any], headers: dict[str, str], path: str) -> Step:
        """Record a request and say what answers it."""
        with self.lock:
            self.requests.append(body)
            self.headers.append(headers)
            self.paths.append(path)
            self.times.append(time.monotonic())
            return self.script[min(len(self.requests), len(self.script)) - 1]

    def sent(self, number: int = 0) -> str:
        """All text of the messages of a request."""
        return "\n".join(message["content"] for message in self.requests[number]["messages"])


def grading(*answers: dict[str, Any], scenarios: dict[str, list[int]] | None = None) -> Says:
    """A well-formed grading: `grading({"met": "1", "turn": 0}, scenarios={"complaint": [1]})`."""
    occurred = [{"scenario": name, "turns": turns} for name, turns in (scenarios or {}).items()]
    return Says(json.dumps({"scenarios": occurred, "answers": list(answers)}, ensure_ascii=False))


@contextmanager
def endpoint(*script: Step, models: tuple[str, ...] = ("small-model",), delay: float = 0.0) -> Iterator[Endpoint]:
    """A running endpoint with this script; `delay` seconds before every answer."""
    state = Endpoint(list(script), models, delay)
    server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(state))
    server.daemon_threads = True
    state.url = f"http://127.0.0.1:{server.server_address[1]}/v1"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    try:
        yield state
    finally:
        server.shutdown()
        server.server_close()


def _handler(state: Endpoint) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def log_message(self, *_: Any) -> None:
            """Say nothing."""

        def do_GET(self) -> None:
            self._send(200, {"object": "list", "data": [{"id": name, "object": "model"} for name in state.models]}, {})

        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            step = state.step(body, {k.lower(): v for k, v in self.headers.items()}, self.path)
            with state.lock:
                state.in_flight += 1
                state.most = max(state.most, state.in_flight)
            time.sleep(state.delay)
            with state.lock:
                state.in_flight -= 1
            self._answer(step)

        def _answer(self, step: Step) -> None:
            if isinstance(step, Says):
                self._send(200, _completion(step), {})
            elif isinstance(step, Status):
                self._send(step.code, step.body, step.headers)
            elif isinstance(step, Hang):
                time.sleep(step.seconds)
                self.close_connection = True
            else:
                self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
                self.close_connection = True
                self.connection.close()

        def _send(self, code: int, body: Any, headers: dict[str, str]) -> None:
            data = body.encode() if isinstance(body, str) else json.dumps(body).encode()
            self.send_response(code)
            for name, value in {"Content-Type": "application/json", **headers}.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(data)))
            self.end_headers()
            self.wfile.write(data)

    return Handler


def _completion(step: Says) -> dict[str, Any]:
    logprobs = None
    if step.logprobs is not None:
        logprobs = {"content": [{"token": token, "logprob": value} for token, value in step.logprobs]}
    return {
        "id": "c",
        "object": "chat.completion",
        "created": 1,
        "model": "small-model",
        "choices": [
            {
                "index": 0,
                "finish_reason": step.finish,
                "message": {"role": "assistant", "content": step.content, "refusal": step.refusal},
                "logprobs": logprobs,
            }
        ],
        "usage": {
            "prompt_tokens": step.prompt_tokens,
            "completion_tokens": step.completion_tokens,
            "total_tokens": step.prompt_tokens + step.completion_tokens,
            "prompt_tokens_details": {"cached_tokens": step.cached_tokens},
        },
    }
