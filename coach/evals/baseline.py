"""The frozen baseline: what a judge said of every labelled conversation on the day someone decided that it was good.

Promise: a baseline is a plain JSON file, one conversation a line so that a review shows what changed, and nothing
overwrites it unless told to. It holds all that a comparison needs: judge, prompt hash and rubric for every manual, per case
and criterion the label, the verdict of every run and its confidence, and the floors below which no figure may fall.
"""

from __future__ import annotations

import json
import math
from collections import Counter
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, ValidationError

from coach import __version__
from coach.errors import ConfigError, InputError
from coach.evals.agreement import Interval
from coach.evals.results import EvalRun, Figures, figures
from coach.findings import JudgeInfo, Verdict

__all__ = [
    "FLOOR_FIGURES",
    "Baseline",
    "FrozenCase",
    "FrozenCriterion",
    "FrozenRubric",
    "make_baseline",
    "read_baseline",
    "write_baseline",
]

FLOOR_FIGURES = ("kappa", "f1", "scenario_f1")
"""Figures that have a floor."""

_SLACK, _SLACK_OF_MANUAL = 0.05, 0.10
"""A floor is this much below the figure, or at the lower end of its interval where that is lower. Over the few conversations of
one manual a judge that varies can lose 5 points of F1 by chance; what is less than 10 there is for the tests to tell."""


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class FrozenCriterion(_Frozen):
    """One criterion of one case: its label, and the verdict and confidence of every run."""

    label: Verdict
    verdicts: tuple[Verdict, ...]
    confidence: tuple[float | None, ...]

    @property
    def verdict(self) -> Verdict:
        """The verdict of most runs, of the first of them where there are as many of another."""
        return self.verdicts[0] if len(set(self.verdicts)) == 1 else Counter(self.verdicts).most_common(1)[0][0]


class FrozenCase(_Frozen):
    """One case. A criterion that is missing has no label and got no verdict in any run (closed world)."""

    rubric: str
    transcript_hash: str
    scores: tuple[float | None, ...]
    criteria: dict[str, FrozenCriterion]


class FrozenRubric(_Frozen):
    """The rubric and the judge of one manual. `criteria` are those that a transcript can settle."""

    version: str
    content_hash: str
    judge: JudgeInfo
    criteria: tuple[str, ...]


class Baseline(_Frozen):
    """`runs` is how often every case was graded. `floors` is by `all` and by manual; a person may edit it."""

    format: Literal[1] = 1
    coach: str
    created: str
    repeatable: bool
    runs: int
    rubrics: dict[str, FrozenRubric]
    floors: dict[str, dict[str, float]]
    cases: dict[str, FrozenCase]


def make_baseline(runs: Sequence[EvalRun], floors: dict[str, dict[str, float]] | None = None) -> Baseline:
    """Freeze runs of one judge over the same cases; `floors` in place of those that follow from the first run.

    Raises `ConfigError` where a case could not be graded.
    """
    first = runs[0]
    failed = {name: reason for run in runs for name, reason in run.failed.items()}
    if failed:
        name, reason = next(iter(failed.items()))
        raise ConfigError(f"no baseline without every case: {len(failed)} could not be graded; {name}: {reason}")
    rubrics = {case.rubric.id: case.rubric for case in first.cases}
    return Baseline(
        coach=__version__,
        created=datetime.now(UTC).isoformat(timespec="seconds"),
        repeatable=first.repeatable,
        runs=len(runs),
        rubrics={
            name: FrozenRubric(
                version=rubric.version,
                content_hash=rubric.content_hash,
                judge=first.judges[name],
                criteria=tuple(criterion.id for criterion in rubric.assessable),
            )
            for name, rubric in sorted(rubrics.items())
        },
        floors=_floors(first) if floors is None else floors,
        cases={case.transcript.id: _freeze(runs, place) for place, case in enumerate(first.cases)},
    )


def _freeze(runs: Sequence[EvalRun], place: int) -> FrozenCase:
    case, results = runs[0].cases[place], [run.results[place] for run in runs]
    criteria: dict[str, FrozenCriterion] = {}
    for rows in zip(*(result.rows for result in results), strict=True):
        verdicts = tuple(row.verdict for row in rows)
        if {rows[0].label, *verdicts} != {"not_applicable"}:
            criteria[rows[0].criterion] = FrozenCriterion(
                label=rows[0].label, verdicts=verdicts, confidence=tuple(row.confidence for row in rows)
            )
    return FrozenCase(
        rubric=case.rubric.id,
        transcript_hash=case.transcript.content_hash(),
        scores=tuple(result.score for result in results),
        criteria=criteria,
    )


def _floors(run: EvalRun) -> dict[str, dict[str, float]]:
    names = sorted({result.rubric for result in run.results})
    scopes = {"all": figures(run.results)}
    if len(names) > 1:
        scopes.update({name: figures([r for r in run.results if r.rubric == name]) for name in names})
    return {name: _floors_of(scope, _SLACK if name == "all" else _SLACK_OF_MANUAL) for name, scope in scopes.items()}


def _floors_of(scope: Figures, slack: float) -> dict[str, float]:
    floors: dict[str, float] = {}
    for name in FLOOR_FIGURES:
        figure: Interval = getattr(scope, name)
        if figure.value is not None and figure.low is not None:
            floors[name] = math.floor(100 * max(0.0, min(figure.low, figure.value - slack))) / 100
    return floors


def write_baseline(baseline: Baseline, path: Path, *, force: bool = False) -> None:
    """Write the file. Raises `ConfigError` where there is one already and not `force`."""
    if path.exists() and not force:
        raise ConfigError(
            f"{path} is there already; nothing replaces a baseline by itself: --force, and review the change"
        )
    head = baseline.model_dump(mode="json", exclude={"cases"})
    lines = [f"  {json.dumps(name)}: {case.model_dump_json()}" for name, case in sorted(baseline.cases.items())]
    text = json.dumps(head, ensure_ascii=False, indent=1)[:-2] + ',\n "cases": {\n' + ",\n".join(lines) + "\n }\n}\n"
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")
    except OSError as error:
        raise ConfigError(f"{path}: cannot be written: {error}") from error


def read_baseline(path: Path) -> Baseline:
    """Read the file. Raises `InputError` where it is no baseline."""
    try:
        return Baseline.model_validate_json(path.read_text("utf-8"))
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(
            f"cannot be read: {error}", source=path, hint="make one with `coach eval baseline -o FILE`"
        ) from error
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(map(str, first["loc"])) or "file"
        raise InputError(f"is no baseline: {where}: {first['msg']}", source=path) from error
