"""What one check says of one conversation."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from coach.findings import Verdict

__all__ = ["Outcome", "combine"]


@dataclass(frozen=True)
class Outcome:
    """`confidence` is 0 to 1; `turn` and `quote` are the evidence, where there is any.

    `kind` is that of the check. `learned` is how likely, as log-odds, the recogniser of acts finds what bears on it: that the
    words cited are rude, or that the words said to be missing were said after all; None where it has nothing to say."""

    verdict: Verdict
    confidence: float = 1.0
    turn: int | None = None
    quote: str = ""
    reason: str = ""
    kind: str = ""
    learned: float | None = None


def combine(outcomes: Iterable[Outcome]) -> Outcome:
    """One verdict from several: any violation breaks the criterion, then any doubt leaves it open, then met, then not applicable.

    Of several outcomes with the deciding verdict the surest counts (for met: the least sure, as all have to hold).
    """
    by_verdict: dict[Verdict, list[Outcome]] = {}
    for outcome in outcomes:
        by_verdict.setdefault(outcome.verdict, []).append(outcome)
    if violated := by_verdict.get("violated"):
        return max(violated, key=lambda outcome: outcome.confidence)
    if open_ones := by_verdict.get("not_assessed"):
        return open_ones[0]
    if met := by_verdict.get("met"):
        return min(met, key=lambda outcome: outcome.confidence)
    return Outcome("not_applicable")
