"""Recording from a real server on loopback, and replay without one."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from coach.cli.evaluating import JudgeFlags
from coach.errors import ConfigError, InputError
from coach.evals.recording import Replay
from coach.evals.results import EvalRun
from tests.evals.labelled import CALLS, GradingEndpoint, cases_of, grading_endpoint


def verdicts(run: EvalRun) -> dict[tuple[str, str], str]:
    return {(row.case, row.criterion): row.verdict for result in run.results for row in result.rows}


def record(folder: Path, served: GradingEndpoint, **flags: object) -> EvalRun:
    asked = JudgeFlags("llm", "small-model", served.url, record=folder / "recorded", **flags)  # type: ignore[arg-type]
    return asked.grade(cases_of(folder))[0]


def replay(folder: Path, **flags: object) -> EvalRun:
    asked = JudgeFlags("llm", replay=folder / "recorded", **flags)  # type: ignore[arg-type]
    return asked.grade(cases_of(folder))[0]


def test_a_replay_says_what_the_endpoint_said_without_asking_it(tmp_path: Path) -> None:
    with grading_endpoint() as served:
        live = record(tmp_path, served)
        asked = len(served.requests)
        again = replay(tmp_path)
        assert len(served.requests) == asked == len(CALLS)
    assert verdicts(again) == verdicts(live)
    assert again.judges == live.judges
    assert again.failed == {}


def test_a_replay_counts_what_the_answers_took(tmp_path: Path) -> None:
    with grading_endpoint() as served:
        record(tmp_path, served)
    assert sum(result.usage.input_tokens for result in replay(tmp_path).results) == 600


def test_a_changed_rubric_makes_the_recording_stale_and_says_so(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with grading_endpoint() as served:
        record(tmp_path, served)
    cases = cases_of(tmp_path)
    changed = (tmp_path / "shop.yaml").read_text("utf-8").replace("The agent greets.", "The agent greets warmly.")
    other = tmp_path / "warm.yaml"
    other.write_text(changed, "utf-8")
    golden = (tmp_path / "golden.jsonl").read_text("utf-8").replace("shop.yaml", "warm.yaml")
    (tmp_path / "golden.jsonl").write_text(golden, "utf-8")
    from coach.evals.golden import read_cases

    (run,) = JudgeFlags("llm", replay=tmp_path / "recorded").grade(read_cases([tmp_path / "golden.jsonl"]))
    assert len(run.failed) == len(cases)
    assert all("the instructions or the rubric changed" in reason for reason in run.failed.values())
    said = capsys.readouterr().err
    assert "6 of 6 requests have no recorded answer" in said
    assert "the recording is stale: record again with --record" in said


def test_another_model_is_named_as_what_changed(tmp_path: Path) -> None:
    with grading_endpoint() as served:
        record(tmp_path, served)
    assert all("the model changed" in reason for reason in replay(tmp_path, model="other-model").failed.values())


def test_a_new_conversation_is_told_apart_from_a_stale_one(tmp_path: Path) -> None:
    with grading_endpoint() as served:
        record(tmp_path, served)
    for path in (tmp_path / "recorded" / "answers").iterdir():
        if "Parcel one" in path.read_text("utf-8"):
            path.unlink()
    failed = replay(tmp_path).failed
    assert list(failed) == ["c-1"]
    assert "the conversation or the question about it is new" in failed["c-1"]


def test_a_parameter_that_the_endpoint_refuses_is_refused_in_the_replay_too(tmp_path: Path) -> None:
    with grading_endpoint() as served:
        served.refused = lambda body: (
            (400, {"error": {"message": "temperature is not supported", "param": "temperature"}})
            if "temperature" in body
            else None
        )
        live = record(tmp_path, served)
    assert verdicts(replay(tmp_path)) == verdicts(live)


def test_that_an_endpoint_was_busy_is_not_recorded(tmp_path: Path) -> None:
    with grading_endpoint() as served:
        busy = iter([(503, {"error": {"message": "busy"}})])
        served.refused = lambda _: next(busy, None)
        record(tmp_path, served)
    assert replay(tmp_path).failed == {}


def test_recording_again_replaces_what_was_said(tmp_path: Path) -> None:
    with grading_endpoint() as served:
        record(tmp_path, served)
        served.verdicts[("c-2", "2")] = "met"
        record(tmp_path, served)
    assert verdicts(replay(tmp_path))["c-2", "shop:2"] == "met"


def test_neither_key_nor_address_is_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "sk-very-secret")
    with grading_endpoint() as served:
        record(tmp_path, served)
        kept = "".join(path.read_text("utf-8") for path in (tmp_path / "recorded").rglob("*.json"))
        assert "sk-very-secret" not in kept
        assert served.url not in kept


def test_a_folder_without_a_recording_is_an_error_that_says_how_to_make_one(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="--record"):
        Replay(tmp_path)


def test_a_file_that_is_no_answer_is_named(tmp_path: Path) -> None:
    (tmp_path / "answers").mkdir()
    (tmp_path / "answers" / "x.json").write_text(json.dumps({"model": "m"}), "utf-8")
    with pytest.raises(InputError, match=r"x\.json: is no recorded answer"):
        Replay(tmp_path)


def test_the_embedded_judge_has_nothing_to_record(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="nothing to record"):
        JudgeFlags("embedded", record=tmp_path).choice()
