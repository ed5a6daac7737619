"""What an eval run found: one row per case and criterion, and the figures over any selection of rows.

Promise: figures are computed from rows, so every figure can be taken apart into the conversations behind it. A verdict of
`not_assessed` counts as `not_applicable` in the three-class figures and is shown as a share of its own.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from pydantic import BaseModel, ConfigDict

from coach.evals import agreement
from coach.evals.agreement import CATEGORIES, Interval
from coach.evals.golden import Case
from coach.findings import JudgeInfo, Usage, Verdict
from coach.rubric import Severity

__all__ = ["CaseResult", "EvalRun", "Figures", "Row", "ScenarioCounts", "figures", "three_class"]


class Row(BaseModel):
    """One criterion of one case: what the label says and what the judge says. Turns are None where nothing is cited.

    `verbatim` says of a verdict `violated` whether its quote stands, character for character, in the turn that it cites.
    """

    model_config = ConfigDict(frozen=True)

    case: str
    rubric: str
    criterion: str
    scenario: str
    severity: Severity
    label: Verdict
    verdict: Verdict
    ambiguous: bool = False
    confidence: float | None = None
    label_turn: int | None = None
    turn: int | None = None
    quote: str = ""
    verbatim: bool | None = None
    reason: str = ""


class ScenarioCounts(BaseModel):
    """Scenarios of one case: found rightly, invented, missed."""

    model_config = ConfigDict(frozen=True)

    hits: int
    invented: int
    missed: int


class CaseResult(BaseModel):
    """One case with all its rows. `failed` is why it could not be graded; it then has no rows. `arose` are the
    scenarios that the judge saw."""

    model_config = ConfigDict(frozen=True)

    case: str
    rubric: str
    rows: list[Row]
    scenarios: ScenarioCounts
    score: float | None = None
    usage: Usage = Usage()
    failed: str | None = None
    arose: tuple[str, ...] = ()


@dataclass(frozen=True)
class EvalRun:
    """One judge over all cases. `judges` says for each rubric which judge it was; `results` stand in the order of `cases`.

    `repeatable`: the same input is known to get the same answer (the embedded judge, recorded answers).
    """

    cases: tuple[Case, ...]
    results: tuple[CaseResult, ...]
    judges: dict[str, JudgeInfo]
    repeatable: bool

    @property
    def failed(self) -> dict[str, str]:
        """Cases that could not be graded, and why."""
        return {result.case: result.failed for result in self.results if result.failed is not None}


@dataclass(frozen=True)
class Figures:
    """Figures over some rows; intervals are 95%, by bootstrap over conversations. Shares are 0 to 1."""

    cases: int
    labels: int
    violations: int
    kappa: Interval
    alpha: Interval
    ac1: Interval
    agreement: Interval
    precision: Interval
    recall: Interval
    f1: Interval
    generosity: Interval
    scenario_f1: Interval
    not_assessed: float | None
    evidence_turn: float | None
    verbatim: float | None


def three_class(verdict: Verdict) -> Verdict:
    """A verdict as the three-class figures count it: what was not assessed has no verdict, like what does not apply."""
    return "not_applicable" if verdict == "not_assessed" else verdict


def _matrix(rows: Iterable[Row]) -> npt.NDArray[np.float64]:
    counts = np.zeros((3, 3))
    place = {name: position for position, name in enumerate(CATEGORIES)}
    for row in rows:
        counts[place[row.label], place[three_class(row.verdict)]] += 1
    return counts


def figures(
    results: Sequence[CaseResult],
    selected: Callable[[Row], bool] = lambda _: True,
    *,
    resamples: int = 2000,
) -> Figures:
    """The figures over the `selected` rows of the graded cases."""
    graded = [result for result in results if result.failed is None]
    chosen = [[row for row in result.rows if selected(row)] for result in graded]
    matrices = np.array([_matrix(rows) for rows in chosen]) if chosen else np.zeros((1, 3, 3))
    scenarios = np.array([[r.scenarios.hits, r.scenarios.invented, r.scenarios.missed] for r in graded], dtype=float)
    rows = [row for part in chosen for row in part]
    applied = [row for row in rows if row.verdict != "not_applicable"]
    found = [row for row in rows if row.verdict == row.label == "violated"]
    quoted = [row.verbatim for row in rows if row.verdict == "violated" and row.verbatim is not None]

    def interval(statistic: Callable[[npt.NDArray[np.float64]], npt.NDArray[np.float64]]) -> Interval:
        return agreement.bootstrap(matrices, statistic, resamples=resamples)

    return Figures(
        cases=len(graded),
        labels=sum(row.label != "not_applicable" for row in rows),
        violations=sum(row.label == "violated" for row in rows),
        kappa=interval(agreement.kappa),
        alpha=interval(agreement.alpha),
        ac1=interval(agreement.ac1),
        agreement=interval(agreement.agreement),
        precision=interval(agreement.precision),
        recall=interval(agreement.recall),
        f1=interval(agreement.f1),
        generosity=interval(agreement.generosity),
        scenario_f1=_scenario_f1(scenarios, resamples),
        not_assessed=_share(sum(row.verdict == "not_assessed" for row in applied), len(applied)),
        evidence_turn=_share(sum(row.turn == row.label_turn for row in found), len(found)),
        verbatim=_share(sum(quoted), len(quoted)),
    )


def _scenario_f1(counts: npt.NDArray[np.float64], resamples: int) -> Interval:
    """F1 over scenarios: 2 hits / (2 hits + invented + missed)."""
    if not len(counts):
        return Interval(None, None, None)

    def statistic(matrix: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
        hits, invented, missed = matrix[..., 0, 0], matrix[..., 0, 1], matrix[..., 0, 2]
        with np.errstate(invalid="ignore", divide="ignore"):
            return np.asarray(2 * hits / (2 * hits + invented + missed))

    return agreement.bootstrap(counts[:, None, :], statistic, resamples=resamples)


def _share(part: int, whole: int) -> float | None:
    return round(part / whole, 4) if whole else None
