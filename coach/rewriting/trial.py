"""One proposal put to the test: facts first, then the whole conversation graded again with the proposal in place.

Promise: a trial passes only if every criterion that it is to mend is now met, none is newly broken, and the facts hold; nor
may the turn still sound like a breach that was put right in it.
The judge and the rubric are those of the first grading; the judge does not know which turn was written anew.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Literal

from coach.auditor import audit
from coach.findings import Audit, Finding, Rewrite, Usage
from coach.judges.base import Judge
from coach.rewriting.draft import in_place, sentences
from coach.rewriting.offences import still_heard, suspected
from coach.rewriting.task import RewriteTask

__all__ = ["Attempt", "Origin", "Tester", "Trial"]

Origin = Literal["script", "llm"]


@dataclass(frozen=True)
class Trial:
    """What came of a proposal. `reasons` says, for people and for the next attempt, why it does not pass; empty: it does.

    `mended` are the criteria of the task that are met now; `left` the findings of the task that are still violated (of them
    `moved` those that the judge now holds against another turn only), `new` those that it brings in. `after` is the second
    grading, where it came to that.
    """

    rewrite: Rewrite
    reasons: tuple[str, ...]
    mended: frozenset[str] = frozenset()
    left: tuple[Finding, ...] = ()
    moved: frozenset[str] = frozenset()
    new: tuple[Finding, ...] = ()
    facts_hold: bool = True
    harsh: bool = False
    after: Audit | None = None
    usage: Usage = field(default_factory=Usage)

    @property
    def passed(self) -> bool:
        """True where it may be shown for all criteria of the task."""
        return not self.reasons

    @property
    def here(self) -> tuple[int, ...]:
        """The turns that were worked on, as they are counted with the rewrite in place."""
        return places_of(self.rewrite)

    @property
    def cleared(self) -> int:
        """How many findings of the task the judge no longer holds against the rewritten turn."""
        return len(self.mended) + sum(finding.criterion in self.moved for finding in self.left)

    @property
    def kept(self) -> frozenset[str]:
        """Criteria of the task that the rewritten turn still breaks."""
        return frozenset(finding.criterion for finding in self.left) - self.moved

    def sound(self) -> bool:
        """True where it does no harm: facts hold, nothing is newly broken. What it mends may be less than all."""
        return self.facts_hold and not self.harsh and not self.new


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

    async def try_(self, rewrite: Rewrite, drops: frozenset[str] = frozenset()) -> Trial:
        """Check facts and tone, then grade again. `drops` are kinds of facts that the clause itself forbids to state.

        Raises `JudgeError` where the judge cannot."""
        self.count += 1
        trial = self._facts(rewrite, drops) or self._tone(rewrite) or await self._graded(rewrite)
        ids = tuple(f.criterion for f in self.task.findings)
        self.record(Attempt(self.task.turn, ids, self.origin, rewrite, trial.reasons))
        return trial

    def _facts(self, rewrite: Rewrite, drops: frozenset[str]) -> Trial | None:
        original = self.task.said.text if rewrite.place == "replace" else ""
        found = [
            d for d in self.task.facts.compare(original, rewrite.text) if d.change == "added" or d.kind not in drops
        ]
        if not found:
            return None
        return Trial(rewrite, tuple(map(str, found)), left=self.task.findings, facts_hold=False)

    def _tone(self, rewrite: Rewrite) -> Trial | None:
        """No sentence of the turn that sounds harsh may stay: nobody would say the rewrite beside it."""
        if self.task.said.speaker != "agent":
            return None
        said = self.task.said.text
        kept = [sentence for sentence in sentences(rewrite.text) if sentence.rstrip(".。!！ ") in said]
        kept = kept if rewrite.place == "replace" else sentences(said)
        words = next((found for sentence in kept if (found := self.task.tone.harsh(sentence))), None)
        if words is None:
            return None
        return Trial(rewrite, (f"what would stay sounds harsh: {words}",), left=self.task.findings, harsh=True)

    async def _graded(self, rewrite: Rewrite) -> Trial:
        conversation = in_place(self.task.transcript, rewrite)
        after = await audit(conversation, self.judge)
        self.usage += after.usage
        settled = {f.criterion for f in after.findings if f.verdict in ("met", "violated")}
        doubtful = suspected(conversation, self.judge, self.task.broken - settled)
        here = places_of(rewrite)
        # What the judge itself holds against the turn it explains better.
        held = {f.criterion for f in after.violated() if any(e.turn in here for e in f.evidence)}
        spoken = [name for name in self.task.broken - held if self.task.by_words(name)]
        echoes = still_heard(conversation, self.judge, spoken, here)
        return compared(self.task, rewrite, after, (*doubtful, *echoes))


def compared(task: RewriteTask, rewrite: Rewrite, after: Audit, doubtful: tuple[Finding, ...] = ()) -> Trial:
    """What the second grading says against the first. `doubtful` findings count as violated, though the judge is not sure."""
    by_id = {finding.criterion: finding for finding in (*after.findings, *doubtful)}
    before = {finding.criterion: finding for finding in task.grading.findings}
    mended = frozenset(name for name in task.broken if (f := by_id.get(name)) is not None and f.verdict == "met")
    names = [finding.criterion for finding in task.findings]
    left = tuple(f for name in names if (f := by_id.get(name)) is not None and f.verdict == "violated")
    newly = tuple(
        f
        for f in after.violated()
        if f.criterion not in task.broken
        and ((old := before.get(f.criterion)) is None or old.verdict != "violated" or _moved_here(f, old, rewrite))
    )
    reasons = [f"still breaks {f.criterion}: {f.rationale}" for f in left]
    unmet = sorted(task.broken - mended - {f.criterion for f in left})
    reasons += [f"the judge does not say that {name} is now met" for name in unmet]
    reasons += [f"newly breaks {f.criterion}: {f.rationale}" for f in newly]
    moved = frozenset(
        f.criterion
        for f in left
        if f.evidence and f.evidence[0].turn not in places_of(rewrite) and task.at_each_moment(f.criterion)
    )
    return Trial(rewrite, tuple(reasons), mended, left, moved, newly, after=after)


def places_of(rewrite: Rewrite) -> tuple[int, ...]:
    """The rewritten turn, or the turn and the one inserted beside it, counted with the rewrite in place."""
    return (rewrite.turn,) if rewrite.place == "replace" else (rewrite.turn, rewrite.turn + 1)


def _moved_here(now: Finding, old: Finding, rewrite: Rewrite) -> bool:
    """A criterion that was broken elsewhere, and is now held against the rewritten turn: that too is new."""
    here = rewrite.turn + 1 if rewrite.place == "after" else rewrite.turn
    return any(e.turn == here for e in now.evidence) and all(e.turn != rewrite.turn for e in old.evidence)
