"""Does a judge grade as it did when the baseline was frozen?

What fails a comparison: a case or criterion that is gone, a figure below its floor, a criterion or a group of criteria
that has shifted by more than chance (exact tests, corrected), scores that differ for the same verdicts (weights, scoring
code), and single flips where no chance is involved: with a judge whose answers repeat, every flip that neither judge,
prompt nor rubric explains, and every verdict that was right and is now wrong.

Promise: every flipped verdict is named with case, criterion and both verdicts, whatever the tests say. If nothing has
changed but chance, the tests alarm in at most 5% of the comparisons: 4% for groups, 1% for single criteria.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from coach.evals.baseline import FLOOR_FIGURES, Baseline, FrozenCriterion
from coach.evals.comparison import ALPHA_CRITERIA, ALPHA_GROUPS, Comparison, Flip, Floor, Measure, Slide, Tested
from coach.evals.paired import Outcome, corrected, mean_slide, shift
from coach.evals.results import CaseResult, EvalRun, Row, figures
from coach.findings import Finding, Verdict
from coach.rubric import Rubric
from coach.scoring import score

__all__ = ["compare_with_baseline"]

_VANISHED = 4
"""A criterion answered in so many cases of the baseline and in none now is gone, whatever the tests can say of so few."""

_CODES: dict[Verdict, int] = {"not_applicable": 0, "not_assessed": 1, "met": 2, "violated": 3}
Codes = npt.NDArray[np.int64]

_MEASURES: dict[Measure, Callable[[Codes, Codes], npt.NDArray[np.bool_]]] = {
    "violated": lambda verdict, _: verdict == _CODES["violated"],
    "answered": lambda verdict, _: verdict >= _CODES["met"],
    "right": lambda verdict, label: np.where(verdict == _CODES["not_assessed"], 0, verdict) == label,
}


@dataclass(frozen=True)
class _Pair:
    """One criterion of one case, then and now."""

    row: Row
    then: FrozenCriterion


def compare_with_baseline(baseline: Baseline, run: EvalRun) -> Comparison:
    """Lay `run` beside `baseline`. Cases that the baseline does not know are named and not compared."""
    pairs, missing = _pairs(baseline, run)
    tally = _Tally.of(pairs)
    graded = {result.case: result for result in run.results if result.failed is None}
    paired = {pair.row.case for pair in pairs}
    compared = [name for name in baseline.cases if name in graded and name in paired]
    return Comparison(
        cases=len(compared),
        changes=tuple(_changes(baseline, run)),
        missing=(*missing, *_vanished(pairs)),
        unknown=tuple(case.transcript.id for case in run.cases if case.transcript.id not in baseline.cases),
        failed=run.failed,
        rescored=tuple(_rescored(baseline, run)),
        flips=tuple(_flips(baseline, run, pairs)),
        criteria=_test_criteria(pairs, tally),
        groups=_test_groups(pairs, tally),
        floors=() if run.failed else tuple(_floors(baseline, run.results)),
        slides=_slides(baseline, pairs, [graded[name] for name in compared]),
        repeatable=baseline.repeatable and run.repeatable,
    )


def _rubrics(run: EvalRun) -> dict[str, Rubric]:
    return {case.rubric.id: case.rubric for case in run.cases}


def _same(baseline: Baseline, run: EvalRun, name: str) -> bool:
    then, rubric = baseline.rubrics[name], _rubrics(run)[name]
    return then.judge == run.judges[name] and then.content_hash == rubric.content_hash


def _changes(baseline: Baseline, run: EvalRun) -> Iterator[str]:
    for name, rubric in sorted(_rubrics(run).items()):
        then, judge = baseline.rubrics.get(name), run.judges[name]
        if then is None:
            continue
        if (then.judge.kind, then.judge.model) != (judge.kind, judge.model):
            yield f"{name}: another judge: {then.judge.kind} {then.judge.model} -> {judge.kind} {judge.model}"
        elif then.judge.prompt_hash != judge.prompt_hash:
            what = (
                "prompt or settings" if judge.kind == "llm" else "rubric, signals, checks or code of the embedded judge"
            )
            yield f"{name}: {what} changed: {then.judge.prompt_hash} -> {judge.prompt_hash}"
        if then.content_hash != rubric.content_hash:
            versions = (
                f"{then.version} -> {rubric.version}" if then.version != rubric.version else f"still {then.version}"
            )
            yield f"{name}: the rubric changed (version {versions})"


def _pairs(baseline: Baseline, run: EvalRun) -> tuple[list[_Pair], list[str]]:
    """What can be compared, and what is missing from the run."""
    cases = {case.transcript.id: case for case in run.cases}
    results = {result.case: result for result in run.results}
    pairs: list[_Pair] = []
    missing: list[str] = []
    gone: dict[str, None] = {}
    nothing = _nothing_said(baseline.runs)
    for name, frozen in baseline.cases.items():
        case = cases.get(name)
        if case is None:
            missing.append(f"case {name} is in the baseline and not among the labelled conversations")
            continue
        if case.transcript.content_hash() != frozen.transcript_hash or case.rubric.id != frozen.rubric:
            missing.append(f"case {name} is another conversation than the one in the baseline")
            continue
        if results[name].failed is not None:
            continue
        rows = {row.criterion: row for row in results[name].rows}
        for criterion in baseline.rubrics[frozen.rubric].criteria:
            if criterion in rows:
                pairs.append(_Pair(rows[criterion], frozen.criteria.get(criterion, nothing)))
            else:
                gone[f"criterion {criterion} is in the baseline and is no longer judged"] = None
    return pairs, [*missing, *gone]


def _nothing_said(runs: int) -> FrozenCriterion:
    """A criterion that the baseline leaves out: no label, and no verdict in any run."""
    none: list[Verdict] = ["not_applicable"] * runs
    return FrozenCriterion(label="not_applicable", verdicts=tuple(none), confidence=(None,) * runs)


def _vanished(pairs: Sequence[_Pair]) -> Iterator[str]:
    answered: dict[str, list[int]] = defaultdict(lambda: [0, 0])
    for pair in pairs:
        answered[pair.row.criterion][0] += pair.then.verdict in ("met", "violated")
        answered[pair.row.criterion][1] += pair.row.verdict in ("met", "violated")
    for criterion, (then, now) in answered.items():
        if then >= _VANISHED and not now:
            yield f"criterion {criterion} was answered in {then} cases of the baseline and is answered in none now"


def _flips(baseline: Baseline, run: EvalRun, pairs: Sequence[_Pair]) -> Iterator[Flip]:
    same = {name: _same(baseline, run, name) for name in _rubrics(run) if name in baseline.rubrics}
    for pair in pairs:
        row = pair.row
        if row.verdict != pair.then.verdict:
            explained = not same[row.rubric]
            yield Flip(row.case, row.criterion, row.label, pair.then.verdict, row.verdict, explained, row.reason)


def _rescored(baseline: Baseline, run: EvalRun) -> Iterator[str]:
    """The baseline's own verdicts, scored as one would score today: verdicts apart, do weights and scoring give the same?"""
    rubrics = _rubrics(run)
    for name, frozen in baseline.cases.items():
        rubric = rubrics.get(frozen.rubric)
        if rubric is None or not set(frozen.criteria) <= set(rubric.by_id):
            continue
        again = score(rubric, [_finding(rubric, c, f.verdicts[0]) for c, f in frozen.criteria.items()]).score
        if again != frozen.scores[0]:
            yield f"case {name} scores {_number(again)} where it scored {_number(frozen.scores[0])} with the same verdicts"


