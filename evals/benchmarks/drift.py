"""Does the guard guard? Drift is planted and has to be found; a judge that has not changed must not be accused.

    python evals/benchmarks/drift.py                                  # the dev split
    python evals/benchmarks/drift.py --golden evals/golden --runs 5 --points 5 -5    # all labelled conversations, as CI has
    python evals/benchmarks/drift.py --json evals/benchmarks/drift.json    # what docs/evaluation.md and its picture show
    python evals/benchmarks/drift.py --quick

The judge of this experiment says what the labels say, with noise: every run draws its verdicts anew. Three models of noise:

- `independent`: every given verdict differs from the usual one with the same chance (met and violated change places in
  two of three cases, else it is left out); criteria that do not apply get a verdict with a tenth of that chance.
- `borderline`: a tenth of the verdicts waver ten times as much, the others never do.
- `moods`: in one conversation of six everything wavers four times as much and in one direction, lenient or strict.

What is planted: a judge more lenient or stricter by so many points of the pass rate of a group (all, a manual, a
severity); a criterion dropped from the rubric; weights changed (these two are real: the rubric itself is changed, and the
verdicts are as noisy as ever); a sentence of the prompt removed (no offline judge shows what that does: the verdicts of one
scenario or of `always` waver five times as much, and a tenth of what does not apply is called met); another model (every
fifth criterion has a habit of its own: always met, never answered, or violated more often, and twice the noise).
A plant counts as found where `coach eval compare` would exit with 1; prompt hash and model name, which give the last two away
at once, are left as they are. The judge counts as one whose answers vary: for one that repeats itself every flip is found.
"""

from __future__ import annotations

import argparse
import gc
import json
import math
import random
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property, partial
from pathlib import Path
from typing import Any

from coach.evals import drift
from coach.evals.baseline import Baseline, make_baseline
from coach.evals.drift import compare_with_baseline
from coach.evals.golden import Case, read_cases
from coach.evals.results import CaseResult, EvalRun, Row, ScenarioCounts
from coach.findings import Finding, JudgeInfo, Usage, Verdict
from coach.rubric import ALWAYS, Criterion, Rubric
from coach.scoring import score

NOISE = 0.02
"""Chance that a given verdict differs from the usual one in a run."""

SHIFTS = ((5, -5), (3, -3, 2, -2, 1, -1))
"""Shifts in points of the pass rate, what is promised first; above 0 the judge is more lenient."""

JUDGE = JudgeInfo(kind="llm", model="simulated", prompt_hash="0" * 16)
NOTHING = Usage()
KEPT = 20
"""So many baselines of each noise are used for every plant."""

Key = tuple[int, str]
Verdicts = dict[Key, Verdict]
Group = Callable[[Case, str], bool]


@dataclass
class World:
    """The labelled cases and the usual verdicts."""

    cases: list[Case]

    @cached_property
    def usual(self) -> Verdicts:
        """What the judge says when it does not waver: the labels."""
        return {(n, c.id): case.verdict(c.id) for n, case in enumerate(self.cases) for c in case.rubric.assessable}

    @cached_property
    def groups(self) -> dict[str, Group]:
        """The groups of criteria that the guard tests."""

        def of_manual(name: str) -> Group:
            return lambda case, _: case.rubric.id == name

        def of_severity(level: str) -> Group:
            return lambda case, criterion: case.rubric.by_id[criterion].severity == level

        found: dict[str, Group] = {"all": lambda *_: True}
        for name in sorted({case.rubric.id for case in self.cases}):
            found[name] = of_manual(name)
        for level in ("critical", "major", "minor"):
            found[level] = of_severity(level)
        return found

    def run(self, verdicts: Verdicts, rubrics: dict[str, Rubric] | None = None) -> EvalRun:
        """These verdicts as a run of the judge, by the `rubrics` given or those of the cases."""
        cases = [replace(case, rubric=(rubrics or {}).get(case.rubric.id, case.rubric)) for case in self.cases]
        results = tuple(_result(number, case, verdicts) for number, case in enumerate(cases))
        return EvalRun(tuple(cases), results, {case.rubric.id: JUDGE for case in cases}, repeatable=False)


def _result(number: int, case: Case, verdicts: Verdicts) -> CaseResult:
    said = [_said(case.transcript.id, case, c, verdicts[number, c.id]) for c in case.rubric.assessable]
    scenarios = ScenarioCounts(hits=len(case.scenarios), invented=0, missed=0)
    value = score(case.rubric, [finding for _, finding in said if finding.verdict != "not_applicable"]).score
    rows = [row for row, _ in said]
    # The rows are models already; checking each of them again, thousands of times, is most of what a run would take.
    return CaseResult.model_construct(
        case=case.transcript.id,
        rubric=case.rubric.id,
        rows=rows,
        scenarios=scenarios,
        score=value,
        usage=NOTHING,
        failed=None,
        arose=(),
    )


