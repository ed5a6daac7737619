"""A small manual with six labelled calls, and an endpoint that grades them like the labels, or as it is told."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from coach.evals.golden import Case, read_cases
from coach.evals.results import CaseResult, EvalRun, Row, ScenarioCounts
from coach.findings import Finding, JudgeInfo, Verdict
from coach.scoring import score

__all__ = ["JUDGE", "GradingEndpoint", "cases_of", "grading_endpoint", "judged", "write_golden"]

RUBRIC = """\
id: shop
title: Shop
language: en
channels: [phone]
version: 1.0.0
manual: {title: Shop manual}
signals:
  shop-hello: {phrases: [hello], speaker: agent}
  shop-rude: {phrases: [your own fault], speaker: agent}
scenarios:
  - {id: complaint, title: Complaint, description: The customer complains.}
  - {id: praise, title: Praise, description: The customer praises.}
criteria:
  - {id: "shop:1", clause: "1", quote: Say hello., title: Greet, requirement: The agent greets., scenario: always,
     severity: minor, error_class: customer, assess: text, checks: [{check: require, says: [shop-hello]}]}
  - {id: "shop:2", clause: "2", quote: Never blame., title: Never blame, requirement: The agent never blames., scenario: always,
     severity: critical, error_class: customer, assess: text, checks: [{check: forbid, says: [shop-rude]}]}
  - {id: "shop:3", clause: "3", quote: Apologise., title: Apologise, requirement: The agent apologises., scenario: complaint,
     severity: major, error_class: customer, assess: text}
  - {id: "shop:4", clause: "4", quote: Give thanks., title: Thank, requirement: The agent gives thanks., scenario: praise,
     severity: minor, error_class: customer, assess: text}
"""

CALLS: dict[str, tuple[list[str], dict[str, str]]] = {
    "c-1": (["Hello.", "Parcel one is broken!", "I am sorry."], {"1": "met", "2": "met", "3": "met"}),
    "c-2": (
        ["Yes?", "Parcel two is broken!", "That is your own fault."],
        {"1": "violated", "2": "violated", "3": "violated"},
    ),
    "c-3": (["Hello.", "You three are great!", "Thank you."], {"1": "met", "2": "met", "4": "met"}),
    "c-4": (["What?", "You four are great!", "Well."], {"1": "violated", "2": "met", "4": "violated"}),
    "c-5": (["Hello.", "Parcel five is broken!", "So what?"], {"1": "met", "2": "met", "3": "violated"}),
    "c-6": (["Hello.", "When do you open, shop six?", "At nine."], {"1": "met", "2": "met"}),
}
"""Call -> the turns (agent, customer, agent) and the labels by the criterion's number."""

_SCENARIOS = {"3": "complaint", "4": "praise"}
JUDGE = JudgeInfo(kind="llm", model="small-model", prompt_hash="0123456789abcdef")


def _turn(number: str) -> int:
    return 0 if number == "1" else 2


def write_golden(folder: Path, *, calls: Sequence[str] = tuple(CALLS)) -> Path:
    """Write the manual and the labelled calls; returns the file of the calls."""
    rubric = folder / "shop.yaml"
    rubric.write_text(RUBRIC, "utf-8")
    lines = []
    for name in calls:
        texts, labels = CALLS[name]
        speakers = ("agent", "customer", "agent")
        turns = [{"index": i, "speaker": s, "text": t} for i, (s, t) in enumerate(zip(speakers, texts, strict=True))]
        line = {
            "id": name,
            "manual": str(rubric),
            "language": "en",
            "channel": "phone",
            "turns": turns,
            "scenarios": sorted({_SCENARIOS[n] for n in labels if n in _SCENARIOS}),
            "labels": [{"clause": f"shop:{n}", "verdict": v, "turn": _turn(n), "note": ""} for n, v in labels.items()],
        }
        lines.append(json.dumps(line))
    path = folder / "golden.jsonl"
    path.write_text("\n".join(lines) + "\n", "utf-8")
    return path


def cases_of(folder: Path) -> list[Case]:
    """The labelled calls, read."""
    return read_cases([write_golden(folder)])


