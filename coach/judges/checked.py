"""A judge with the rubric's own checks beside it: where a certain check says the opposite, the finding says so.

Promise: nothing is resolved silently. The judge's verdict, confidence and evidence stand; a person is told where to look.
Checks that are not nearly certain do not speak.
"""

from __future__ import annotations

from collections.abc import Sequence

from coach.findings import Finding, JudgeInfo
from coach.judges.base import Judge, Judgement
from coach.judges.embedded.judge import EmbeddedJudge
from coach.rubric import Criterion, Rubric
from coach.transcript import Transcript

__all__ = ["CERTAIN", "CheckedJudge"]

CERTAIN = 0.9
"""A check less sure than this is no reason to doubt a judge that has read the conversation."""


class CheckedJudge:
    """`judge`, with a remark in the rationale of each finding that a certain check contradicts."""

    def __init__(self, judge: Judge) -> None:
        self._judge = judge
        self._checks = EmbeddedJudge(judge.rubric, calibrated=False)

    @property
    def rubric(self) -> Rubric:
        """The rubric that it grades against."""
        return self._judge.rubric

    @property
    def info(self) -> JudgeInfo:
        """The judge that decides; the checks only remark."""
        return self._judge.info

    async def grade(self, transcript: Transcript, criteria: Sequence[Criterion] | None = None) -> Judgement:
        """What the judge says, with the remarks."""
        judgement = await self._judge.grade(transcript, criteria)
        certain = {
            finding.criterion: finding
            for finding in self._checks.judge(transcript, criteria).findings
            if finding.verdict in ("met", "violated") and (finding.confidence or 0.0) >= CERTAIN
        }
        findings = tuple(_remarked(finding, certain.get(finding.criterion)) for finding in judgement.findings)
        return Judgement(judgement.scenarios, findings, judgement.usage)

    async def close(self) -> None:
        """Close the judge."""
        await self._judge.close()


def _remarked(finding: Finding, check: Finding | None) -> Finding:
    if check is None or finding.verdict not in ("met", "violated") or finding.verdict == check.verdict:
        return finding
    turn = f" in turn {check.evidence[0].turn}" if check.evidence else ""
    remark = f"[a check says {check.verdict}{turn}: {check.rationale}]"
    return finding.model_copy(update={"rationale": f"{finding.rationale} {remark}".strip()})
