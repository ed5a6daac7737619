"""`coach audit` against an endpoint on loopback: what is paid for is kept, what fails is listed."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

from coach.findings import Audit
from tests.cli.conftest import Coach
from tests.cli.test_audit import GOOD, RUDE, audits, line
from tests.judges.llm.endpoint import Says, Status, endpoint, grading

ALL_MET = grading({"met": "1", "turn": 0}, {"met": "2", "turn": 0}, {"met": "3", "turn": 0}, scenarios={"opening": [0]})


def test_the_endpoint_grades_where_one_is_configured(coach: Coach, rubric: Path) -> None:
    with endpoint(ALL_MET) as server:
        ended = coach(
            "audit", "-", "--rubric", rubric, "--format", "jsonl", stdin=GOOD, env={"OPENAI_BASE_URL": server.url}
        )
    (audit,) = audits(ended.out)
    assert audit["judge"]["kind"] == "llm"
    assert audit["usage"]["requests"] == 1
    assert [finding["verdict"] for finding in audit["findings"]] == ["met", "met", "met"]
    assert f"graded by the model at {server.url}" in ended.err


def test_a_quote_that_is_not_there_never_becomes_a_verdict(coach: Coach, rubric: Path) -> None:
    invented = {"violated": "2", "turn": 2, "quote": "Get lost!", "reason": "rude"}
    answer = grading({"met": "1", "turn": 0}, invented, {"met": "3", "turn": 0}, scenarios={"opening": [0]})
    with endpoint(answer) as server:
        ended = coach("audit", "-", "--rubric", rubric, "--format", "jsonl", "--base-url", server.url, stdin=GOOD)
    finding = next(f for f in audits(ended.out)[0]["findings"] if f["criterion"] == "demo:2")
    assert finding["verdict"] == "not_assessed"


def test_a_certain_check_that_contradicts_the_model_is_remarked(coach: Coach, rubric: Path) -> None:
    rubric.write_text(
        rubric.read_text("utf-8").replace("says: [demo-rude]}", "says: [demo-rude], confidence: 0.95}"), "utf-8"
    )
    with endpoint(ALL_MET) as server:
        ended = coach("audit", "-", "--rubric", rubric, "--format", "jsonl", "--base-url", server.url, stdin=RUDE)
    finding = next(f for f in audits(ended.out)[0]["findings"] if f["criterion"] == "demo:2")
    assert finding["verdict"] == "met"
    assert "a check says violated in turn 2" in finding["rationale"]


def test_what_cannot_be_graded_is_listed_and_the_rest_is_saved(coach: Coach, rubric: Path, tmp_path: Path) -> None:
    refusal = Says(None, refusal="I cannot help with that.")
    arguments = ("audit", "-", "--rubric", rubric, "--format", "jsonl", "--db", tmp_path / "a.db", "--concurrency", "1")
    with endpoint(refusal, ALL_MET) as server:
        first = coach(*arguments, "--base-url", server.url, stdin=RUDE + GOOD)
    with endpoint(ALL_MET) as server:
        second = coach(*arguments, "--base-url", server.url, stdin=RUDE + GOOD)
        asked = len(server.requests)
    assert first.code == 3
    assert "not graded: rude" in first.err or "not graded: good" in first.err
    assert len(audits(first.out)) == 1
    assert (second.code, len(audits(second.out)), asked) == (0, 2, 1)


def test_a_wrong_key_stops_the_run_and_says_what_to_check(coach: Coach, rubric: Path) -> None:
    with endpoint(Status(401, {"error": {"message": "bad key"}})) as server:
        ended = coach("audit", "-", "--rubric", rubric, "--base-url", server.url, stdin=GOOD)
    assert ended.code == 2
    assert "Traceback" not in ended.err
    assert "key" in ended.err


def test_an_endpoint_that_is_not_there_is_told(coach: Coach, rubric: Path) -> None:
    ended = coach("audit", "-", "--rubric", rubric, "--base-url", "http://127.0.0.1:9/v1", stdin=GOOD)
    assert ended.code in (2, 3)
    assert "127.0.0.1:9" in ended.err
    assert "Traceback" not in ended.err


def test_who_the_agent_is_the_metadata_the_id_and_the_file_are_never_sent(
    coach: Coach, rubric: Path, tmp_path: Path
) -> None:
    call = json.loads(line("case-0815", "A: Hello.", "C: Well, I ...", "A: Hurry up, please."))
    call["agent"] = "agent-smith"
    call["metadata"] = {"crm": "ticket-4711", "nested": {"queue": "queue-north"}}
    (tmp_path / "warehouse-team").mkdir()
    (tmp_path / "warehouse-team" / "monday-shift.jsonl").write_text(json.dumps(call) + "\n", "utf-8")
    broken = {"violated": "2", "turn": 2, "quote": "Hurry up", "reason": "rude"}
    answer = grading({"met": "1", "turn": 0}, broken, {"met": "3", "turn": 0}, scenarios={"opening": [0]})
    with endpoint(answer) as server:
        ended = coach("audit", "warehouse-team", "--rubric", rubric, "--base-url", server.url, "--db", "kept.db")
        sent = json.dumps([server.requests, server.headers, server.paths])
    assert ended.code == 0, ended.err
    assert "Hurry up, please." in sent
    private = (
        "agent-smith",
        "ticket-4711",
        "queue-north",
        "case-0815",
        "warehouse",
        "monday",
        "kept.db",
        str(tmp_path),
    )
    assert [word for word in private if word in sent] == []


def test_a_dry_run_sends_nothing_and_predicts(coach: Coach, rubric: Path) -> None:
    with endpoint(ALL_MET) as server:
        arguments = ("--base-url", server.url, "--model", "gpt-4.1-mini", "--dry-run")
        ended = coach("audit", "-", "--rubric", rubric, *arguments, stdin=GOOD + RUDE)
        assert server.requests == []
    assert "2 conversations, about" in ended.out
    assert "USD" in ended.out


def test_a_run_that_is_killed_pays_again_only_for_what_was_in_flight(
    coach: Coach, rubric: Path, tmp_path: Path
) -> None:
    many = "".join(line(f"c-{number}", "A: Hello.", "C: Hi.", f"A: Number {number}.") for number in range(40))
    (tmp_path / "many.jsonl").write_text(many, "utf-8")
    arguments = [
        "audit",
        "many.jsonl",
        "--rubric",
        str(rubric),
        "--db",
        "a.db",
        "--format",
        "jsonl",
        "--concurrency",
        "2",
    ]
    with endpoint(ALL_MET, delay=0.1) as server:
        arguments += ["--base-url", server.url]
        process = subprocess.Popen(
            [sys.executable, "-m", "coach", *arguments],
            cwd=tmp_path,
            env=dict(os.environ),
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        deadline = time.monotonic() + 60
        while len(server.requests) < 12 and time.monotonic() < deadline:
            time.sleep(0.05)
        process.send_signal(signal.SIGKILL)
        process.wait(20)
        ended = coach(*arguments)
        requests = len(server.requests)
    assert ended.code == 0
    assert len(audits(ended.out)) == 40
    # Twice the requests in flight: so many conversations may be under way, an answer in hand and not yet saved.
    assert 40 <= requests <= 44


def test_an_audit_by_a_model_is_the_contract(coach: Coach, rubric: Path) -> None:
    with endpoint(ALL_MET) as server:
        ended = coach("audit", "-", "--rubric", rubric, "--format", "jsonl", "--base-url", server.url, stdin=GOOD)
    audit = Audit.model_validate(json.loads(ended.out))
    assert (audit.score, audit.passed, audit.assessed) == (100.0, True, 1.0)
