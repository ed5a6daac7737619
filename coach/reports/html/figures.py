"""What a report counts, conversation by conversation.

Promise: figures are sums over the audits given and memory does not grow with their number, but for agents, weeks, clauses
and a few examples of each clause. What was not assessed is counted beside the rates, never in them.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta

from coach.findings import Finding, JudgeInfo, Usage
from coach.interval import Share
from coach.reports.html.estimates import Mean, mean_of
from coach.rubric import ErrorClass, Rubric
from coach.store.records import StoredAudit

__all__ = ["ClauseCount", "Example", "Figures", "Grading", "Tally", "general_reason", "monday_of"]

_EXAMPLES = 2
_MOST_REASONS = 500
OTHER_REASONS = ""
"""Under which reasons are counted once there are 500 different ones."""

_CONFIDENCE = re.compile(r"\s*\(\d?[.,]\d+\)")
_TURNS = re.compile(r"\bturn \d+(?:, (?:\d+|\.\.\.))*")


@dataclass
class Tally:
    """Results of some conversations, each counting once."""

    passed: int = 0
    failed: int = 0
    scores: Counter[float] = field(default_factory=Counter)
    conversations: int = 0

    def add(self, stored: StoredAudit) -> None:
        """Count one conversation."""
        self.conversations += 1
        self.passed += stored.audit.passed is True
        self.failed += stored.audit.passed is False
        if stored.audit.score is not None:
            self.scores[stored.audit.score] += 1

    @property
    def unscored(self) -> int:
        """Conversations that neither passed nor failed."""
        return self.conversations - self.passed - self.failed

    @property
    def pass_rate(self) -> Share:
        """Passed, of those that passed or failed."""
        return Share(self.passed, self.passed + self.failed)

    def mean(self) -> Mean | None:
        """The mean score, None where no conversation has one."""
        return mean_of(self.scores)


@dataclass(frozen=True)
class Example:
    """A broken clause in a conversation: the agent's words, and what could have been said. `number` is the conversation's."""

    number: int
    transcript: str
    language: str | None
    turn: int
    quote: str
    place: str | None
    rewrite: str | None


@dataclass
class ClauseCount:
    """Verdicts on one clause, and examples of it broken, those with a rewrite first."""

    severity: str
    met: int = 0
    violated: int = 0
    not_assessed: int = 0
    examples: list[Example] = field(default_factory=list)

    @property
    def broken(self) -> Share:
        """Broken, of the times that it was settled."""
        return Share(self.violated, self.met + self.violated)

    def keep(self, example: Example) -> None:
        """Keep `example` where it is better than what is there: with a rewrite, and not said before."""
        if any(example.quote == kept.quote for kept in self.examples):
            return
        self.examples.append(example)
        self.examples.sort(key=lambda kept: kept.rewrite is None)
        del self.examples[_EXAMPLES:]


@dataclass
class Grading:
    """What one judge did with one version of a rubric."""

    conversations: int = 0
    usage: Usage = field(default_factory=Usage)
    unpriced: int = 0


@dataclass
class Figures:
    """Grows with `add`. Keys: rubric and criterion, rubric and scenario, rubric and agent; weeks by their Monday.

    `critical` has, by rubric and error class, conversations in which a critical criterion of the class was settled: those
    with an error and those without. `undated` conversations count by the day of their audit.
    """

    rubrics: Mapping[str, Rubric]
    total: Tally = field(default_factory=Tally)
    by_rubric: dict[str, Tally] = field(default_factory=dict)
    by_week: dict[date, Tally] = field(default_factory=dict)
    by_agent: dict[tuple[str, str | None], Tally] = field(default_factory=dict)
    critical: dict[ErrorClass, list[int]] = field(default_factory=dict)
    situations: dict[tuple[str, str], Counter[str]] = field(default_factory=dict)
    clauses: dict[tuple[str, str], ClauseCount] = field(default_factory=dict)
    reasons: Counter[str] = field(default_factory=Counter)
    gradings: dict[tuple[JudgeInfo, str, str], Grading] = field(default_factory=dict)
    undated: int = 0
    first: date | None = None
    last: date | None = None

    def add(self, number: int, stored: StoredAudit, language: str | None) -> None:
        """Count an audit; `number` is that of the conversation on the page, `language` is what it is held in."""
        audit, day = stored.audit, stored.held.date()
        self.undated += stored.held == stored.created
        self.first = min(self.first or day, day)
        self.last = max(self.last or day, day)
        for tally in (
            self.total,
            self.by_rubric.setdefault(audit.rubric, Tally()),
            self.by_week.setdefault(monday_of(day), Tally()),
            self.by_agent.setdefault((audit.rubric, audit.agent), Tally()),
        ):
            tally.add(stored)
        for finding in audit.findings:
            self._count(number, stored, finding, language)
        self._count_critical(stored)
        grading = self.gradings.setdefault((audit.judge, audit.rubric, audit.rubric_version), Grading())
        grading.conversations += 1
        grading.usage += audit.usage
        grading.unpriced += audit.usage.requests > 0 and audit.usage.cost_usd is None

    @property
    def settled(self) -> Share:
        """Verdicts of met or violated, of all that applied."""
        counts: Counter[str] = sum(self.situations.values(), Counter())
        settled = counts["met"] + counts["violated"]
        return Share(settled, settled + counts["not_assessed"])

    def _count(self, number: int, stored: StoredAudit, finding: Finding, language: str | None) -> None:
        if finding.verdict == "not_applicable":
            return
        rubric = stored.audit.rubric
        self.situations.setdefault((rubric, finding.scenario), Counter())[finding.verdict] += 1
        clause = self.clauses.setdefault((rubric, finding.criterion), ClauseCount(finding.severity))
        if finding.verdict == "met":
            clause.met += 1
        elif finding.verdict == "violated":
            clause.violated += 1
            if finding.evidence:
                clause.keep(_example(number, stored, finding, language))
        else:
            clause.not_assessed += 1
            reason = general_reason(finding.rationale)
            known = reason in self.reasons or len(self.reasons) < _MOST_REASONS
            self.reasons[reason if known else OTHER_REASONS] += 1

    def _count_critical(self, stored: StoredAudit) -> None:
        rubric = self.rubrics[stored.audit.rubric]
        broken: dict[ErrorClass, bool] = {}
        for finding in stored.audit.findings:
            criterion = rubric.by_id.get(finding.criterion)
            if criterion and finding.severity == "critical" and finding.verdict in ("met", "violated"):
                name = criterion.error_class
                broken[name] = broken.get(name, False) or finding.verdict == "violated"
        for name, with_error in broken.items():
            counts = self.critical.setdefault(name, [0, 0])
            counts[with_error] += 1


def _example(number: int, stored: StoredAudit, finding: Finding, language: str | None) -> Example:
    first, rewrite = finding.evidence[0], finding.rewrite
    return Example(
        number=number,
        transcript=stored.audit.transcript,
        language=language,
        turn=first.turn,
        quote=first.quote,
        place=rewrite.place if rewrite else None,
        rewrite=rewrite.text if rewrite else None,
    )


def general_reason(reason: str) -> str:
    """`reason` without confidence and turn numbers, so that like reasons are counted together."""
    return _TURNS.sub("turn …", _CONFIDENCE.sub("", reason)).strip()


def monday_of(day: date) -> date:
    """The first day of the ISO week of `day`."""
    return day - timedelta(days=day.weekday())