_known: dict[tuple[str, str, Verdict], tuple[Row, Finding]] = {}


def _said(name: str, case: Case, criterion: Criterion, verdict: Verdict) -> tuple[Row, Finding]:
    """The row and the finding of one verdict, made once: thousands of runs say mostly the same."""
    key = name, criterion.id, verdict
    if key not in _known:
        known: dict[str, Any] = {
            "criterion": criterion.id,
            "scenario": criterion.scenario,
            "severity": criterion.severity,
            "verdict": verdict,
        }
        row = Row(case=name, rubric=case.rubric.id, label=case.verdict(criterion.id), **known)
        _known[key] = row, Finding(source="llm", **known)
    return _known[key]


def _wavering(usual: Verdict, chance: float, generator: random.Random, direction: Verdict | None = None) -> Verdict:
    if usual == "not_applicable":
        return generator.choice(("met", "violated")) if generator.random() < chance / 10 else usual
    if generator.random() >= chance:
        return usual
    if direction is not None:
        return direction
    other: Verdict = "violated" if usual == "met" else "met"
    return other if generator.random() < 2 / 3 else "not_applicable"


def independent(_: World, usual: Verdicts, generator: random.Random) -> Verdicts:
    """Every verdict wavers alike."""
    return {key: _wavering(verdict, NOISE, generator) for key, verdict in usual.items()}


def borderline(world: World, usual: Verdicts, generator: random.Random) -> Verdicts:
    """A tenth of the verdicts, always the same ones, waver ten times as much."""
    shaky = random.Random(5)
    chances = {key: NOISE * 10 * (shaky.random() < 0.1) for key in world.usual}
    return {key: _wavering(verdict, chances[key], generator) for key, verdict in usual.items()}


def moods(world: World, usual: Verdicts, generator: random.Random) -> Verdicts:
    """Whole conversations are graded leniently or strictly."""
    directions: tuple[Verdict, Verdict] = ("met", "violated")
    mood = [generator.choice(directions) if generator.random() < 1 / 6 else None for _ in world.cases]
    return {
        key: _wavering(verdict, 4 * NOISE if mood[key[0]] else NOISE / 2, generator, mood[key[0]])
        for key, verdict in usual.items()
    }


NOISES = {"independent": independent, "borderline": borderline, "moods": moods}


def shifted(world: World, group: Group, points: float, generator: random.Random) -> Verdicts | None:
    """The usual verdicts with the group's pass rate moved by `points` (up: more lenient); None where it has no room."""
    usual = world.usual
    given = [key for key in usual if usual[key] != "not_applicable" and group(world.cases[key[0]], key[1])]
    wanted: Verdict = "violated" if points > 0 else "met"
    pool = [key for key in given if usual[key] == wanted]
    count = math.ceil(abs(points) / 100 * len(given))
    if count > len(pool) or count == 0:
        return None
    becomes: Verdict = "met" if points > 0 else "violated"
    return {**usual, **dict.fromkeys(generator.sample(pool, count), becomes)}


def sentence_removed(world: World, generator: random.Random) -> Verdicts:
    """The judge has lost the rule for one situation of every manual."""
    verdicts = dict(world.usual)
    rubrics = {case.rubric.id: case.rubric for case in world.cases}
    lost = {name: generator.choice([ALWAYS, *(s.id for s in r.scenarios)]) for name, r in rubrics.items()}
    for (number, criterion), usual in world.usual.items():
        rubric = world.cases[number].rubric
        if usual == "not_applicable":
            if generator.random() < 0.1:
                verdicts[number, criterion] = "met"
        elif rubric.by_id[criterion].scenario == lost[rubric.id]:
            verdicts[number, criterion] = _wavering(usual, 5 * NOISE, generator)
    return verdicts


def other_model(world: World, generator: random.Random) -> Verdicts:
    """A judge with habits of its own."""
    criteria = sorted({criterion for _, criterion in world.usual})
    habits = {
        criterion: generator.choice(("met", "silent", "strict")) for criterion in criteria if generator.random() < 0.2
    }
    verdicts: Verdicts = {}
    for key, usual in world.usual.items():
        verdict = _wavering(usual, NOISE, generator)
        habit = habits.get(key[1])
        if verdict != "not_applicable" and habit is not None:
            strict: Verdict = "violated" if generator.random() < 0.5 else verdict
            verdict = {"met": "met", "silent": "not_applicable", "strict": strict}[habit]  # type: ignore[assignment]
        verdicts[key] = verdict
    return verdicts


