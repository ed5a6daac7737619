"""What many audits add up to.

Promise: figures are sums over the audits given, memory does not grow with their number, and what could not be assessed
is counted and explained, never folded into a rate. A figure with nothing under it is None, not 0 or 100.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from coach.findings import Audit, JudgeInfo, Standing, Usage
from coach.rubric import ErrorClass, Rubric

__all__ = ["OTHER_REASONS", "CriticalErrors", "Summary"]

_MOST_REASONS = 500
OTHER_REASONS = "(other reasons)"
"""Under which reasons are counted once there are 500 different ones: a judge that words each anew fills no memory."""


@dataclass
class CriticalErrors:
    """Conversations in which at least one critical criterion of an error class was settled, and those without an error.

    `accuracy` is the share without (COPC's critical error accuracy, counted per conversation), 0 to 1.
    """

    conversations: int = 0
    without_error: int = 0

    @property
    def accuracy(self) -> float | None:
        """None where no critical criterion of the class was settled in any conversation."""
        return self.without_error / self.conversations if self.conversations else None


@dataclass
class Summary:
    """Grows with `add` and `fail`. `violations` and `reasons` count findings, `rewritten` and
    `withheld` violated ones with a rewrite and with a reason for having none; `reasons` is why ones were not assessed;
    `standings` is how each of `judges` stood in the latest audit by it."""

    rubrics: Mapping[str, Rubric]
    conversations: int = 0
    failed: int = 0
    scored: int = 0
    auto_fails: int = 0
    met: int = 0
    violated: int = 0
    not_assessed: int = 0
    rewritten: int = 0
    withheld: int = 0
    violations: Counter[str] = field(default_factory=Counter)
    reasons: Counter[str] = field(default_factory=Counter)
    critical: dict[ErrorClass, CriticalErrors] = field(default_factory=dict)
    judges: dict[JudgeInfo, int] = field(default_factory=dict)
    standings: dict[JudgeInfo, Standing | None] = field(default_factory=dict)
    versions: dict[tuple[str, str], int] = field(default_factory=dict)
    usage: Usage = field(default_factory=Usage)
    seconds: float = 0.0
    _total: float = 0.0

    def add(self, audit: Audit) -> None:
        """Count one audit. Raises KeyError where its rubric, or a criterion, is not among `rubrics`."""
        self.conversations += 1
        if audit.score is not None:
            self.scored += 1
            self._total += audit.score
        self.auto_fails += audit.passed is False
        for finding in audit.findings:
            self.met += finding.verdict == "met"
            if finding.verdict == "violated":
                self.violated += 1
                self.violations[finding.criterion] += 1
                self.rewritten += finding.rewrite is not None
                self.withheld += finding.withheld is not None
            elif finding.verdict == "not_assessed":
                self.not_assessed += 1
                known = finding.rationale in self.reasons or len(self.reasons) < _MOST_REASONS
                self.reasons[finding.rationale if known else OTHER_REASONS] += 1
        self._add_critical(audit)
        self.judges[audit.judge] = self.judges.get(audit.judge, 0) + 1
        self.standings[audit.judge] = audit.qualification
        version = (audit.rubric, audit.rubric_version)
        self.versions[version] = self.versions.get(version, 0) + 1
        self.usage += audit.usage
        self.seconds += audit.seconds

    def fail(self) -> None:
        """Count one conversation that could not be graded."""
        self.failed += 1

    @property
    def mean_score(self) -> float | None:
        """Over the conversations that have a score, each counting once; 0 to 100."""
        return round(self._total / self.scored, 2) if self.scored else None

    @property
    def assessed(self) -> float | None:
        """The share of applicable criteria that got a verdict of met or violated, over all conversations."""
        applicable = self.met + self.violated + self.not_assessed
        return round((self.met + self.violated) / applicable, 4) if applicable else None

    def as_json(self) -> dict[str, Any]:
        """The summary of `--format json`."""
        return {
            "conversations": self.conversations,
            "failed": self.failed,
            "scored": self.scored,
            "mean_score": self.mean_score,
            "auto_fails": self.auto_fails,
            "met": self.met,
            "violated": self.violated,
            "not_assessed": self.not_assessed,
            "assessed": self.assessed,
            "rewrites": {"shown": self.rewritten, "withheld": self.withheld},
            "critical_error_accuracy": {
                name: {
                    "conversations": errors.conversations,
                    "without_error": errors.without_error,
                    "accuracy": None if errors.accuracy is None else round(errors.accuracy, 4),
                }
                for name, errors in sorted(self.critical.items())
            },
            "violations": [{"criterion": name, "count": count} for name, count in self.violations.most_common()],
            "not_assessed_reasons": [{"reason": text, "count": count} for text, count in self.reasons.most_common()],
            "rubrics": [{"rubric": name, "version": version} for name, version in self.versions],
            "judges": [{**judge.model_dump(), "qualification": self._standing(judge)} for judge in self.judges],
            "usage": self.usage.model_dump(),
            "seconds": round(self.seconds, 3),
        }

    def _standing(self, judge: JudgeInfo) -> dict[str, Any] | None:
        standing = self.standings[judge]
        return None if standing is None else standing.model_dump(mode="json")

    def _add_critical(self, audit: Audit) -> None:
        rubric = self.rubrics[audit.rubric]
        broken: dict[ErrorClass, bool] = {}
        for finding in audit.findings:
            if finding.severity == "critical" and finding.verdict in ("met", "violated"):
                name = rubric.by_id[finding.criterion].error_class
                broken[name] = broken.get(name, False) or finding.verdict == "violated"
        for name, with_error in broken.items():
            errors = self.critical.setdefault(name, CriticalErrors())
            errors.conversations += 1
            errors.without_error += not with_error
