"""A comparison with a baseline, as data for `--format json` and as sections and checks for people and CI."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict
from typing import Any

from coach.evals.comparison import Comparison, Slide, Tested
from coach.evals.rendering import Check, Section

__all__ = ["as_json", "checks", "sections"]


_FLIP_COLUMNS = ("case", "criterion", "label", "baseline", "now", "")
_TEST_COLUMNS = ("", "measure", "baseline", "now", "p", "corrected")
_SLIDE_COLUMNS = ("mean", "baseline", "now", "p", "")
_FLOOR_COLUMNS = ("", "figure", "now", "floor", "")


def as_json(comparison: Comparison) -> dict[str, Any]:
    """The comparison as plain data, with `problems` and `exit_code`."""
    data = asdict(comparison)
    for flip, found in zip(data["flips"], comparison.flips, strict=True):
        flip["effect"] = found.effect
    return {"exit_code": comparison.exit_code, "problems": list(comparison.problems), **data}


def sections(comparison: Comparison) -> list[Section]:
    """The comparison for people: the outcome first, then everything behind it."""
    return list(_sections(comparison))


def _sections(comparison: Comparison) -> Iterator[Section]:
    problems = comparison.problems
    outcome = f"{comparison.cases} conversations compared with the baseline: "
    if comparison.failed:
        outcome += f"{len(comparison.failed)} could not be graded, and " if problems else "the rest is as it was. "
    outcome += f"{len(problems)} problems." if problems else "no drift." if not comparison.failed else ""
    changes = comparison.changes or ("Judge, prompt and rubrics are those of the baseline.",)
    yield Section(notes=[outcome, *changes], items=problems)
    if comparison.failed:
        items = [f"{case}: {reason}" for case, reason in comparison.failed.items()]
        yield Section(f"{len(items)} conversations could not be graded", items=items)
    if comparison.flips:
        flips = [(f.case, f.criterion, f.label, f.before, f.now, f.effect) for f in comparison.flips]
        yield Section(f"{len(flips)} verdicts flipped", columns=_FLIP_COLUMNS, rows=flips)
    groups = [_test_row(test) for test in comparison.groups if test.outcome.change or test.shifted]
    if groups:
        yield Section("Groups of criteria with other counts", columns=_TEST_COLUMNS, rows=groups)
    if comparison.criteria:
        chosen = sorted(comparison.criteria, key=lambda test: test.outcome.p)[:20]
        yield Section(
            "Criteria with changed verdicts (20 smallest p)",
            columns=_TEST_COLUMNS,
            rows=[_test_row(test) for test in chosen],
        )
    if comparison.slides:
        slides = [_slide_row(slide) for slide in comparison.slides]
        yield Section("Slides before verdicts flip", columns=_SLIDE_COLUMNS, rows=slides)
    if comparison.floors:
        floors = [
            (f.scope, f.figure, "no data" if f.value is None else f"{f.value:.3f}", f"{f.floor:.2f}", _mark(f.broken))
            for f in comparison.floors
        ]
        yield Section("Floors", columns=_FLOOR_COLUMNS, rows=floors)
    if comparison.unknown:
        note = "Not in the baseline, so not compared; `coach eval baseline` makes a new one."
        yield Section(f"{len(comparison.unknown)} new conversations", notes=[note], items=comparison.unknown)


def _test_row(test: Tested) -> tuple[str, ...]:
    outcome = test.outcome
    mark = f" {test.direction}" if test.shifted else ""
    return (
        test.scope,
        test.measure,
        f"{outcome.before:g}",
        f"{outcome.now:g}",
        f"{outcome.p:.3g}",
        f"{outcome.adjusted:.3g}{mark}",
    )


def _slide_row(slide: Slide) -> tuple[str, ...]:
    outcome = slide.outcome
    mark = "slid" if slide.slid else ""
    return slide.figure, f"{outcome.before:.3f}", f"{outcome.now:.3f}", f"{outcome.p:.3g}", mark


def _mark(broken: bool) -> str:
    return "broken" if broken else ""


def checks(comparison: Comparison) -> list[Check]:
    """One test case for each thing that was checked; those that fail carry the reason."""
    flips = [str(flip) for flip in comparison.flips]
    found = [Check("drift", "nothing is missing", failure=_lines(comparison.missing))]
    found.append(Check("drift", "the same verdicts score the same", failure=_lines(comparison.rescored)))
    single = [p for p in comparison.problems if p.startswith(("flipped", "was right"))]
    found.append(Check("drift", "verdicts are those of the baseline", failure=_lines(single), output=flips))
    for floor in comparison.floors:
        name = f"{floor.scope} {floor.figure} is at least {floor.floor:.2f}"
        found.append(Check("drift.floors", name, failure=str(floor) if floor.broken else None))
    for suite, tests in (("drift.groups", comparison.groups), ("drift.criteria", comparison.criteria)):
        for test in tests:
            name = f"{test.scope}: {test.measure} has not shifted"
            found.append(Check(suite, name, failure=str(test) if test.shifted else None))
    found += [Check("drift.graded", case, error=reason) for case, reason in comparison.failed.items()]
    return found


def _lines(problems: tuple[str, ...] | list[str]) -> str | None:
    return "\n".join(problems) or None
