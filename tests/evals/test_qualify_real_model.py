"""The smallest real model behind a real server on loopback: it cannot grade, and has to be told so."""

from __future__ import annotations

import asyncio
import sqlite3
from pathlib import Path

import pytest

from coach.cli.evaluating import JudgeFlags, Output
from coach.cli.trials import qualify
from coach.judges.llm.judge import connect
from tests.cli.test_real_model import model_url  # noqa: F401
from tests.evals.labelled import write_golden

pytestmark = pytest.mark.slow


def test_a_model_that_cannot_grade_is_called_unqualified(
    model_url: str,  # noqa: F811
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    flags = JudgeFlags("llm", base_url=model_url, concurrency=1)
    model = asyncio.run(_model(flags))
    code = qualify(
        [write_golden(tmp_path)],
        flags,
        Output("md", None),
        number=4,
        rubrics=[],
        floor_f1=0.6,
        db=tmp_path / "coach.db",
        dry_run=False,
    )
    said = capsys.readouterr()
    assert code == 1, said
    assert "NOT qualified" in said.out
    (row,) = sqlite3.connect(tmp_path / "coach.db").execute("select judge_model, qualified, f1 from qualifications")
    assert row[:2] == (model, 0)
    assert row[2] is None or row[2] < 0.6


async def _model(flags: JudgeFlags) -> str:
    client = await connect(flags.settings())
    await client.close()
    return client.model
