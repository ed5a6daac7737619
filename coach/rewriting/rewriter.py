"""Propose, re-audit, withhold: the rewrites of one audited conversation.

Promise: a finding gets a `rewrite` only after the conversation with that rewrite in place has been graded again by the same
judge and rubric, with the finding's criterion met, nothing newly broken and the facts unchanged; else it gets the reason in
`withheld`. Where several turns break a criterion, each of them is rewritten, and it is met with all of them in place. No
verdict, quote or score of the audit changes.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import TYPE_CHECKING

from coach.errors import JudgeError
from coach.findings import Audit, Finding, Place, Rewrite, Usage
from coach.judges.base import Judge
from coach.rewriting.draft import in_place
from coach.rewriting.offences import said_wrong, suspected
from coach.rewriting.scripted import from_scripts
from coach.rewriting.task import RewriteTask, tasks_of
from coach.rewriting.tone import tone_of
from coach.rewriting.trial import Attempt, Tester, Trial
from coach.transcript import Transcript

if TYPE_CHECKING:
    from coach.rewriting.by_llm import LLMProposer

__all__ = ["Rewriter", "Rewritten"]

_LONGEST_REASON = 300

_REVISION = "3"
"""Goes up when the code, not the prompt or a rubric, makes the rewrites different."""

_MOST_TURNS = 8
"""So many turns are rewritten for one criterion that several of them break."""


@dataclass(frozen=True)
class Rewritten:
    """The audit with rewrites and reasons filled in, and everything that was tried on the way.

    `companions`: where several turns break a criterion, criterion id -> the rewrites of the other turns, counted in the
    original conversation, with which (and the finding's own) it is met.
    """

    audit: Audit
    attempts: tuple[Attempt, ...]
    companions: Mapping[str, tuple[Rewrite, ...]] = field(default_factory=dict)


@dataclass
class _Outcome:
    rewrites: dict[str, Rewrite] = field(default_factory=dict)
    withheld: dict[str, str] = field(default_factory=dict)
    companions: dict[str, tuple[Rewrite, ...]] = field(default_factory=dict)
    usage: Usage = field(default_factory=lambda: Usage(cost_usd=0.0))


class Rewriter:
    """Rewrites what `judge` found broken: with `proposer` by an LLM, without from the rubric's wordings."""

    def __init__(self, judge: Judge, *, proposer: LLMProposer | None = None) -> None:
        self._judge, self._proposer = judge, proposer
        self._tone = tone_of(judge.rubric)

    @cached_property
    def version(self) -> str:
        """What rewrites (16 hex digits): the prompt, or the scripts and examples; another version may rewrite differently."""
        if self._proposer is not None:
            made_of = self._proposer.prompt_hash
        else:
            rubric = self._judge.rubric
            made_of = "".join(c.model_dump_json(include={"id", "scripts", "examples"}) for c in rubric.criteria)
        return hashlib.sha256(f"{_REVISION} {made_of}".encode()).hexdigest()[:16]

    async def rewrite(self, transcript: Transcript, grading: Audit) -> Rewritten:
        """Fill in the rewrites of `grading`. A judge or endpoint that fails withholds the rewrite, not the audit."""
        broken = frozenset(finding.criterion for finding in grading.violated())
        if not broken:
            return Rewritten(grading, ())
        said = said_wrong(transcript, self._judge, grading.findings, broken)
        tasks, hopeless = tasks_of(transcript, grading, self._judge.rubric, said, self._tone)
        outcome = _Outcome(withheld=dict(hopeless))
        attempts: list[Attempt] = []
        for task in tasks:
            await self._one(task, outcome, attempts)
        findings = tuple(_filled(finding, outcome) for finding in grading.findings)
        usage = grading.usage + outcome.usage if self._proposer is not None else grading.usage
        shown = {(r.turn, r.place, r.text) for r in outcome.rewrites.values()}
        trail = tuple(_marked(attempt, shown) for attempt in attempts)
        audit = grading.model_copy(update={"findings": findings, "usage": usage})
        return Rewritten(audit, trail, outcome.companions)

    async def _one(self, task: RewriteTask, outcome: _Outcome, attempts: list[Attempt]) -> None:
        companions: tuple[Rewrite, ...] = ()
        try:
            trial, lack = await self._proposed(task, outcome, attempts)
            mended = trial.mended if trial is not None else frozenset()
            if trial is not None and trial.sound() and not trial.passed:
                companions, mended = await self._spread(task, trial, outcome, attempts)
            harmless = trial is not None and trial.sound()
            harmless = harmless and (mended == task.broken or self._only_missing(task, trial, mended))
        except JudgeError as error:
            trial, lack, harmless = None, dict.fromkeys(task.broken, f"it could not be checked: {error}"), False
        for finding in task.findings:
            if trial is not None and harmless and finding.criterion in mended:
                outcome.rewrites[finding.criterion] = trial.rewrite
                if finding.criterion not in trial.mended:
                    outcome.companions[finding.criterion] = companions
            else:
                outcome.withheld[finding.criterion] = _reason(trial, finding.criterion, lack)

    async def _proposed(
        self, task: RewriteTask, outcome: _Outcome, attempts: list[Attempt]
    ) -> tuple[Trial | None, dict[str, str]]:
        tester = Tester(task, self._judge, "llm" if self._proposer else "script", attempts.append)
        try:
            if self._proposer is None:
                return await from_scripts(task, tester)
            return await self._proposer.rewrite(task, tester)
        finally:
            outcome.usage += tester.usage

    async def _spread(
        self, task: RewriteTask, trial: Trial, outcome: _Outcome, attempts: list[Attempt]
    ) -> tuple[tuple[Rewrite, ...], frozenset[str]]:
        """Rewrite the other turns that break a criterion of the task too, each with those before it in place.

        Returns their rewrites, and the criteria of the task that are met with all of them in place."""
        made = [trial.rewrite]
        conversation, alone, kept = in_place(task.transcript, trial.rewrite), trial.mended, trial.kept
        for _ in range(_MOST_TURNS - 1):
            other = _next_task(task, trial, conversation, self._doubtful(task, trial, conversation))
            if other is None:
                break
            unrecorded: list[Attempt] = []
            found, _ = await self._proposed(other, outcome, unrecorded)
            attempts += [_counted_back(attempt, made) for attempt in unrecorded]
            if found is None or not found.sound() or found.after is None:
                break
            trial, conversation = found, in_place(conversation, found.rewrite)
            made.append(_back(found.rewrite, made))
            kept |= found.kept
        at_last = {f.criterion: f.verdict for f in trial.after.findings} if trial.after is not None else {}
        together = {name for name in task.broken - kept if at_last.get(name) == "met"}
        # What the first rewrite mends is shown with it alone: with the others in place the judge need not be as sure of it.
        return tuple(made[1:]), frozenset(together | {name for name in alone if at_last.get(name) != "violated"})

    def _doubtful(self, task: RewriteTask, trial: Trial, conversation: Transcript) -> tuple[Finding, ...]:
        """What the judge is not sure of, and therefore does not report, but does not say to be met either."""
        found = trial.after.findings if trial.after is not None else ()
        settled = {finding.criterion for finding in found if finding.verdict in ("met", "violated")}
        return suspected(conversation, self._judge, task.broken - settled)

    def _only_missing(self, task: RewriteTask, trial: Trial | None, mended: frozenset[str]) -> bool:
        """True where what the rewrite does not mend is missing from the conversation, or said wrongly in other turns only."""
        if trial is None or not trial.sound() or not mended:
            return False
        left = task.broken - mended - trial.moved
        if not left:
            return True
        found = trial.after.findings if trial.after is not None else ()
        here = [finding for finding in found if any(e.turn in trial.here for e in finding.evidence)]
        said = said_wrong(in_place(task.transcript, trial.rewrite), self._judge, here, left)
        return said is not None and not said


def _next_task(
    task: RewriteTask, trial: Trial, conversation: Transcript, doubtful: tuple[Finding, ...]
) -> RewriteTask | None:
    """What is left of a task that another turn says wrongly: to be mended there, with the rewrites so far in place."""
    if trial.after is None:
        return None
    left = [f for f in (*trial.after.violated(), *doubtful) if f.criterion in task.broken and f.evidence]
    left = [f for f in left if f.evidence[0].turn not in trial.here and task.at_each_moment(f.criterion)]
    if not left:
        return None
    turn = left[0].evidence[0].turn
    there = tuple(f for f in left if f.evidence[0].turn == turn)
    return replace(task, transcript=conversation, grading=trial.after, turn=turn, findings=there)


def _back(rewrite: Rewrite, made: Sequence[Rewrite]) -> Rewrite:
    """`rewrite` with its turn counted in the conversation before `made` (each counted so itself) was put in place."""
    turn = rewrite.turn
    for earlier in sorted(made, key=lambda r: r.turn):
        if earlier.place != "replace" and turn > (earlier.turn if earlier.place == "after" else earlier.turn - 1):
            turn -= 1
    return rewrite.model_copy(update={"turn": turn})


def _counted_back(attempt: Attempt, made: Sequence[Rewrite]) -> Attempt:
    rewrite = _back(attempt.rewrite, made)
    return replace(attempt, turn=rewrite.turn, rewrite=rewrite)


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
