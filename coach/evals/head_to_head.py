"""Judge against judge on the same cases: figures side by side, their differences with intervals, who said what.

Promise: only conversations that both have graded count, and each difference is paired: both judges are resampled together.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from coach.evals import agreement
from coach.evals.agreement import CATEGORIES, Interval, bootstrap
from coach.evals.baseline import make_baseline
from coach.evals.comparison import Comparison
from coach.evals.drift import compare_with_baseline
from coach.evals.rendering import Section, interval
from coach.evals.report import judge_names
from coach.evals.results import CaseResult, EvalRun, figures, three_class

__all__ = ["HeadToHead", "head_to_head", "sections"]

Matrix = npt.NDArray[np.float64]
_FIGURES: dict[str, Callable[[Matrix], Matrix]] = {
    "kappa": agreement.kappa,
    "ac1": agreement.ac1,
    "precision": agreement.precision,
    "recall": agreement.recall,
    "f1": agreement.f1,
    "generosity": agreement.generosity,
}


@dataclass(frozen=True)
class HeadToHead:
    """`first` and `second` are figures against the labels, `differences` second minus first. `between` is the kappa of the two
    judges with each other. `comparison` has the flips (from the first judge to the second) and the exact tests."""

    names: tuple[str, str]
    first: dict[str, Interval]
    second: dict[str, Interval]
    differences: dict[str, Interval]
    between: Interval
    comparison: Comparison
    failed: dict[str, str]


def head_to_head(first: EvalRun, second: EvalRun) -> HeadToHead:
    """Compare two runs over the same cases."""
    failed = {**first.failed, **second.failed}
    one, other = _without(first, failed), _without(second, failed)
    sides = [figures(run.results) for run in (one, other)]
    label, between = _stacked(one.results, other.results)
    values = [{name: getattr(side, name) for name in _FIGURES} for side in sides]

    def difference(statistic: Callable[[Matrix], Matrix]) -> Interval:
        return bootstrap(label, lambda m: np.asarray(statistic(m[..., 3:, :]) - statistic(m[..., :3, :])))

    return HeadToHead(
        names=(judge_names(list(first.judges.values())), judge_names(list(second.judges.values()))),
        first=values[0],
        second=values[1],
        differences={name: difference(statistic) for name, statistic in _FIGURES.items()},
        between=bootstrap(between, agreement.kappa),
        comparison=compare_with_baseline(make_baseline([one], floors={}), other),
        failed=failed,
    )


def _without(run: EvalRun, names: dict[str, str]) -> EvalRun:
    kept = [(case, result) for case, result in zip(run.cases, run.results, strict=True) if result.case not in names]
    return replace(run, cases=tuple(case for case, _ in kept), results=tuple(result for _, result in kept))


def _stacked(first: Sequence[CaseResult], second: Sequence[CaseResult]) -> tuple[Matrix, Matrix]:
    """Per conversation the two matrices label x verdict, one above the other, and the matrix first x second."""
    place = {name: position for position, name in enumerate(CATEGORIES)}
    label, between = np.zeros((len(first), 6, 3)), np.zeros((len(first), 3, 3))
    for number, (one, other) in enumerate(zip(first, second, strict=True)):
        for a, b in zip(one.rows, other.rows, strict=True):
            said, answered = place[three_class(a.verdict)], place[three_class(b.verdict)]
            label[number, place[a.label], said] += 1
            label[number, 3 + place[b.label], answered] += 1
            between[number, said, answered] += 1
    return label, between


def sections(found: HeadToHead) -> list[Section]:
    """For people."""
    rows = [
        (name, interval(found.first[name]), interval(found.second[name]), interval(found.differences[name]))
        for name in found.first
    ]
    notes = [
        f"First: {found.names[0]}. Second: {found.names[1]}.",
        f"Kappa between the two: {interval(found.between)}. {found.comparison.cases} conversations graded by both.",
    ]
    columns = ("against the labels", "first", "second", "second - first")
    flips = [(f.case, f.criterion, f.label, f.before, f.now) for f in found.comparison.flips]
    tests = [
        (test.scope, test.measure, f"{test.outcome.before:g}", f"{test.outcome.now:g}", f"{test.outcome.adjusted:.3g}")
        for test in found.comparison.groups
    ]
    return [
        Section(notes=notes, columns=columns, rows=rows),
        Section("Counts, exact paired tests", columns=("", "measure", "first", "second", "corrected p"), rows=tests),
        Section(
            f"{len(flips)} different verdicts", columns=("case", "criterion", "label", "first", "second"), rows=flips
        ),
        Section(items=[f"not graded: {case}: {reason}" for case, reason in found.failed.items()]),
    ]
