"""One proposal put to the test: facts first, then the whole conversation graded again with the proposal in place.

Promise: a trial passes only if every criterion that it is to mend is now met, none is newly broken, and the facts hold.
The judge and the rubric are those of the first grading; the judge does not know which turn was written anew.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Literal

from coach.auditor import audit
from coach.findings import Audit, Finding, Rewrite, Usage
from coach.judges.base import Judge
from coach.rewriting.draft import in_place
from coach.rewriting.task import RewriteTask

__all__ = ["Attempt", "Origin", "Tester", "Trial"]

Origin = Literal["script", "llm"]


@dataclass(frozen=True)
class Trial:
    """What came of a proposal. `reasons` says, for people and for the next attempt, why it does not pass; empty: it does.

    `mended` are the criteria of the task that are met now; `left` the findings of the task that are still violated.
    """

    rewrite: Rewrite
    reasons: tuple[str, ...]
    mended: frozenset[str] = frozenset()
    left: tuple[Finding, ...] = ()
    newly_broken: frozenset[str] = frozenset()
    facts_hold: bool = True
    usage: Usage = field(default_factory=Usage)

    @property
    def passed(self) -> bool:
        """True where it may be shown for all criteria of the task."""
        return not self.reasons

    def sound(self) -> bool:
        """True where it does no harm: facts hold, nothing is newly broken. What it mends may be less than all."""
        return self.facts_hold and not self.newly_broken


@dataclass(frozen=True)
class Attempt:
    """One line of the audit trail: what was proposed for which criteria, and why it was not shown (empty: it passed)."""

    turn: int
    criteria: tuple[str, ...]
    origin: Origin
    rewrite: Rewrite
    reasons: tuple[str, ...]
    shown: bool = False


@dataclass
class Tester:
    """Tries proposals for one task and keeps the trail. `usage` sums what the re-audits cost."""

    task: RewriteTask
    judge: Judge
    origin: Origin
    record: Callable[[Attempt], None]
    usage: Usage = field(default_factory=lambda: Usage(cost_usd=0.0))
    count: int = 0

    async def try_(self, rewrite: Rewrite) -> Trial:
        """Check facts, then grade again. Raises `JudgeError` where the judge cannot."""
        self.count += 1
        trial = self._facts(rewrite) or await self._graded(rewrite)
        ids = tuple(f.criterion for f in self.task.findings)
        self.record(Attempt(self.task.turn, ids, self.origin, rewrite, trial.reasons))
        return trial

    def _facts(self, rewrite: Rewrite) -> Trial | None:
        original = self.task.said.text if rewrite.place == "replace" else ""
        found = self.task.facts.compare(original, rewrite.text)
        if not found:
            return None
        return Trial(rewrite, tuple(map(str, found)), left=self.task.findings, facts_hold=False)

    async def _graded(self, rewrite: Rewrite) -> Trial:
        after = await audit(in_place(self.task.transcript, rewrite), self.judge)
        self.usage += after.usage
        return compared(self.task, rewrite, after)


def compared(task: RewriteTask, rewrite: Rewrite, after: Audit) -> Trial:
    """What the second grading says against the first."""
    by_id = {finding.criterion: finding for finding in after.findings}
    before = {finding.criterion: finding for finding in task.grading.findings}
    mended = frozenset(name for name in task.broken if (f := by_id.get(name)) is not None and f.verdict == "met")
    left = tuple(f for name in task.broken if (f := by_id.get(name)) is not None and f.verdict == "violated")
    newly = frozenset(
        f.criterion
        for f in after.violated()
        if f.criterion not in task.broken
        and ((old := before.get(f.criterion)) is None or old.verdict != "violated" or _moved_here(f, old, rewrite))
    )
    reasons = [f"still breaks {f.criterion}: {f.rationale}" for f in left]
    unmet = sorted(task.broken - mended - {f.criterion for f in left})
    reasons += [f"the judge does not say that {name} is now met" for name in unmet]
    reasons += [f"newly breaks {name}: {by_id[name].rationale}" for name in sorted(newly)]
    return Trial(rewrite, tuple(reasons), mended, left, newly)


def _moved_here(now: Finding, old: Finding, rewrite: Rewrite) -> bool:
    """A criterion that was broken elsewhere, and is now held against the rewritten turn: that too is new."""
    here = rewrite.turn + 1 if rewrite.place == "after" else rewrite.turn
    return any(e.turn == here for e in now.evidence) and all(e.turn != rewrite.turn for e in old.evidence)
