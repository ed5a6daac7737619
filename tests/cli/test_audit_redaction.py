"""What leaves the machine is masked; what comes back is put into the customer's own words again."""

from __future__ import annotations

import json
from pathlib import Path

from tests.cli.conftest import Coach
from tests.cli.test_audit import audits, line
from tests.judges.llm.endpoint import endpoint, grading

PRIVATE = line(
    "private",
    "A: Hello, how can I help?",
    "C: My name is Amelia Hartley and my number is 415 555 0132.",
    "A: Hurry up, Ms. Hartley.",
)
RUDE_TO_NOBODY = grading(
    {"met": "1", "turn": 0},
    {"violated": "2", "turn": 2, "quote": "Hurry up, Ms. {NAME_2}.", "reason": "hurries"},
    {"met": "3", "turn": 0},
    scenarios={"opening": [0]},
)


def sent_by(coach: Coach, rubric: Path, *flags: str) -> tuple[str, list[dict[str, object]]]:
    with endpoint(RUDE_TO_NOBODY) as server:
        ended = coach(
            "audit", "-", "--rubric", rubric, "--format", "jsonl", "--no-rewrites", "--base-url", server.url, *flags,
            stdin=PRIVATE,
        )  # fmt: skip
        body = json.dumps([request["messages"] for request in server.requests], ensure_ascii=False)
    return body, audits(ended.out)


def test_names_and_numbers_are_masked_in_what_is_sent(coach: Coach, rubric: Path) -> None:
    body, _ = sent_by(coach, rubric, "--redact")
    assert "Hartley" not in body
    assert "555" not in body
    assert "{NAME_" in body


def test_a_quote_comes_back_in_the_words_of_the_transcript(coach: Coach, rubric: Path) -> None:
    _, (audit,) = sent_by(coach, rubric, "--redact")
    findings = audit["findings"]
    assert isinstance(findings, list)
    violated = next(finding for finding in findings if finding["verdict"] == "violated")
    assert violated["evidence"] == [{"turn": 2, "quote": "Hurry up, Ms. Hartley."}]


def test_on_this_machine_nothing_is_masked_unless_asked(coach: Coach, rubric: Path) -> None:
    body, _ = sent_by(coach, rubric)
    assert "Hartley" in body


def test_the_command_shows_what_would_be_sent(coach: Coach) -> None:
    ended = coach("redact", "-", stdin=PRIVATE)
    assert ended.code == 0
    assert "Hartley" not in ended.out
    assert "Hurry up" in ended.out
