"""Whoever reads an audit learns how far its judge can be trusted, and `--fail-under` does not rely on one that cannot."""

from __future__ import annotations

import json
import sqlite3
from datetime import UTC, datetime
from pathlib import Path

import pytest

from coach.judges.embedded.judge import EmbeddedJudge
from coach.rubric_file import load_rubric
from coach.store.database import Store
from coach.store.qualifications import Qualification
from tests.cli.conftest import Coach

CALL = json.dumps(
    {"id": "c-1", "language": "en", "channel": "phone", "turns": [{"index": 0, "speaker": "agent", "text": "Hello."}]}
)
JUDGE = EmbeddedJudge(load_rubric("sto-express")).info.model
TOO_LOW = "violation F1 0.40 is below 0.60"


def put_to_the_test(rubric: Path, db: Path, *, reasons: tuple[str, ...] = ()) -> None:
    """Keep how the embedded judge did by `rubric`, as `coach eval qualify` does."""
    found = Qualification(
        created=datetime(2026, 3, 1, tzinfo=UTC),
        judge=EmbeddedJudge(load_rubric(str(rubric))).info,
        endpoint=None,
        rubrics=("demo",),
        conversations=20,
        ungraded=0,
        kappa=0.8,
        kappa_low=0.7,
        kappa_high=0.9,
        f1=0.4 if reasons else 0.75,
        f1_low=0.3,
        f1_high=0.8,
        precision=0.7,
        recall=0.7,
        floor_f1=0.6,
        floor_kappa=0.5,
        reasons=reasons,
    )
    with Store.open(db) as store:
        store.save_qualification(found)


@pytest.fixture
def audit(rubric: Path, tmp_path: Path) -> list[str | Path]:
    (tmp_path / "calls.jsonl").write_text(CALL + "\n", "utf-8")
    return ["audit", "calls.jsonl", "--rubric", rubric, "--judge", "embedded", "--no-rewrites", "--db", "coach.db"]


def test_the_database_keeps_how_the_judge_stood_when_it_graded(
    coach: Coach, audit: list[str | Path], rubric: Path, tmp_path: Path
) -> None:
    put_to_the_test(rubric, tmp_path / "coach.db", reasons=(TOO_LOW,))
    coach(*audit)
    (kept,) = sqlite3.connect(tmp_path / "coach.db").execute("select qualification ->> 'status' from audits")
    assert kept == ("unqualified",)


def test_an_audit_from_the_database_says_how_its_judge_stands_today(
    coach: Coach, audit: list[str | Path], rubric: Path, tmp_path: Path
) -> None:
    assert json.loads(coach(*audit, "--format", "jsonl").out)["qualification"]["status"] == "untested"
    put_to_the_test(rubric, tmp_path / "coach.db")
    again = coach(*audit, "--format", "jsonl")
    assert "graded before" in again.err
    assert json.loads(again.out)["qualification"]["status"] == "qualified"


def test_fail_under_does_not_pass_on_an_unqualified_judge_and_says_why(
    coach: Coach, audit: list[str | Path], rubric: Path, tmp_path: Path
) -> None:
    put_to_the_test(rubric, tmp_path / "coach.db", reasons=(TOO_LOW,))
    ended = coach(*audit, "--fail-under", "50", "--quiet")
    assert ended.code == 1
    assert f"--fail-under does not pass: demo: the judge {JUDGE} is unqualified: {TOO_LOW}" in ended.err


def test_whoever_accepts_an_unqualified_judge_has_to_say_so(
    coach: Coach, audit: list[str | Path], rubric: Path, tmp_path: Path
) -> None:
    put_to_the_test(rubric, tmp_path / "coach.db", reasons=(TOO_LOW,))
    ended = coach(*audit, "--fail-under", "50", "--accept-unqualified")
    assert ended.code == 0
    assert "passes all the same" in ended.err


def test_without_fail_under_an_unqualified_judge_is_no_failure(
    coach: Coach, audit: list[str | Path], rubric: Path, tmp_path: Path
) -> None:
    put_to_the_test(rubric, tmp_path / "coach.db", reasons=(TOO_LOW,))
    assert coach(*audit).code == 0


def test_fail_under_with_a_judge_that_nobody_has_tested_passes_and_says_so(
    coach: Coach, audit: list[str | Path]
) -> None:
    ended = coach(*audit, "--fail-under", "50")
    assert ended.code == 0
    assert f"nothing shows what --fail-under is worth: demo: the judge {JUDGE} has not qualified" in ended.err


def test_fail_under_passes_on_a_judge_that_qualified(
    coach: Coach, audit: list[str | Path], rubric: Path, tmp_path: Path
) -> None:
    put_to_the_test(rubric, tmp_path / "coach.db")
    assert coach(*audit, "--fail-under", "50").code == 0


def test_doctor_says_for_every_manual_how_the_embedded_judge_did(coach: Coach) -> None:
    found = json.loads(coach("doctor", "--json", env={"OPENAI_API_KEY": "", "OPENAI_BASE_URL": ""}).out)["embedded"]
    assert len(found) == 5
    assert all(each["qualification"].startswith("the judge checks-") for each in found)
