"""Rewrites from the manual's own scripts, without an LLM: plain, but the manual's words.

Promise: nothing is made up. Sentences of the agent are kept, left out, or replaced by sentences of the rubric; each step is
tried on the judge, and what cannot be brought to pass within `MAXIMUM_TRIALS` is not forced.
"""

from __future__ import annotations

from collections.abc import Iterator

from coach.findings import Finding
from coach.rewriting.draft import Draft
from coach.rewriting.names import addressed
from coach.rewriting.scripts import Scripts
from coach.rewriting.task import RewriteTask
from coach.rewriting.trial import Tester, Trial
from coach.rubric import ALWAYS, Criterion

__all__ = ["MAXIMUM_TRIALS", "from_scripts"]

_SHORT, _SHORT_HAN = 120, 40
"""An answer of so many characters may be replaced as a whole."""

_LEAST, _LEAST_HAN = 25, 10
"""Fewer characters than these are no answer to be left with."""

MAXIMUM_TRIALS = 24
"""Proposals tried for one turn: each costs a grading, a few milliseconds."""


async def from_scripts(task: RewriteTask, tester: Tester) -> tuple[Trial | None, dict[str, str]]:
    """The best trial (None where no proposal was sound), and criterion id -> what was lacking to mend it."""
    search = _Search(task, tester)
    best = await search.run()
    return best, search.lack


class _Search:
    def __init__(self, task: RewriteTask, tester: Tester) -> None:
        self._task, self._tester = task, tester
        spoken = " ".join(turn.text for turn in task.transcript.turns)
        self._scripts = Scripts(task.rubric, addressed(task.transcript), spoken)
        self._draft = Draft.of(task.said)
        self._best: Trial | None = None
        self.lack: dict[str, str] = {}

    async def run(self) -> Trial | None:
        """Mend one criterion after the other, those broken by words before those broken by silence."""
        for finding in sorted(self._task.findings, key=lambda f: not self._task.by_words(f.criterion)):
            done = self._best.mended if self._best else frozenset()
            if finding.criterion not in done:
                await self._mend(finding)
            if self._best is not None and self._best.passed:
                break
        return self._best

    async def _mend(self, finding: Finding) -> None:
        """Try drafts for one criterion, until one mends it and does no harm."""
        criterion = self._task.rubric.by_id[finding.criterion]
        tried = False
        for draft in self._drafts(finding, criterion):
            if self._tester.count >= MAXIMUM_TRIALS:
                self.lack.setdefault(criterion.id, "no combination of the manual's sentences passed")
                return
            rewrite = draft.rewrite
            if rewrite is None:
                continue
            tried = True
            trial = await self._cleared(draft, finding)
            if trial is not None:
                return
        if not tried:
            self.lack[criterion.id] = "no sentence of the manual for this clause fits the conversation"

    async def _cleared(self, draft: Draft, finding: Finding) -> Trial | None:
        """The trial of `draft`, further sentences left out while the judge still holds them against the criterion."""
        while (rewrite := draft.rewrite) is not None and self._tester.count < MAXIMUM_TRIALS:
            trial = await self._tester.try_(rewrite)
            if trial.sound() and finding.criterion in trial.mended and self._keeps(trial):
                self._draft, self._best = draft, trial
                self.lack.pop(finding.criterion, None)
                return trial
            self.lack[finding.criterion] = _objection(trial, finding.criterion)
            again = next((f for f in trial.left if f.criterion == finding.criterion and f.evidence), None)
            if not trial.sound() or again is None or again.evidence[0].turn != self._task.turn:
                return None
            places = draft.offending(again.evidence[0].quote)
            shorter = draft.replaced(places, "") if places and rewrite.place == "replace" else None
            if shorter is None or shorter == draft:
                return None
            draft = shorter
        return None

    def _keeps(self, trial: Trial) -> bool:
        return self._best is None or self._best.mended <= trial.mended

    def _drafts(self, finding: Finding, criterion: Criterion) -> Iterator[Draft]:
        lines = [*self._scripts.for_criterion(criterion), *self._of_the_moment(criterion)]
        if self._task.by_words(criterion.id):
            yield from self._without_offence(finding, lines)
        if any(check.check != "forbid" for check in criterion.checks):
            yield from self._with_words(criterion, lines)

    def _without_offence(self, finding: Finding, lines: list[str]) -> Iterator[Draft]:
        """The offending sentences left out, or a sentence of the manual in their place."""
        draft = self._draft
        places = draft.offending(finding.evidence[0].quote) if finding.evidence else []
        if not places:
            return
        shorter = draft.replaced(places, "")
        rest = len("".join(shorter.body))
        least = _LEAST_HAN if self._task.language == "zh" else _LEAST
        enough = rest >= least and rest * 2 > len("".join(draft.body))
        if enough:
            yield shorter
        for line in lines:
            yield draft.replaced(places, line)
        if not enough and rest >= least:
            yield shorter
        for line in lines[:2]:
            yield Draft(draft.turn, (line,), draft.before, draft.after)

    def _with_words(self, criterion: Criterion, lines: list[str]) -> Iterator[Draft]:
        """The missing words instead of a short answer that says nothing else; before or after what was said, else."""
        draft = self._draft
        if self._says_little(draft) and any(check.check == "respond_to" for check in criterion.checks):
            for line in lines:
                yield Draft(draft.turn, (line,), draft.before, draft.after)
        for line in lines:
            placed = (draft.with_after(line), draft.with_before(line))
            yield from placed if self._belongs_after(line, criterion) else reversed(placed)

    def _says_little(self, draft: Draft) -> bool:
        """Words that can go: few, no question, no event, no fact."""
        text = " ".join(draft.body)
        short = len(text) <= (_SHORT_HAN if self._task.language == "zh" else _SHORT)
        plain = draft.turn.speaker == "agent" and not any(mark in text for mark in "?？[［【")
        return short and plain and not self._task.facts.compare(text, "")

    def _belongs_after(self, line: str, criterion: Criterion) -> bool:
        """A question closes a turn that somebody answers; the last words of a call stay last."""
        turns = self._task.transcript.turns
        answered = any(t.speaker == "customer" and not t.is_event for t in turns[self._task.turn + 1 :])
        asks = line.rstrip().endswith(("?", "？"))
        later = any(check.check == "require_after" for check in criterion.checks)
        return answered and (asks or later)

    def _of_the_moment(self, criterion: Criterion) -> Iterator[str]:
        """What other clauses have the agent say in the situation that arose just before: for rules without a script."""
        if criterion.scenario != ALWAYS:
            return
        turn = self._task.turn
        for arose in self._task.grading.scenarios:
            if any(turn - 2 <= moment <= turn for moment in arose.turns):
                for other in self._task.rubric.assessable:
                    required = any(check.check != "forbid" for check in other.checks)
                    if other.scenario == arose.scenario and other.severity != "critical" and required:
                        yield from self._scripts.for_criterion(other)[:1]


def _objection(trial: Trial, criterion: str) -> str:
    """The reason that says most about this criterion."""
    about = [reason for reason in trial.reasons if criterion in reason]
    other = [reason for reason in trial.reasons if not reason.startswith("still breaks")]
    return next(iter(other if not trial.sound() else about or other), "it was not mended")
