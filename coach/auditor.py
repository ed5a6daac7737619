"""One conversation, one judge, one audit.

Promise: whichever judge graded, no verdict of `violated` leaves here without a verbatim quote that is really in the
turn it cites; such a finding becomes `not_assessed`. Findings come in the rubric's order.
"""

from __future__ import annotations

import time
from collections.abc import Iterable

from coach import evidence
from coach.findings import Audit, Finding
from coach.judges.base import Judge
from coach.rubric import Rubric
from coach.scoring import score
from coach.transcript import Transcript

__all__ = ["audit"]


async def audit(transcript: Transcript, judge: Judge) -> Audit:
    """Grade `transcript` with `judge`, check the evidence, score. Raises `JudgeError` where it cannot be graded."""
    began = time.perf_counter()
    judgement = await judge.grade(transcript)
    rubric = judge.rubric
    findings = _ordered(rubric, (_proved(finding, transcript) for finding in judgement.findings))
    result = score(rubric, findings)
    return Audit(
        transcript=transcript.id,
        agent=transcript.agent,
        rubric=rubric.id,
        rubric_version=rubric.version,
        judge=judge.info,
        scenarios=judgement.scenarios,
        findings=findings,
        score=result.score,
        passed=result.passed,
        critical_failures=result.critical_failures,
        assessed=result.assessed,
        usage=judgement.usage,
        seconds=round(time.perf_counter() - began, 4),
    )


def _proved(finding: Finding, transcript: Transcript) -> Finding:
    verified = evidence.verify(finding, transcript)
    if verified is not None:
        return verified
    reason = f"said to be violated ({finding.rationale}), but the quote is not in the turn" if finding.rationale else ""
    return finding.model_copy(
        update={
            "verdict": "not_assessed",
            "evidence": (),
            "rationale": reason or "said to be violated, but the quote is not in the turn",
        }
    )


def _ordered(rubric: Rubric, findings: Iterable[Finding]) -> tuple[Finding, ...]:
    place = {criterion.id: position for position, criterion in enumerate(rubric.criteria)}
    return tuple(sorted(findings, key=lambda finding: place[finding.criterion]))