def judged(
    cases: Sequence[Case],
    changes: dict[tuple[str, str], Verdict] | None = None,
    *,
    judge: JudgeInfo = JUDGE,
    repeatable: bool = True,
    confidence: float | None = None,
) -> EvalRun:
    """A run that says what the labels say, but for `changes`: (call, number of the criterion) -> verdict."""
    changes = changes or {}
    results = []
    for case in cases:
        rows, findings = [], []
        for criterion in case.rubric.assessable:
            number = criterion.id.split(":")[1]
            label = case.verdict(criterion.id)
            verdict = changes.get((case.transcript.id, number), label)
            known: dict[str, Any] = {
                "criterion": criterion.id,
                "scenario": criterion.scenario,
                "severity": criterion.severity,
                "verdict": verdict,
                "confidence": confidence,
            }
            rows.append(Row(case=case.transcript.id, rubric=case.rubric.id, label=label, **known))
            findings.append(Finding(source="llm", **known))
        results.append(
            CaseResult(
                case=case.transcript.id,
                rubric=case.rubric.id,
                rows=rows,
                scenarios=ScenarioCounts(hits=len(case.scenarios), invented=0, missed=0),
                score=score(case.rubric, findings).score,
                arose=tuple(sorted(case.scenarios)),
            )
        )
    return EvalRun(tuple(cases), tuple(results), {case.rubric.id: judge for case in cases}, repeatable)


@dataclass
class GradingEndpoint:
    """`url` is its address; `requests` what arrived; `verdicts` overrides labels: (call, number) -> verdict."""

    url: str = ""
    requests: list[dict[str, Any]] = field(default_factory=list)
    verdicts: dict[tuple[str, str], str] = field(default_factory=dict)
    refused: Callable[[dict[str, Any]], tuple[int, dict[str, Any]] | None] = lambda _: None

    def answer(self, body: dict[str, Any]) -> str:
        """The labels of the call that the request is about, as a grading."""
        said = body["messages"][-1]["content"]
        name = next((name for name, (texts, _) in CALLS.items() if texts[1] in said), None)
        if name is None:  # the question of `coach doctor` is about no call
            return json.dumps({"scenarios": [], "answers": []})
        texts, labels = CALLS[name]
        answers: list[dict[str, Any]] = []
        for number, label in labels.items():
            verdict = self.verdicts.get((name, number), label)
            turn = _turn(number)
            if verdict == "violated":
                answers.append({"violated": number, "turn": turn, "quote": texts[turn], "reason": "said so"})
            elif verdict == "met":
                answers.append({"met": number, "turn": turn})
            else:
                answers.append({verdict: number})
        scenarios = [{"scenario": _SCENARIOS[n], "turns": [1]} for n in labels if n in _SCENARIOS]
        return json.dumps({"scenarios": scenarios, "answers": answers})


@contextmanager
def grading_endpoint() -> Iterator[GradingEndpoint]:
    """A running endpoint on 127.0.0.1."""
    state = GradingEndpoint()
    server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(state))
    server.daemon_threads = True
    state.url = f"http://127.0.0.1:{server.server_address[1]}/v1"
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
    try:
        yield state
    finally:
        server.shutdown()
        server.server_close()


def _handler(state: GradingEndpoint) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def log_message(self, *_: Any) -> None:
            """Say nothing."""

        def do_GET(self) -> None:
            self._send(200, {"object": "list", "data": [{"id": "small-model", "object": "model"}]})

        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            state.requests.append(body)
            refusal = state.refused(body)
            if refusal is not None:
                self._send(*refusal)
                return
            message = {"role": "assistant", "content": state.answer(body)}
            usage = {"prompt_tokens": 100, "completion_tokens": 10, "total_tokens": 110}
            choice = {"index": 0, "finish_reason": "stop", "message": message}
            self._send(200, {"id": "x", "object": "chat.completion", "choices": [choice], "usage": usage})

        def _send(self, status: int, data: dict[str, Any]) -> None:
            content = json.dumps(data).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

    return Handler
