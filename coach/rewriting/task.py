"""What is to be rewritten: one turn with all the criteria that are broken there, and where missing words belong.

Promise: every violated finding of an audit is in exactly one task, or is told why no wording could mend it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from coach.findings import Audit, Finding
from coach.rewriting.facts import FactCheck
from coach.rewriting.tone import Tone
from coach.rubric import ALWAYS, Criterion, Rubric
from coach.transcript import Transcript, Turn

__all__ = ["RewriteTask", "tasks_of"]

_NO_TONE = Tone({})
_OF_MOMENTS = ("forbid", "respond_to", "require_before", "require_after")


@dataclass(frozen=True)
class RewriteTask:
    """Turn `turn` of `transcript`, and the findings to mend there. `grading` is the audit as it stands."""

    transcript: Transcript
    grading: Audit
    rubric: Rubric
    turn: int
    findings: tuple[Finding, ...]
    said_wrong: frozenset[str] | None = None
    """Criteria that are broken by words rather than by silence; None where the judge does not tell them apart."""

    tone: Tone = _NO_TONE

    @property
    def said(self) -> Turn:
        """The turn as it was said."""
        return self.transcript.turns[self.turn]

    @property
    def language(self) -> str:
        """The language to write in: that of the conversation, else of the manual."""
        return self.transcript.primary_language or self.rubric.language

    @cached_property
    def criteria(self) -> tuple[Criterion, ...]:
        """The broken criteria, in the order of the findings."""
        return tuple(self.rubric.by_id[finding.criterion] for finding in self.findings)

    @cached_property
    def broken(self) -> frozenset[str]:
        """Ids of the broken criteria."""
        return frozenset(finding.criterion for finding in self.findings)

    @cached_property
    def facts(self) -> FactCheck:
        """The check that a rewrite here has to pass."""
        return FactCheck.of(self.transcript, self.turn, self.criteria, self.language)

    def at_each_moment(self, criterion: str) -> bool:
        """True where each moment, or each turn, is judged for itself: what cites another turn says that this one is mended."""
        checks = self.rubric.by_id[criterion].checks
        return self.by_words(criterion) or (bool(checks) and all(check.check in _OF_MOMENTS for check in checks))

    def by_words(self, criterion: str) -> bool:
        """True where what was said breaks it, False where something is missing; what is not known counts as said."""
        return self.said_wrong is None or criterion in self.said_wrong


def tasks_of(
    transcript: Transcript,
    grading: Audit,
    rubric: Rubric,
    said_wrong: frozenset[str] | None = None,
    tone: Tone = _NO_TONE,
) -> tuple[list[RewriteTask], dict[str, str]]:
    """The tasks in the order of their turns, and criterion id -> why there is nothing to rewrite."""
    by_turn: dict[int, list[Finding]] = {}
    hopeless: dict[str, str] = {}
    for finding in grading.violated():
        criterion = rubric.by_id.get(finding.criterion)
        if criterion is None or not finding.evidence:
            hopeless[finding.criterion] = "the rubric no longer has this criterion"
        elif _is_timing(finding, criterion):
            hopeless[finding.criterion] = "it is broken by timing, which no wording mends"
        else:
            by_turn.setdefault(_place(finding, criterion, transcript, grading), []).append(finding)
    tasks = [
        RewriteTask(transcript, grading, rubric, turn, tuple(findings), said_wrong, tone)
        for turn, findings in sorted(by_turn.items())
    ]
    return tasks, hopeless


def _is_timing(finding: Finding, criterion: Criterion) -> bool:
    kinds = {check.check for check in criterion.checks}
    if criterion.assess == "timing" or kinds == {"timing"}:
        return True
    measured = any(finding.rationale.startswith(f"{c.measure}:") for c in criterion.checks if c.check == "timing")
    return "timing" in kinds and measured


def _place(finding: Finding, criterion: Criterion, transcript: Transcript, grading: Audit) -> int:
    """The turn to work on. What is missing from a situation that begins later than the cited turn belongs to the agent's
    first words in it: a question whether all is clear does not go with the greeting."""
    cited = finding.evidence[0].turn
    if criterion.scenario == ALWAYS:
        return cited
    moments = next((o.turns for o in grading.scenarios if o.scenario == criterion.scenario), ())
    if not moments or cited >= moments[0]:
        return cited
    return _agent_turn_from(transcript, moments[0]) or cited


def _agent_turn_from(transcript: Transcript, begin: int) -> int | None:
    spoken: Sequence[Turn] = [
        turn for turn in transcript.turns[begin:] if turn.speaker == "agent" and not turn.is_event
    ]
    return spoken[0].index if spoken else None
