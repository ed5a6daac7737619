"""A model of our own making behind a chat.completions endpoint on 127.0.0.1: it grades as the embedded judge does, and rewrites
now well, now badly.

It stands in for an LLM where the path is measured and not the model: what it proposes loses facts, promises refunds or cannot
be read at known rates, so that a figure tells what of that is caught. The same request gets the same answer.
"""

from __future__ import annotations

import hashlib
import json
import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from coach.judges.embedded.judge import EmbeddedJudge
from coach.judges.llm.prompt import JudgePrompt
from coach.judges.llm.schema import codes
from coach.rewriting.names import Address
from coach.rewriting.scripts import addressing
from coach.rubric import Rubric
from coach.rubric_file import load_rubric
from coach.transcript import Transcript

__all__ = ["serve"]

_TURN = re.compile(
    r"^(\d+) (agent|customer)( event)?(?: [\d.]+-[\d.]+(?: after [\d.]+s silence)?)?: (.*)$", re.MULTILINE
)
_QUESTION = re.compile(r"Turn in question: (\d+)")
_CLAUSE = re.compile(r"^- clause (.+?): ", re.MULTILINE)
_BAD = {
    "en": "I'm sorry, we will refund the full amount.",
    "es": "Lo lamento, le devolvemos el importe.",
    "zh": "不好意思，我们马上给您退款。",
}


class _Model:
    def __init__(self, rubrics: list[Rubric]) -> None:
        self._judges = {JudgePrompt(rubric).system: EmbeddedJudge(rubric) for rubric in rubrics}
        self._by_clause = {(c.clause, c.quote): (r, c) for r in rubrics for c in r.criteria}
        self.asked = 0

    def answer(self, body: dict[str, Any]) -> str:
        """A grading, or a rewrite."""
        self.asked += 1
        system, user = (message["content"] for message in body["messages"])
        judge = self._judges.get(system)
        return self._graded(judge, user) if judge is not None else self._rewritten(user)

    def _graded(self, judge: EmbeddedJudge, user: str) -> str:
        rubric = judge.rubric
        turns = [{"index": int(i), "speaker": who, "text": text} for i, who, _, text in _TURN.findall(user)]
        transcript = Transcript.model_validate({"id": "c", "language": rubric.language, "turns": turns})
        judgement, names = judge.judge(transcript), codes(rubric)
        answers: list[dict[str, Any]] = []
        for finding in judgement.findings:
            code = names[finding.criterion]
            turn = finding.evidence[0].turn if finding.evidence else 0
            if finding.verdict == "violated":
                quote = finding.evidence[0].quote or turns[turn]["text"]
                answers.append({"violated": code, "turn": turn, "quote": quote, "reason": finding.rationale[:150]})
            else:
                answers.append({"met": code, "turn": turn})
        arose = [{"scenario": one.scenario, "turns": list(one.turns) or [0]} for one in judgement.scenarios]
        return json.dumps({"scenarios": arose, "answers": answers}, ensure_ascii=False)

    def _rewritten(self, user: str) -> str:
        """Of ten: six times the rubric's own words, twice without the facts, once with a refund, once nothing to be read."""
        draw = int(hashlib.sha256(user.encode()).hexdigest(), 16) % 10
        match = _QUESTION.search(user)
        said = {int(i): text for i, _, _, text in _TURN.findall(user)}.get(int(match[1]) if match else 0, "")
        found = [pair for (clause, quote), pair in self._by_clause.items() if clause in user and quote in user]
        language = found[0][0].language if found else "en"
        if draw == 9:
            return "I would rather not say."
        if draw == 8:
            return json.dumps({"place": "replace", "text": f"{said} {_BAD[language]}"}, ensure_ascii=False)
        words = [
            text
            for _, criterion in found
            for script in criterion.wordings[:1]
            if script.say and (text := addressing(script.say, Address(None))) and "{said}" not in text
        ]
        text = " ".join(dict.fromkeys(words)) or said
        asked = any(script.mends == "said" for _, criterion in found for script in criterion.wordings)
        place = "replace" if asked or draw in (6, 7) else "before"
        return json.dumps({"place": place, "text": text}, ensure_ascii=False)


@contextmanager
def serve(names: list[str], suffix: str) -> Iterator[str]:
    """The base URL of the endpoint, for these rubrics, while the block runs."""
    model = _Model([load_rubric(name) for name in names])
    lock = threading.Lock()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            self._send({"object": "list", "data": [{"id": "loopback", "object": "model"}]})

        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            with lock:
                content = model.answer(body)
            message = {"role": "assistant", "content": content}
            usage = {"prompt_tokens": len(str(body)) // 4, "completion_tokens": len(content) // 4}
            choice = {"index": 0, "finish_reason": "stop", "message": message}
            self._send(
                {
                    "id": "c",
                    "object": "chat.completion",
                    "created": 1,
                    "model": "loopback",
                    "choices": [choice],
                    "usage": usage,
                }
            )

        def _send(self, data: dict[str, Any]) -> None:
            payload = json.dumps(data).encode()
            self.send_response(200)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(payload)))
            self.end_headers()
            self.wfile.write(payload)

        def log_message(self, format: str, *args: object) -> None:
            """Not on standard error."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/v1"
    finally:
        server.shutdown()
        print(f"the endpoint answered {model.asked} requests ({suffix or 'dev'})")
