from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.cli.conftest import Coach


def line(id: str, *said: str) -> str:
    turns = [
        {"speaker": "agent" if text.startswith("A:") else "customer", "text": text[2:].strip(), "index": index}
        for index, text in enumerate(said)
    ]
    return json.dumps({"id": id, "language": "en", "channel": "phone", "agent": "A-1", "turns": turns}) + "\n"


GOOD = line("good", "A: Hello, how can I help?", "C: Where is my parcel?", "A: On its way.")
RUDE = line("rude", "A: Hello.", "C: Well, I ...", "A: Hurry up, please.")


def audits(text: str) -> list[dict[str, Any]]:
    return [json.loads(each) for each in text.splitlines()]


def test_an_audit_is_one_line_of_the_contract(coach: Coach, rubric: Path) -> None:
    ended = coach("audit", "-", "--rubric", rubric, "--format", "jsonl", stdin=RUDE)
    assert ended.code == 0
    (audit,) = audits(ended.out)
    assert list(audit) == [
        "transcript", "agent", "rubric", "rubric_version", "judge", "scenarios", "findings", "score", "passed",
        "critical_failures", "assessed", "usage", "seconds", "qualification",
    ]  # fmt: skip
    assert (audit["transcript"], audit["score"], audit["passed"]) == ("rude", 16.67, False)
    assert audit["critical_failures"] == ["demo:2"]
    violated = next(f for f in audit["findings"] if f["verdict"] == "violated")
    assert violated["evidence"] == [{"turn": 2, "quote": "Hurry up, please."}]


def test_the_table_shows_what_broke_and_the_words(coach: Coach, rubric: Path) -> None:
    ended = coach("audit", "-", "--rubric", rubric, stdin=RUDE)
    assert "Never hurry the customer" in ended.out
    assert "Hurry up, please." in ended.out


def test_without_an_endpoint_it_says_that_the_embedded_judge_graded(coach: Coach, rubric: Path) -> None:
    ended = coach("audit", "-", "--rubric", rubric, stdin=GOOD)
    assert "no endpoint is configured: graded by the embedded judge, on this machine" in ended.err


def test_a_critical_failure_falls_short_whatever_the_score(coach: Coach, rubric: Path) -> None:
    assert coach("audit", "-", "--rubric", rubric, "--fail-under", "0", stdin=RUDE).code == 1


def test_a_conversation_at_the_limit_does_not_fall_short(coach: Coach, rubric: Path) -> None:
    assert coach("audit", "-", "--rubric", rubric, "--fail-under", "100", stdin=GOOD).code == 0


def test_a_second_run_is_answered_from_the_database(coach: Coach, rubric: Path, tmp_path: Path) -> None:
    arguments = ("audit", "-", "--rubric", rubric, "--db", tmp_path / "a.db", "--format", "jsonl")
    first, second = coach(*arguments, stdin=GOOD + RUDE), coach(*arguments, stdin=GOOD + RUDE)
    assert second.out == first.out
    assert "2 of 2 conversations were graded before" in second.err


def test_force_grades_again(coach: Coach, rubric: Path, tmp_path: Path) -> None:
    arguments = ("audit", "-", "--rubric", rubric, "--db", tmp_path / "a.db")
    coach(*arguments, stdin=GOOD)
    assert "graded before" not in coach(*arguments, "--force", stdin=GOOD).err


def test_a_changed_check_grades_again(coach: Coach, rubric: Path, tmp_path: Path) -> None:
    arguments = ("audit", "-", "--rubric", rubric, "--db", tmp_path / "a.db", "--format", "jsonl")
    coach(*arguments, stdin=RUDE)
    rubric.write_text(rubric.read_text("utf-8").replace("hurry up", "never said"), "utf-8")
    (audit,) = audits(coach(*arguments, stdin=RUDE).out)
    assert audit["passed"] is True


@pytest.mark.parametrize("format", ["jsonl", "json", "csv", "md", "junit", "table"])
def test_every_format_is_written_to_a_file(coach: Coach, rubric: Path, tmp_path: Path, format: str) -> None:
    output = tmp_path / "out"
    ended = coach("audit", "-", "--rubric", rubric, "--format", format, "--output", output, stdin=GOOD + RUDE)
    assert (ended.code, ended.out) == (0, "")
    assert "Hurry up, please." in output.read_text("utf-8")


BROKEN = [
    ("empty.jsonl", b"", "empty.jsonl: "),
    ("cut.jsonl", GOOD.encode() + b'{"id": "x", "turns": [{"ind', "cut.jsonl:2: "),
    ("who.jsonl", GOOD.replace("customer", "robot").encode(), "who.jsonl:1: "),
    ("latin.jsonl", GOOD.replace("parcel", "señal").encode("latin-1").replace(b"\\u00f1", b"\xf1"), "latin.jsonl:1: "),
    ("huge.jsonl", line("huge", "A:" + "x" * 5_000_000).encode(), "huge.jsonl:1: "),
    ("twice.jsonl", (GOOD + GOOD).encode(), "twice.jsonl:2: "),
    ("list.jsonl", b"[1, 2]\n", "list.jsonl: "),
    ("speechless.jsonl", line("x", "A: [silence]").encode(), "speechless.jsonl:1: "),
]