def without_a_criterion(rubric: Rubric, generator: random.Random) -> Rubric:
    """The rubric without one criterion."""
    gone = generator.choice(rubric.assessable)
    return _changed(rubric, criteria=[c for c in rubric.criteria if c is not gone])


def other_weights(rubric: Rubric, generator: random.Random) -> Rubric:
    """The rubric with another weight for one severity, by half to double."""
    level = generator.choice(("critical", "major", "minor"))
    factor = generator.choice((0.5, 0.8, 1.25, 2.0))
    weights = rubric.weights.model_copy(update={level: getattr(rubric.weights, level) * factor})
    return _changed(rubric, weights=weights)


def _changed(rubric: Rubric, **changes: object) -> Rubric:
    copy = rubric.model_copy(update=changes)
    for name, value in vars(Rubric).items():
        if isinstance(value, cached_property):
            copy.__dict__.pop(name, None)
    return copy


@dataclass
class Experiment:
    """Baselines of `runs` noisy runs, and noisy runs held against them."""

    world: World
    runs: int
    seed: int = 20240501
    _baselines: dict[tuple[str, int], Baseline] = field(default_factory=dict)

    @cached_property
    def floors(self) -> dict[str, dict[str, float]]:
        """As a baseline of one noisy run would set them."""
        noisy = independent(self.world, self.world.usual, random.Random(0))
        return make_baseline([self.world.run(noisy)]).floors

    def baseline(self, noise: str, number: int) -> Baseline:
        """The baseline number `number` of the unchanged judge: 200 are drawn anew, the first 20 meet every plant."""
        key = noise, number
        if key not in self._baselines:
            generator = random.Random(f"{self.seed} baseline {noise} {number}")
            draws = [NOISES[noise](self.world, self.world.usual, generator) for _ in range(self.runs)]
            made = make_baseline([self.world.run(verdicts) for verdicts in draws], self.floors)
            if number >= KEPT:
                return made
            self._baselines[key] = made
        return self._baselines[key]

    def found(self, noise: str, plant: Callable[[random.Random], EvalRun | None], times: int) -> tuple[int, int]:
        """How many of `times` comparisons failed, and of how many (a plant may have no room)."""
        failures = tried = 0
        for number in range(times):
            generator = random.Random(f"{self.seed} {noise} {number}")
            run = plant(generator)
            if run is None:
                continue
            tried += 1
            failures += bool(compare_with_baseline(self.baseline(noise, number), run).problems)
        return failures, tried

    def unchanged(self, noise: str) -> Callable[[random.Random], EvalRun]:
        """No plant: the same judge once more."""
        return lambda generator: self.world.run(NOISES[noise](self.world, self.world.usual, generator))

    def with_verdicts(self, noise: str, verdicts: Callable[[random.Random], Verdicts | None]):  # type: ignore[no-untyped-def]
        """A judge whose usual verdicts are others."""

        def plant(generator: random.Random) -> EvalRun | None:
            usual = verdicts(generator)
            return None if usual is None else self.world.run(NOISES[noise](self.world, usual, generator))

        return plant

    def with_rubric(
        self, noise: str, change: Callable[[Rubric, random.Random], Rubric]
    ) -> Callable[[random.Random], EvalRun]:
        """The same judge, one rubric changed."""

        def plant(generator: random.Random) -> EvalRun:
            rubrics = {case.rubric.id: case.rubric for case in self.world.cases}
            name = generator.choice(sorted(rubrics))
            verdicts = NOISES[noise](self.world, self.world.usual, generator)
            return self.world.run(verdicts, {name: change(rubrics[name], generator)})

        return plant


def experiments(
    world: World, runs: Sequence[int], points: Sequence[int], *, false_alarms: int, plants: int
) -> Iterator[dict[str, object]]:
    """All of them, one result at a time: what is promised first, then the power for smaller shifts; with `points` only shifts
    of that size."""
    held_by = {number: Experiment(world, number) for number in runs}
    for number, held in held_by.items() if not points else ():
        for noise in NOISES:
            yield _line("unchanged", "", noise, number, held.found(noise, held.unchanged(noise), false_alarms))
            for name, change in (("criterion dropped", without_a_criterion), ("weights changed", other_weights)):
                yield _line(name, "", noise, number, held.found(noise, held.with_rubric(noise, change), plants))
            sentence = held.with_verdicts(noise, partial(sentence_removed, world))
            yield _line("prompt sentence removed", "", noise, number, held.found(noise, sentence, plants))
            model = held.with_verdicts(noise, partial(other_model, world))
            yield _line("another model", "", noise, number, held.found(noise, model, plants))
    for some in (points,) if points else SHIFTS:
        for held in held_by.values():
            for shift in some:
                yield from _shifts(world, held, shift, plants)


