"""What recurs in an agent's conversations: strengths that are real, and the habits that cost most.

Promise: a strength is something that the agent did, with a count, never praise for its own sake; a habit was seen at least
twice, and with fewer than `ENOUGH` conversations nothing is called a habit at all. What could not be assessed counts on
neither side.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from coach.findings import Finding
from coach.interval import Share
from coach.rubric import ALWAYS, Criterion, Rubric
from coach.store.records import StoredAudit

__all__ = ["ENOUGH", "Habit", "Picture", "Seen", "Strength", "picture_of"]

ENOUGH = 5
"""With fewer conversations than this there are moments, not habits."""

_MOST_HABITS = 3
_MOST_STRENGTHS = 3
_LEAST_MET = 3
_STRONG = 0.9
_SAME = 0.6
"""A habit of which so large a share of the moments is on the sheet already says nothing new."""


@dataclass(frozen=True)
class Seen:
    """One finding, in the conversation where it was made."""

    stored: StoredAudit
    finding: Finding


@dataclass(frozen=True)
class Strength:
    """A criterion that was kept in nearly all the conversations where it applied, with the findings that show it."""

    criterion: Criterion
    kept: Share
    seen: tuple[Seen, ...]


@dataclass(frozen=True)
class Habit:
    """A criterion that keeps being broken. `cost` is the weight lost per conversation, times how sure the judge was."""

    criterion: Criterion
    broken: Share
    confidence: float
    cost: float
    seen: tuple[Seen, ...]


@dataclass(frozen=True)
class Picture:
    """`conversations` were graded. `habits` are single moments where that is too few (`enough` False)."""

    conversations: int
    strengths: tuple[Strength, ...]
    habits: tuple[Habit, ...]
    violations: int

    @property
    def enough(self) -> bool:
        """True where habits can be told from chance."""
        return self.conversations >= ENOUGH


@dataclass
class _Tally:
    met: list[Seen] = field(default_factory=list)
    violated: list[Seen] = field(default_factory=list)


def picture_of(audits: Iterable[StoredAudit], rubric: Rubric) -> Picture:
    """Weigh the findings of one agent's audits by `rubric`. Criteria that the rubric no longer has are left out."""
    tallies: dict[str, _Tally] = {}
    conversations = violations = 0
    for stored in audits:
        conversations += 1
        for finding in stored.audit.findings:
            tally = tallies.setdefault(finding.criterion, _Tally())
            if finding.verdict == "met":
                tally.met.append(Seen(stored, finding))
            elif finding.verdict == "violated":
                violations += 1
                tally.violated.append(Seen(stored, finding))
    known = [(rubric.by_id[name], tally) for name, tally in tallies.items() if name in rubric.by_id]
    return Picture(
        conversations=conversations,
        strengths=_strengths(known, conversations),
        habits=_habits(known, conversations, rubric),
        violations=violations,
    )


def _strengths(known: list[tuple[Criterion, _Tally]], conversations: int) -> tuple[Strength, ...]:
    found = []
    least = min(_LEAST_MET, conversations) if conversations < ENOUGH else _LEAST_MET
    for criterion, tally in known:
        kept = Share(len(tally.met), len(tally.met) + len(tally.violated))
        if kept.count >= least and kept.value >= _STRONG:
            found.append(Strength(criterion, kept, tuple(tally.met)))
    # What the agent said in a situation says more than what was never said; then what is surest.
    found.sort(key=lambda s: (s.criterion.scenario == ALWAYS, -s.kept.low, s.criterion.id))
    return tuple(found[:_MOST_STRENGTHS])


def _habits(known: list[tuple[Criterion, _Tally]], conversations: int, rubric: Rubric) -> tuple[Habit, ...]:
    found = []
    least = 2 if conversations >= ENOUGH else 1
    for criterion, tally in known:
        if len(tally.violated) < least:
            continue
        broken = Share(len(tally.violated), len(tally.met) + len(tally.violated))
        sure = [1.0 if s.finding.confidence is None else s.finding.confidence for s in tally.violated]
        confidence = sum(sure) / len(sure)
        cost = rubric.weight(criterion) * broken.count / conversations * confidence
        found.append(Habit(criterion, broken, round(confidence, 3), round(cost, 4), tuple(tally.violated)))
    found.sort(key=lambda habit: (-habit.cost, habit.criterion.id))
    return tuple(_apart(found)[:_MOST_HABITS])


def _apart(habits: list[Habit]) -> list[Habit]:
    """Those that show in moments of their own before those that only put another name to the same moments."""
    known: set[tuple[int, int]] = set()
    apart: list[Habit] = []
    for habit in habits:
        moments = {(seen.stored.id, seen.finding.evidence[0].turn) for seen in habit.seen if seen.finding.evidence}
        if not moments or len(moments & known) < _SAME * len(moments):
            apart.append(habit)
            known |= moments
    return [*apart, *(habit for habit in habits if habit not in apart)]
