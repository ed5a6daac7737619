"""The wordings of a task that are still to be tried, criterion by criterion.

Promise: a wording that would add a fact to the turn is never given out, and none is given out twice for one criterion.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from coach.findings import Finding
from coach.rewriting.draft import Draft, Place, Wording
from coach.rewriting.scripts import Scripts
from coach.rewriting.task import RewriteTask
from coach.rubric import ALWAYS, Criterion

__all__ = ["WordingPool"]


@dataclass
class WordingPool:
    """What `scripts` have for the criteria of `task`, and for those that a rewrite newly breaks."""

    task: RewriteTask
    scripts: Scripts
    _left: dict[str, list[Wording]] = field(default_factory=dict)

    @property
    def spoken(self) -> list[Finding]:
        """The findings of the task that are broken by words."""
        return [finding for finding in self.task.findings if self.task.by_words(finding.criterion)]

    @property
    def silent(self) -> list[Finding]:
        """Those that are broken by silence, the rules of a situation before those that always hold."""
        found = [finding for finding in self.task.findings if not self.task.by_words(finding.criterion)]
        return sorted(found, key=lambda finding: finding.scenario == ALWAYS)

    def left(self, criterion: str) -> list[Wording]:
        """The wordings not yet given out; taking one from the list gives it out."""
        if criterion not in self._left:
            found = self.task.rubric.by_id[criterion]
            self._left[criterion] = [one for one in self._wordings(found) if self._states_nothing_new(one)]
        return self._left[criterion]

    def of_the_moment(self) -> list[Wording]:
        """What the clauses of the situation that has just arisen have an agent say, where only rules that always hold are
        broken, by words: nobody answers a harassing caller as any other."""
        if not self.spoken or any(finding.scenario != ALWAYS for finding in self.spoken):
            return []
        arose = {one.scenario for one in self.task.grading.scenarios if self.task.turn - 1 in one.turns}
        found: list[Wording] = []
        for criterion in self.task.rubric.assessable:
            if criterion.scenario in arose and criterion.scripts:
                # Scripts that mend either failing answer the situation, whatever was said in it.
                either = [one for one in criterion.wordings if one.mends is None and not one.drops]
                found += self.scripts.wordings(criterion.model_copy(update={"scripts": either}), said=False)
        return [one for one in found if one.place == "instead" and self._states_nothing_new(one)]

    def _wordings(self, criterion: Criterion) -> list[Wording]:
        said = criterion.id in self.task.broken and self.task.by_words(criterion.id)
        original = Draft.of(self.task.said)
        finding = next((f for f in self.task.findings if f.criterion == criterion.id), None)
        quote = finding.evidence[0].quote if finding is not None and finding.evidence else ""
        guilty = [original.body[place] for place in original.offending(quote)]
        found = self.scripts.wordings(criterion, said=said, sentences=guilty)
        if said and any(check.check != "forbid" for check in criterion.checks):
            found += self.scripts.wordings(criterion, said=False)
        return found if criterion.scripts is not None else _placed(found, criterion, said=said)

    def _states_nothing_new(self, wording: Wording) -> bool:
        said = self.task.said.text if self.task.said.speaker == "agent" else ""
        return not any(d.change == "added" for d in self.task.facts.compare(said, wording.text))


def _placed(found: list[Wording], criterion: Criterion, *, said: bool) -> list[Wording]:
    """Examples at each place where they may belong: a rubric's examples do not say so."""
    kinds = {check.check for check in criterion.checks}
    places: tuple[Place, ...] = ("after", "before") if "require_after" in kinds else ("before", "after")
    if said:
        places = ("instead",)
    elif "respond_to" in kinds:
        places = ("instead", *places)
    return [replace(one, place=place) for one in found for place in places]