def _shifts(world: World, held: Experiment, points: int, plants: int) -> Iterator[dict[str, object]]:
    for group, belongs in world.groups.items():
        plant = held.with_verdicts("independent", partial(shifted, world, belongs, points))
        result = held.found("independent", plant, plants)
        if result[1]:
            yield _line(f"{points:+d} points", group, "independent", held.runs, result)


def _line(plant: str, group: str, noise: str, runs: int, result: tuple[int, int]) -> dict[str, object]:
    found, tried = result
    return {"plant": plant, "group": group, "noise": noise, "baseline_runs": runs, "found": found, "of": tried}


def sizes(world: World) -> dict[str, tuple[int, int]]:
    """Group -> how many verdicts are given in it, and how many of them are `violated`."""
    found: dict[str, tuple[int, int]] = {}
    for name, group in world.groups.items():
        said = [v for k, v in world.usual.items() if v != "not_applicable" and group(world.cases[k[0]], k[1])]
        found[name] = len(said), said.count("violated")
    return found


def tables(data: dict[str, Any]) -> Iterator[str]:
    """The results as the tables of docs/evaluation.md (Markdown)."""
    found = {
        (line["plant"], line["group"], line["noise"], line["baseline_runs"]): f"{line['found']} of {line['of']}"
        for line in data["results"]
    }
    runs = sorted({line["baseline_runs"] for line in data["results"]})
    plants = list(dict.fromkeys(line["plant"] for line in data["results"] if not line["group"]))
    counts = [
        [f"{plant}, {number} run{'s' * (number > 1)}", *(found[plant, "", noise, number] for noise in NOISES)]
        for plant in plants
        for number in runs
    ]
    yield from _table(["planted, baseline", *NOISES], counts) if counts else ()
    points = sorted({int(line["plant"].split()[0]) for line in data["results"] if line["group"]})
    groups = sorted(data["groups"], key=lambda name: -data["groups"][name][0])
    for number in runs:
        yield from _table(
            [f"baseline of {number} run{'s' * (number > 1)} (verdicts)", *(f"{p:+d}" for p in points)],
            [
                [
                    f"{group} ({data['groups'][group][0]:,})",
                    *(found.get((f"{p:+d} points", group, "independent", number), "").split(" ")[0] for p in points),
                ]
                for group in groups
            ],
        )


def _table(head: list[str], rows: list[list[str]]) -> Iterator[str]:
    yield ""
    for line in (head, ["---"] * len(head), *rows):
        yield f"| {' | '.join(line)} |"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--golden", type=Path, nargs="+", default=[Path("evals/golden/dev")])
    parser.add_argument("--runs", type=int, nargs="+", default=[1, 5], help="runs in the baseline")
    parser.add_argument("--points", type=int, nargs="+", default=[], help="only shifts of so many points")
    parser.add_argument("--json", type=Path, help="keep the results here (docs/images/drift_power.py draws them)")
    parser.add_argument("--quick", action="store_true", help="a tenth of the repetitions")
    flags = parser.parse_args()
    # Not part of what fails a comparison, and most of its time: slides of means, and the garbage that statsmodels collects.
    drift._slides = lambda *_: ()  # type: ignore[assignment]
    gc.collect = lambda *_: 0  # type: ignore[assignment]
    world = World(read_cases(flags.golden))
    groups = sizes(world)
    print(f"{len(world.cases)} conversations, {groups['all'][0]} given verdicts, noise {NOISE:.0%}")
    for name, (count, violated) in groups.items():
        print(f"  {name}: {count} verdicts, {violated} violated")
    data: dict[str, Any] = {"conversations": len(world.cases), "noise": NOISE, "groups": groups, "results": []}
    times = {"false_alarms": 20, "plants": 5} if flags.quick else {"false_alarms": 200, "plants": 20}
    for line in experiments(world, flags.runs, flags.points, **times):
        data["results"].append(line)
        what = " ".join(str(line[name]) for name in ("plant", "group") if line[name])
        print(
            f"{what}, noise {line['noise']}, {line['baseline_runs']} runs: {line['found']} of {line['of']}", flush=True
        )
    print("\n".join(tables(data)))
    if flags.json:
        flags.json.write_text(json.dumps(data, indent=1) + "\n", "utf-8")


if __name__ == "__main__":
    main()
