"""What `coach eval run` does once its flags are parsed."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import cast, get_args

from coach.config import Settings
from coach.errors import ConfigError
from coach.evals.golden import read_cases
from coach.evals.report import EvalReport, make_report
from coach.evals.results import CaseResult
from coach.evals.runner import run_cases
from coach.judges.choice import JudgeChoice, JudgeKind

__all__ = ["evaluate"]


def evaluate(
    golden: list[Path], judge: str, model: str | None, base_url: str | None, concurrency: int | None
) -> tuple[EvalReport, list[str]]:
    """The report, and a line for every verdict that differs from its label."""
    if judge not in get_args(JudgeKind):
        raise ConfigError(f"--judge {judge!r}: choose one of {', '.join(get_args(JudgeKind))}")
    cases = read_cases(golden)
    judges = JudgeChoice(cast(JudgeKind, judge), Settings.read(model=model, base_url=base_url, concurrency=concurrency))
    results = asyncio.run(run_cases(cases, judges))
    used = {case.rubric.id: case.rubric for case in cases}
    infos = {judges.judge(rubric).info for rubric in used.values()}
    return make_report(cases, results, sorted(infos, key=lambda info: info.prompt_hash)), _differing(results)


def _differing(results: list[CaseResult]) -> list[str]:
    lines: list[str] = []
    for result in results:
        for row in result.rows:
            verdict = "not_applicable" if row.verdict == "not_assessed" else row.verdict
            if verdict != row.label:
                doubt = " (ambiguous)" if row.ambiguous else ""
                at = f" turn {row.turn} {row.quote!r}" if row.turn is not None else ""
                lines.append(
                    f"{row.case} {row.criterion}: label {row.label}{doubt}, judge {row.verdict}{at}: {row.reason}"
                )
    return lines