@pytest.mark.parametrize(("name", "content", "place"), BROKEN, ids=[name for name, _, _ in BROKEN])
def test_broken_input_is_told_with_file_and_line(
    coach: Coach, rubric: Path, tmp_path: Path, name: str, content: bytes, place: str
) -> None:
    (tmp_path / name).write_bytes(content)
    output = tmp_path / "out.jsonl"
    ended = coach("audit", name, "--rubric", rubric, "--strict", "--format", "jsonl", "-o", output)
    assert ended.code == 2
    assert place in ended.err
    assert "Traceback" not in ended.err
    assert not output.exists()


@pytest.mark.parametrize(("name", "content", "place"), BROKEN, ids=[name for name, _, _ in BROKEN])
def test_the_rest_of_the_input_is_graded_all_the_same(
    coach: Coach, rubric: Path, tmp_path: Path, name: str, content: bytes, place: str
) -> None:
    (tmp_path / name).write_bytes(content)
    (tmp_path / "fine.jsonl").write_text(RUDE, "utf-8")
    ended = coach("audit", name, "fine.jsonl", "--rubric", rubric, "--format", "jsonl")
    assert ended.code == 3
    assert place in ended.err
    assert "rude" in [audit["transcript"] for audit in audits(ended.out)]


def test_one_bad_line_in_a_thousand_does_not_stop_the_others(coach: Coach, rubric: Path) -> None:
    lines = [line(f"c-{number}", "A: Hello.", "C: Hi.") for number in range(1000)]
    lines[500] = '{"id": "c-500", "turns": [\n'
    ended = coach("audit", "-", "--rubric", rubric, "--format", "jsonl", stdin="".join(lines))
    assert ended.code == 3
    assert len(audits(ended.out)) == 999
    assert ":501: " in ended.err


def test_a_rubric_with_an_unknown_key_is_told_with_file_and_line(coach: Coach, rubric: Path) -> None:
    rubric.write_text(rubric.read_text("utf-8").replace("version: 1.0.0", "version: 1.0.0\ncolour: red"), "utf-8")
    ended = coach("audit", "-", "--rubric", rubric, stdin=GOOD)
    assert ended.code == 2
    assert f"{rubric}:6: " in ended.err
    assert "unknown key 'colour'" in ended.err


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--rubric", "nosuch"], "no rubric named 'nosuch'"),
        (["--format", "yaml"], "--format 'yaml': choose one of"),
        (["--judge", "human"], "--judge 'human': choose one of"),
        (["--judge", "llm"], "--judge llm: no endpoint"),
        (["--channel", "fax"], "--channel 'fax'"),
        (["--roles", "x"], "--roles"),
    ],
)
def test_wrong_use_says_what_there_is(coach: Coach, rubric: Path, arguments: list[str], said: str) -> None:
    ended = coach("audit", "-", "--rubric", rubric, *arguments, stdin=GOOD)
    assert ended.code == 2
    assert said in ended.err


def test_a_database_that_is_no_database_is_told(coach: Coach, rubric: Path, tmp_path: Path) -> None:
    (tmp_path / "a.db").write_text("not a database at all, just text", "utf-8")
    ended = coach("audit", "-", "--rubric", rubric, "--db", tmp_path / "a.db", stdin=GOOD)
    assert ended.code == 2
    assert "a.db" in ended.err
    assert "Traceback" not in ended.err


def test_limit_stops_after_so_many(coach: Coach, rubric: Path) -> None:
    ended = coach("audit", "-", "--rubric", rubric, "--format", "jsonl", "--limit", "1", stdin=GOOD + RUDE)
    assert [audit["transcript"] for audit in audits(ended.out)] == ["good"]


def test_auto_names_the_rubrics_that_fit(coach: Coach) -> None:
    chinese = GOOD.replace('"language": "en"', '"language": "zh-CN"')
    ended = coach("audit", "-", stdin=chinese)
    assert ended.code == 2
    assert "several rubrics fit" in ended.err
    assert "hubei-rcu" in ended.err


def test_a_pipe_that_is_closed_early_is_no_error(rubric: Path, tmp_path: Path) -> None:
    import subprocess
    import sys

    many = "".join(line(f"c-{number}", "A: Hello.", "C: Hi.") for number in range(2000))
    (tmp_path / "many.jsonl").write_text(many, "utf-8")
    command = f"{sys.executable} -m coach audit many.jsonl --rubric {rubric} --format jsonl | head -1"
    ended = subprocess.run(["bash", "-c", command], cwd=tmp_path, capture_output=True, timeout=120, check=False)
    assert b"Traceback" not in ended.stderr
    assert ended.stdout.count(b"\n") == 1
