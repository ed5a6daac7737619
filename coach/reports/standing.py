"""How far to trust a judge, in one line of a report."""

from __future__ import annotations

from coach.findings import Standing
from coach.reports.labels import Labels

__all__ = ["standing_line"]


def standing_line(standing: Standing | None, labels: Labels) -> str:
    """`qualified 2026-11-22: violation F1 0.70 [0.60, 0.79], ...`, in the language of `labels`."""
    if standing is None or standing.status == "untested":
        reasons = standing.reasons if standing else ()
        return labels("untested_because", reasons="; ".join(reasons)) if reasons else labels("untested")
    return labels(
        standing.status,
        date=standing.date,
        reasons="; ".join(standing.reasons),
        f1=_interval(standing.f1, labels),
        kappa=_interval(standing.kappa, labels),
        count=standing.conversations,
        rubrics=", ".join(standing.rubrics),
    )


def _interval(figure: tuple[float, float, float] | None, labels: Labels) -> str:
    return labels("not_given") if figure is None else "{:.2f} [{:.2f}, {:.2f}]".format(*figure)
