"""From findings to a score.

score = 100 x (sum of weights of met) / (sum of weights of met and violated). `not_applicable` and `not_assessed` leave
both sides. A violated critical criterion fails the conversation whatever its score (auto-fail); the score is still shown.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from coach.findings import Finding
from coach.rubric import Rubric

__all__ = ["Score", "score"]


@dataclass(frozen=True)
class Score:
    """`score` is 0 to 100, None (and `passed` None) where nothing was met or violated; `assessed` is a share, 0 to 1."""

    score: float | None
    passed: bool | None
    critical_failures: tuple[str, ...]
    assessed: float


def score(rubric: Rubric, findings: Iterable[Finding]) -> Score:
    """Score the findings on one conversation. Raises KeyError for a criterion that is not of `rubric`."""
    gained = possible = 0.0
    settled = applicable = 0
    critical: list[str] = []
    for finding in findings:
        if finding.verdict == "not_applicable":
            continue
        applicable += 1
        if finding.verdict == "not_assessed":
            continue
        settled += 1
        weight = rubric.weight(rubric.by_id[finding.criterion])
        possible += weight
        if finding.verdict == "met":
            gained += weight
        elif finding.severity == "critical":
            critical.append(finding.criterion)
    return Score(
        score=round(100 * gained / possible, 2) if possible else None,
        passed=not critical if possible else None,
        critical_failures=tuple(critical),
        assessed=round(settled / applicable, 4) if applicable else 0.0,
    )