def _finding(rubric: Rubric, criterion: str, verdict: Verdict) -> Finding:
    of = rubric.by_id[criterion]
    return Finding(criterion=criterion, verdict=verdict, scenario=of.scenario, severity=of.severity, source="check")


def _number(value: float | None) -> str:
    return "nothing" if value is None else f"{value:g}"


@dataclass(frozen=True)
class _Tally:
    """The pairs as arrays: `case` numbers the conversation, `now` and `then` (pairs x runs) hold 0 or 1 for each measure."""

    case: npt.NDArray[np.int64]
    now: dict[Measure, npt.NDArray[np.int64]]
    then: dict[Measure, npt.NDArray[np.int64]]

    @classmethod
    def of(cls, pairs: Sequence[_Pair]) -> _Tally:
        """Count every pair once."""
        numbers: dict[str, int] = {}
        case = np.array([numbers.setdefault(pair.row.case, len(numbers)) for pair in pairs], dtype=np.int64)
        label = np.array([_CODES[pair.row.label] for pair in pairs], dtype=np.int64)
        now = np.array([_CODES[pair.row.verdict] for pair in pairs], dtype=np.int64)
        then = np.array([[_CODES[verdict] for verdict in pair.then.verdicts] for pair in pairs], dtype=np.int64)
        return cls(
            case,
            {measure: held(now, label).astype(np.int64) for measure, held in _MEASURES.items()},
            {measure: held(then, label[:, None]).astype(np.int64) for measure, held in _MEASURES.items()},
        )

    def shift(self, chosen: npt.NDArray[np.int64], measure: Measure) -> Outcome:
        """The exact test over the `chosen` pairs, summed by conversation."""
        _, block = np.unique(self.case[chosen], return_inverse=True)
        then = self.then[measure][chosen]
        sums = np.zeros((block.max() + 1, then.shape[1] + 1), dtype=np.int64)
        np.add.at(sums, block, np.column_stack([self.now[measure][chosen], then]))
        return shift(sums[:, 0], sums[:, 1:])


