"""A chat.completions endpoint for benchmarks: configurable latency and faults, the same answer for the same request.

Run as a process of its own, so that its processor time is not that of what is measured:
`python loopback_endpoint.py PORT '{"latency": 0.2, "throttled": 0.05}'`. `GET /stats` tells what it has seen, `GET /reset` forgets it.
"""

from __future__ import annotations

import asyncio
import json
import random
import re
import sys
from dataclasses import asdict, dataclass, field
from typing import Any

__all__ = ["Faults", "Seen", "answer"]

_CODE = re.compile(r"^([A-Za-z0-9.]+) [A-Z]", re.MULTILINE)
_SCENARIO = re.compile(r"^## (\S+?):", re.MULTILINE)
_BLOCK = re.compile(r"^## (\S+?):?(?: .*)?\n((?:(?!## ).*\n?)*)", re.MULTILINE)
_TURN = re.compile(r"^(\d+) agent[^:]*: (.*)$", re.MULTILINE)
_AGAIN = re.compile(r"^([A-Za-z0-9.]+): (?:no answer|the quote|it was|turn )", re.MULTILINE)


@dataclass
class Faults:
    """Seconds before an answer, and shares (0 to 1) of requests that go wrong in each way."""

    latency: float = 0.2
    throttled: float = 0.0
    failed: float = 0.0
    malformed: float = 0.0
    cut_off: float = 0.0
    hanging: float = 0.0
    seed: int = 1


@dataclass
class Seen:
    """What arrived since the last reset. Characters, not tokens: divide by four for English.

    `repeated` counts conversations that were graded in full although a sound answer about them had been given before.
    """

    requests: int = 0
    answered: int = 0
    prompt_characters: int = 0
    answer_characters: int = 0
    shared_characters: int = 0
    most_in_flight: int = 0
    repeated: int = 0
    faults: dict[str, int] = field(default_factory=dict)


def answer(body: dict[str, Any]) -> str:
    """A grading of the request: every criterion of `always` and of every second scenario, one in eight of them violated."""
    system, user = (message["content"] for message in body["messages"])
    turns = _TURN.findall(user)
    again = set(_AGAIN.findall(user))
    occurred, answers = [], []
    for number, (scenario, block) in enumerate(_BLOCK.findall(system)):
        if scenario != "always":
            if number % 2:
                continue
            occurred.append({"scenario": scenario, "turns": [int(turns[0][0])]})
        for code in _CODE.findall(block):
            if not again or code in again:
                answers.append(_entry(code, turns))
    return json.dumps({"scenarios": [] if again else occurred, "answers": answers}, separators=(",", ":"))


def _entry(code: str, turns: list[tuple[str, str]]) -> dict[str, Any]:
    weight = sum(map(ord, code))
    index, said = turns[weight % len(turns)]
    if weight % 8:
        return {"met": code, "turn": int(index)}
    quote = " ".join(said.split()[:8])
    return {"violated": code, "turn": int(index), "quote": quote, "reason": "The agent leaves out what is asked for."}


def _plain_answer(body: dict[str, Any]) -> str:
    """What a prompt without a design of its own gets back: an object for each criterion, all of its parts written out."""
    text = body["messages"][-1]["content"]
    codes = _CODE.findall(body["messages"][0]["content"])
    turns = _TURN.findall(text)
    graded = []
    for code in codes:
        index, said = turns[sum(map(ord, code)) % len(turns)]
        quote = " ".join(said.split()[:8])
        reason = "The agent does what the criterion asks for here."
        graded.append({"criterion": code, "verdict": "met", "turn": int(index), "quote": quote, "reason": reason})
    return json.dumps({"findings": graded})


