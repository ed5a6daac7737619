"""Rewrites without an LLM: the agent's own turn, repaired with the rubric's wordings.

Promise: nothing is made up. Of what the agent said, what offends goes and the rest stays letter for letter; what is missing
is added in the rubric's words. Each step is tried on the judge, whose answer decides on the next; what cannot be brought to
pass within `MAXIMUM_TRIALS` is not forced.
"""

from __future__ import annotations

from dataclasses import replace

from coach.findings import Finding
from coach.rewriting.draft import Draft, Wording
from coach.rewriting.names import addressed
from coach.rewriting.pruning import ENDS, Pruner
from coach.rewriting.scripts import Scripts, swapped
from coach.rewriting.task import RewriteTask
from coach.rewriting.trial import Tester, Trial
from coach.rewriting.wordings import WordingPool
from coach.rubric import ALWAYS

__all__ = ["MAXIMUM_TRIALS", "from_scripts"]

MAXIMUM_TRIALS = 24
"""Proposals tried for one turn: each costs a grading, a few milliseconds."""


async def from_scripts(task: RewriteTask, tester: Tester) -> tuple[Trial | None, dict[str, str]]:
    """The best trial (None where no proposal was sound), and criterion id -> what was lacking to mend it."""
    repair = _Repair(task, tester)
    best = await repair.run()
    return best, repair.lack


