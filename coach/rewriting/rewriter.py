"""Propose, re-audit, withhold: the rewrites of one audited conversation.

Promise: a finding gets a `rewrite` only after the conversation with that rewrite in place has been graded again by the same
judge and rubric, with the finding's criterion met, nothing newly broken and the facts unchanged; else it gets the reason in
`withheld`. No verdict, quote or score of the audit changes.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from coach.errors import JudgeError
from coach.findings import Audit, Finding, Place, Rewrite, Usage
from coach.judges.base import Judge
from coach.rewriting.draft import in_place
from coach.rewriting.offences import said_wrong
from coach.rewriting.scripted import from_scripts
from coach.rewriting.task import RewriteTask, tasks_of
from coach.rewriting.trial import Attempt, Tester, Trial
from coach.transcript import Transcript

if TYPE_CHECKING:
    from coach.rewriting.by_llm import LLMProposer

__all__ = ["Rewriter", "Rewritten"]

_LONGEST_REASON = 300


@dataclass(frozen=True)
class Rewritten:
    """The audit with rewrites and reasons filled in, and everything that was tried on the way."""

    audit: Audit
    attempts: tuple[Attempt, ...]


@dataclass
class _Outcome:
    rewrites: dict[str, Rewrite] = field(default_factory=dict)
    withheld: dict[str, str] = field(default_factory=dict)
    usage: Usage = field(default_factory=lambda: Usage(cost_usd=0.0))


class Rewriter:
    """Rewrites what `judge` found broken: with `proposer` by an LLM, without from the manual's scripts."""

    def __init__(self, judge: Judge, *, proposer: LLMProposer | None = None) -> None:
        self._judge, self._proposer = judge, proposer

    async def rewrite(self, transcript: Transcript, grading: Audit) -> Rewritten:
        """Fill in the rewrites of `grading`. A judge or endpoint that fails withholds the rewrite, not the audit."""
        broken = frozenset(finding.criterion for finding in grading.violated())
        if not broken:
            return Rewritten(grading, ())
        said = await said_wrong(transcript, self._judge, broken)
        tasks, hopeless = tasks_of(transcript, grading, self._judge.rubric, said)
        outcome = _Outcome(withheld=dict(hopeless))
        attempts: list[Attempt] = []
        for task in tasks:
            await self._one(task, outcome, attempts)
        findings = tuple(_filled(finding, outcome) for finding in grading.findings)
        usage = grading.usage + outcome.usage if self._proposer is not None else grading.usage
        shown = {(r.turn, r.place, r.text) for r in outcome.rewrites.values()}
        trail = tuple(_marked(attempt, shown) for attempt in attempts)
        return Rewritten(grading.model_copy(update={"findings": findings, "usage": usage}), trail)

    async def _one(self, task: RewriteTask, outcome: _Outcome, attempts: list[Attempt]) -> None:
        tester = Tester(task, self._judge, "llm" if self._proposer else "script", attempts.append)
        try:
            if self._proposer is None:
                trial, lack = await from_scripts(task, tester)
            else:
                trial, lack = await self._proposer.rewrite(task, tester)
        except JudgeError as error:
            trial, lack = None, dict.fromkeys(task.broken, f"it could not be checked: {error}")
        outcome.usage += tester.usage
        harmless = trial is not None and (trial.passed or await self._only_missing(task, trial))
        for finding in task.findings:
            if trial is not None and harmless and finding.criterion in trial.mended:
                outcome.rewrites[finding.criterion] = trial.rewrite
            else:
                outcome.withheld[finding.criterion] = _reason(trial, finding.criterion, lack)

    async def _only_missing(self, task: RewriteTask, trial: Trial) -> bool:
        """True where what the rewrite does not mend is missing from the conversation, and nothing in it is said wrongly."""
        if not trial.sound() or not trial.mended:
            return False
        left = task.broken - trial.mended
        said = await said_wrong(in_place(task.transcript, trial.rewrite), self._judge, left)
        return said is not None and not said


def _reason(trial: Trial | None, criterion: str, lack: dict[str, str]) -> str:
    if trial is not None and criterion in trial.mended:
        others = next((text for name, text in lack.items() if name != criterion), trial.reasons[0])
        text = f"mended, but the rewrite of this turn does not pass: {others}"
    else:
        text = lack.get(criterion, "")
    return (text or "no proposal passed the re-audit")[:_LONGEST_REASON]


def _filled(finding: Finding, outcome: _Outcome) -> Finding:
    rewrite = outcome.rewrites.get(finding.criterion)
    withheld = None if rewrite is not None else outcome.withheld.get(finding.criterion)
    if finding.verdict != "violated" or (rewrite is None and withheld is None):
        return finding
    return finding.model_copy(update={"rewrite": rewrite, "withheld": withheld})


def _marked(attempt: Attempt, shown: set[tuple[int, Place, str]]) -> Attempt:
    made = attempt.rewrite
    return replace(attempt, shown=(made.turn, made.place, made.text) in shown)