class _Endpoint:
    def __init__(self, faults: Faults) -> None:
        self.faults = faults
        self.random = random.Random(faults.seed)
        self.seen = Seen()
        self.prefix: str | None = None
        self.in_flight = 0
        self.graded: set[int] = set()

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while True:
                head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
                length = re.search(r"content-length: *(\d+)", head, re.IGNORECASE)
                body = await reader.readexactly(int(length[1])) if length else b""
                reply = await self._reply(head.split(" ", 2)[1], body)
                if reply is None:
                    return
                status, headers, data = reply
                lines = [
                    f"HTTP/1.1 {status}",
                    "Content-Type: application/json",
                    f"Content-Length: {len(data)}",
                    *headers,
                ]
                writer.write(("\r\n".join(lines) + "\r\n\r\n").encode() + data)
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            writer.close()

    async def _reply(self, path: str, data: bytes) -> tuple[str, list[str], bytes] | None:
        if path == "/stats":
            return "200 OK", [], json.dumps(asdict(self.seen)).encode()
        if path == "/reset":
            self.seen, self.prefix, self.graded = Seen(), None, set()
            self.random = random.Random(self.faults.seed)
            return "200 OK", [], b"{}"
        return await self._complete(json.loads(data))

    async def _complete(self, body: dict[str, Any]) -> tuple[str, list[str], bytes] | None:
        due = asyncio.get_running_loop().time() + self.faults.latency
        self.in_flight += 1
        self.seen.most_in_flight = max(self.seen.most_in_flight, self.in_flight)
        try:
            prompt = "\n".join(message["content"] for message in body["messages"])
            self._count(prompt)
            fault = self._fault()
            # Made while the caller waits anyway: the time that it takes is part of the latency, not on top of it.
            reply = self._written(body, prompt, fault)
            if reply is None:
                await asyncio.sleep(3600)
            await asyncio.sleep(due - asyncio.get_running_loop().time())
        finally:
            self.in_flight -= 1
        if reply is not None and reply[0] == "200 OK":
            self.seen.answered += 1
            if not fault:
                self._note(body["messages"][-1]["content"])
        return reply

    def _written(self, body: dict[str, Any], prompt: str, fault: str) -> tuple[str, list[str], bytes] | None:
        """The response; None where there will be none."""
        if fault == "hanging":
            return None
        if fault == "throttled":
            return "429 Too Many Requests", ["Retry-After: 1"], b'{"error": {"message": "slow down"}}'
        if fault == "failed":
            return "500 Internal Server Error", [], b'{"error": {"message": "broken"}}'
        content = answer(body) if "response_format" in body else _plain_answer(body)
        finish = "stop"
        if fault == "malformed":
            content = content.replace('"', "'", 7)
        elif fault == "cut_off":
            content, finish = content[: len(content) // 2], "length"
        self.seen.answer_characters += len(content)
        return "200 OK", [], _completion(content, finish, len(prompt))

    def _note(self, conversation: str) -> None:
        """Keep in mind that this conversation was graded, unless only a few criteria were asked again."""
        if not _AGAIN.search(conversation):
            key = hash(conversation)
            self.seen.repeated += key in self.graded
            self.graded.add(key)

    def _fault(self) -> str:
        drawn = self.random.random()
        for name in ("throttled", "failed", "malformed", "cut_off", "hanging"):
            drawn -= getattr(self.faults, name)
            if drawn < 0:
                self.seen.faults[name] = self.seen.faults.get(name, 0) + 1
                return name
        return ""

    def _count(self, prompt: str) -> None:
        """What of the prompt was at the beginning of the one before, as a provider's cache would see it."""
        self.seen.requests += 1
        self.seen.prompt_characters += len(prompt)
        if self.prefix is None:
            self.prefix = prompt
            return
        low, high = 0, min(len(prompt), len(self.prefix))
        while low < high:
            middle = (low + high + 1) // 2
            low, high = (middle, high) if prompt[:middle] == self.prefix[:middle] else (low, middle - 1)
        self.prefix = prompt[:low]
        self.seen.shared_characters += low


def _completion(content: str, finish: str, prompt_characters: int) -> bytes:
    message = {"role": "assistant", "content": content}
    usage = {"prompt_tokens": prompt_characters // 4, "completion_tokens": len(content) // 4}
    choice = {"index": 0, "finish_reason": finish, "message": message}
    whole = {"id": "c", "object": "chat.completion", "created": 1, "model": "m", "choices": [choice], "usage": usage}
    return json.dumps(whole).encode()


async def _main(port: int, faults: Faults) -> None:
    server = await asyncio.start_server(_Endpoint(faults).serve, "127.0.0.1", port, limit=2**22)
    async with server:
        await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(_main(int(sys.argv[1]), Faults(**json.loads(sys.argv[2]))))