def _test_criteria(pairs: Sequence[_Pair], tally: _Tally) -> tuple[Tested, ...]:
    """McNemar's exact test for each criterion and measure in which a verdict changed. The others are left out: without a
    changed verdict a test cannot find anything, so Tarone's method does not count it either."""
    places: dict[str, list[int]] = defaultdict(list)
    changed: set[str] = set()
    for place, pair in enumerate(pairs):
        places[pair.row.criterion].append(place)
        if any(verdict != pair.row.verdict for verdict in pair.then.verdicts):
            changed.add(pair.row.criterion)
    return _tested({name: np.array(places[name]) for name in places if name in changed}, tally, ALPHA_CRITERIA)


def _test_groups(pairs: Sequence[_Pair], tally: _Tally) -> tuple[Tested, ...]:
    """All criteria, those of each manual (where there are several) and of each severity."""
    manuals = np.array([pair.row.rubric for pair in pairs])
    severities = np.array([pair.row.severity for pair in pairs])
    groups = {"all": np.arange(len(pairs))}
    if len(set(manuals)) > 1:
        groups.update({str(name): np.flatnonzero(manuals == name) for name in np.unique(manuals)})
    groups.update({name: np.flatnonzero(severities == name) for name in ("critical", "major", "minor")})
    return _tested({name: chosen for name, chosen in groups.items() if len(chosen)}, tally, ALPHA_GROUPS)


def _tested(scopes: dict[str, npt.NDArray[np.int64]], tally: _Tally, level: float) -> tuple[Tested, ...]:
    """One family of tests: every measure over every scope, corrected together."""
    found = [(name, measure, tally.shift(chosen, measure)) for name, chosen in scopes.items() for measure in _MEASURES]
    outcomes = corrected([outcome for _, _, outcome in found], level)
    return tuple(
        Tested(name, measure, outcome, level) for (name, measure, _), outcome in zip(found, outcomes, strict=True)
    )


def _floors(baseline: Baseline, results: Sequence[CaseResult]) -> Iterator[Floor]:
    known = [result for result in results if result.case in baseline.cases]
    for scope, floors in baseline.floors.items():
        chosen = [result for result in known if scope in ("all", result.rubric)]
        value = figures(chosen, resamples=1)
        for name in FLOOR_FIGURES:
            if name in floors:
                yield Floor(scope, name, floors[name], getattr(value, name).value)


def _slides(baseline: Baseline, pairs: Sequence[_Pair], results: Sequence[CaseResult]) -> tuple[Slide, ...]:
    scores = [(_nan(r.score), [_nan(s) for s in baseline.cases[r.case].scores]) for r in results]
    sure: dict[str, list[tuple[float, list[float]]]] = defaultdict(list)
    for pair in pairs:
        then = [c for c in pair.then.confidence if c is not None]
        if pair.row.confidence is not None and len(then) == baseline.runs:
            sure[pair.row.case].append((pair.row.confidence, then))
    confidence = [
        (float(np.mean([now for now, _ in each])), list(np.mean([then for _, then in each], axis=0)))
        for each in sure.values()
    ]
    slides: list[Slide] = []
    if scores:
        now, before = zip(*scores, strict=True)
        slides.append(Slide("score", mean_slide(np.array(now), np.array(before))))
    if confidence:
        now, before = zip(*confidence, strict=True)
        slides.append(Slide("confidence", mean_slide(np.array(now), np.array(before))))
    return tuple(slides)


def _nan(value: float | None) -> float:
    return float("nan") if value is None else value