class _Repair:
    def __init__(self, task: RewriteTask, tester: Tester) -> None:
        self._task, self._tester = task, tester
        spoken = " ".join(turn.text for turn in task.transcript.turns)
        address = addressed(task.transcript, task.turn)
        self._pool = WordingPool(task, Scripts(task.rubric, address, spoken))
        self._original = Draft.of(task.said)
        self._pruner = Pruner(self._original, task.facts, task.tone, task.language, address)
        self._tried: set[tuple[str, str]] = set()
        self._best: Trial | None = None
        self._moment_used = False
        self.lack: dict[str, str] = {}

    async def run(self) -> Trial | None:
        """Draft, try, and repair what the judge objects to, until nothing is left to object to or to try."""
        draft: Draft | None = self._first_draft() if await self._can_go() else None
        while draft is not None and self._tester.count < MAXIMUM_TRIALS:
            draft = self._without_lost_questions(draft)
            rewrite = draft.rewrite
            if rewrite is None or (rewrite.place, rewrite.text) in self._tried:
                draft = self._next_words(draft)
                continue
            self._tried.add((rewrite.place, rewrite.text))
            trial = await self._tester.try_(rewrite, _drops(draft))
            self._remember(trial)
            if trial.passed:
                await self._shorter(draft)
                break
            draft = self._amended(draft, trial)
        return self._best if self._best is None or self._best.passed or self._keeps_words(self._best) else None

    async def _can_go(self) -> bool:
        """False where what offends states a fact, and cannot go for that: the trial that shows it is on the trail."""
        for finding in self._pool.spoken:
            places = self._original.offending(finding.evidence[0].quote) if finding.evidence else []
            changed = self._swapped(self._original, finding.criterion) or self._shortened(self._original, finding)
            without = self._original.without(places)
            if places and changed == self._original and without.rewrite is not None:
                self._remember(await self._tester.try_(without.rewrite))
                return False
        return True

    async def _shorter(self, draft: Draft) -> None:
        """Leave out what was added and turns out not to be needed, since other words mend the same."""
        for wording in draft.added if len(draft.added) > 1 else ():
            shorter = replace(draft, added=tuple(one for one in draft.added if one != wording))
            if shorter.rewrite is None or shorter.empty or self._tester.count >= MAXIMUM_TRIALS:
                continue
            trial = await self._tester.try_(shorter.rewrite, _drops(shorter))
            if trial.passed:
                draft, self._best = shorter, trial

    def _keeps_words(self, trial: Trial) -> bool:
        """True where something of the turn is left. What mends only a part of the task may not take the whole turn's place."""
        rubric = self._task.rubric
        open_here = [
            f for f in trial.left if f.criterion not in trial.moved and rubric.by_id[f.criterion].scripts != []
        ]
        if trial.rewrite.place != "replace" or not open_here:
            return True
        return any(sentence.rstrip(ENDS) in trial.rewrite.text for sentence in self._original.body)

    def _remember(self, trial: Trial) -> None:
        better = self._best is None or (trial.passed, trial.cleared) > (self._best.passed, self._best.cleared)
        if trial.sound() and trial.cleared and better:
            self._best = trial
        for finding in self._task.findings:
            if trial.sound() and finding.criterion in trial.mended:
                self.lack.pop(finding.criterion, None)
            else:
                self.lack[finding.criterion] = _objection(trial, finding.criterion)

    def _first_draft(self) -> Draft | None:
        """Without what offends, with words for what is missing, and words in the place of what went."""
        draft = self._original
        for finding in self._pool.spoken:
            draft = self._swapped(draft, finding.criterion) or self._shortened(draft, finding) or draft
        draft = self._pruner.without_harsh(draft)
        silent = (self._advanced(draft, finding.criterion) for finding in self._pool.silent)
        return self._filled(next((found for found in silent if found is not None), draft))

    def _next_words(self, draft: Draft) -> Draft | None:
        """The draft with a wording for one of the findings that have some left; None where none has."""
        done = self._best.mended | self._best.moved if self._best else frozenset()
        open_ones = (f.criterion for f in self._task.findings if f.criterion not in done)
        return next((d for name in open_ones if (d := self._advanced(draft, name)) is not None), None)

    def _filled(self, draft: Draft) -> Draft | None:
        """Where too little is left of what was said, a wording for what it broke; the clause nearest the matter first."""
        gone = draft.body != self._original.body
        if not gone or any(one.place == "instead" for one in draft.added) or self._pruner.says_enough(draft):
            return draft
        offered = [] if self._moment_used else self._pool.of_the_moment()
        for wording in offered[:1]:
            if not any(one.text == wording.text for one in draft.added):
                self._moment_used = True
                return self._pruner.making_room(draft, wording).with_words(wording)
        for finding in sorted(self._pool.spoken, key=lambda f: f.scenario == ALWAYS):
            worded = self._advanced(draft, finding.criterion)
            if worded is not None:
                return worded
        # An empty list of scripts says that nothing need be said instead; no list at all, that nobody has thought about it.
        sure = all(self._task.rubric.by_id[f.criterion].scripts is not None for f in self._pool.spoken)
        return draft if not draft.empty and (sure or self._pruner.says_enough(draft)) else None

    def _amended(self, draft: Draft, trial: Trial) -> Draft | None:
        """The draft after the judge's objections; None where there is no way to meet them."""
        if not trial.facts_hold:
            return self._with_other_facts(draft)
        if trial.new:
            # What the last words have brought in, before anything is put on top of them.
            return self._mended(draft, trial.new[0]) or self._otherwise(draft)
        for finding in trial.left:
            if finding.criterion in trial.moved:
                continue
            amended = self._mended(draft, finding)
            if amended is None:
                draft = draft.without_words(finding.criterion)
            else:
                return amended
        unsettled = self._task.broken - trial.mended - {finding.criterion for finding in trial.left}
        # Where words were the fault and are gone, more words do not make the judge any surer.
        for name in sorted(name for name in unsettled if not self._task.by_words(name)):
            amended = self._advanced(draft, name)
            if amended is not None:
                return amended
        return draft

    def _otherwise(self, draft: Draft) -> Draft | None:
        """Another wording instead of the last one, which brought something new in; without it where there is none."""
        if not draft.added:
            return None
        owner = draft.added[-1].owner
        return self._advanced(draft, owner) or draft.without_words(owner)

    def _mended(self, draft: Draft, finding: Finding) -> Draft | None:
        """One more step against a finding that the draft still has."""
        quote = finding.evidence[0].quote if finding.evidence else ""
        guilty = next((one for one in draft.added if quote and quote.strip() in one.text), None)
        if guilty is not None and self._task.by_words(finding.criterion):
            return self._advanced(draft, guilty.owner) or draft.without_words(guilty.owner)
        if self._task.by_words(finding.criterion) and (shorter := self._shortened(draft, finding)) is not None:
            return self._filled(shorter)
        return self._advanced(draft, finding.criterion)

    def _with_other_facts(self, draft: Draft) -> Draft | None:
        """Another wording instead of one that adds a fact; a lost fact is not brought back."""
        said = self._task.said.text if self._task.said.speaker == "agent" else ""
        for wording in draft.added:
            if any(d.change == "added" for d in self._task.facts.compare(said, wording.text)):
                return self._advanced(draft, wording.owner) or draft.without_words(wording.owner)
        return None

    def _swapped(self, draft: Draft, criterion: str) -> Draft | None:
        """With the words changed that the scripts of a criterion change; None where there are none of them."""
        found = self._task.rubric.by_id[criterion]
        body = tuple(swapped(found, sentence) for sentence in draft.body)
        return None if body == draft.body else replace(draft, body=body)

    def _shortened(self, draft: Draft, finding: Finding) -> Draft | None:
        """Without the sentences that hold the quote; where one states a fact, with the part of it that does."""
        places = draft.offending(finding.evidence[0].quote) if finding.evidence else []
        wordings = self._task.rubric.by_id[finding.criterion].wordings
        if not places or (wordings and all(script.swap for script in wordings)):
            return None
        if any(wording.drops for wording in self._pool.left(finding.criterion)):
            return draft.without(places)
        return self._pruner.reduced(draft, places)

    def _advanced(self, draft: Draft, criterion: str) -> Draft | None:
        """The draft with the next wording for `criterion`; None where there is none left."""
        pool = self._pool.left(criterion)
        own = any(one.owner == criterion for one in draft.added)
        if own and not draft.joined and draft.turn.speaker == "agent" and draft.body == self._original.body:
            return replace(draft, joined=True)
        while pool:
            wording = pool.pop(0)
            if draft.turn.speaker != "agent" and wording.place == "instead":
                continue
            if any(one.text == wording.text for one in draft.added):
                continue
            room = self._pruner.making_room(draft, wording)
            if not self._pruner.suits(room, wording):
                continue
            worded = room.with_words(wording)
            if not (wording.asks and self._leaves(worded, wording)):
                return worded
        self.lack.setdefault(criterion, "no wording for this clause fits the conversation")
        return None

    def _without_lost_questions(self, draft: Draft) -> Draft:
        """Without the questions that nobody could answer, as leave is taken in the same breath or before."""
        for wording in draft.added:
            if wording.asks and self._leaves(draft, wording):
                self.lack[wording.owner] = "the question would come as leave is taken"
                draft = draft.without_words(wording.owner)
        return draft

    def _leaves(self, draft: Draft, wording: Wording) -> bool:
        """True where nobody could answer the question `wording`: leave has been taken, or is taken in the same breath (which
        only some questions bear), or nobody is there to hear it."""
        tone, made = self._task.tone, draft.rewrite
        if made is None:
            return False
        before = self._task.transcript.turns[max(0, self._task.turn - 1)]
        heard = not (before.is_event and before.speaker == "customer") and tone.late(wording.text)
        if made.place == "after":
            return tone.farewell(draft.turn.text)
        if made.place == "before":
            return tone.farewell(draft.turn.text) and not heard
        earlier, _, later = draft.text.partition(wording.text)
        return tone.farewell(earlier) or (tone.farewell(later) and not heard)


def _drops(draft: Draft) -> frozenset[str]:
    return frozenset(kind for wording in draft.added for kind in wording.drops)


def _objection(trial: Trial, criterion: str) -> str:
    """The reason that says most about this criterion."""
    about = [reason for reason in trial.reasons if criterion in reason]
    other = [reason for reason in trial.reasons if not reason.startswith("still breaks")]
    return next(iter(other if not trial.sound() else about or other), "it was not mended")
