from __future__ import annotations

import asyncio
from collections.abc import Sequence

from coach.findings import Evidence, Finding, JudgeInfo, Verdict
from coach.judges.base import Judgement
from coach.judges.checked import CheckedJudge
from coach.rubric import Criterion, Rubric
from coach.transcript import Transcript
from tests.builders import conversation, criterion, rubric


class Says:
    """A judge that gives one verdict on every criterion."""

    def __init__(self, graded: Rubric, verdict: Verdict) -> None:
        self.rubric, self.verdict = graded, verdict
        self.info = JudgeInfo(kind="llm", model="m", prompt_hash="h")

    async def grade(self, transcript: Transcript, criteria: Sequence[Criterion] | None = None) -> Judgement:
        findings = tuple(
            Finding(
                criterion=one.id,
                verdict=self.verdict,
                scenario="always",
                severity=one.severity,
                source="llm",
                evidence=(Evidence(turn=0, quote=transcript.turns[0].text),),
                rationale="so it seems",
            )
            for one in criteria or self.rubric.assessable
        )
        return Judgement((), findings)

    async def close(self) -> None:
        pass


def rationale(verdict: Verdict, confidence: float) -> str:
    forbid = {"check": "forbid", "says": ["rude"], "confidence": confidence, "reason": "a rude word"}
    graded = rubric(criterion(checks=[forbid]), signals={"rude": {"phrases": ["shut up"], "speaker": "agent"}})
    judge = CheckedJudge(Says(graded, verdict))
    judgement = asyncio.run(judge.grade(conversation("A: Shut up!", "C: Oh.")))
    assert judgement.findings[0].verdict == verdict
    return judgement.findings[0].rationale


def test_a_certain_check_that_contradicts_the_judge_is_remarked() -> None:
    assert rationale("met", 0.95) == "so it seems [a check says violated in turn 0: a rude word]"


def test_an_uncertain_check_keeps_quiet() -> None:
    assert rationale("met", 0.8) == "so it seems"


def test_agreement_needs_no_remark() -> None:
    assert rationale("violated", 0.95) == "so it seems"


def test_what_the_judge_left_open_stays_open() -> None:
    assert rationale("not_assessed", 0.95) == "so it seems"
