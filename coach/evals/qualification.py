"""Does a judge know enough to be believed? It grades a short set of labelled conversations before anyone relies on it.

Kappa alone does not qualify: violations are rare, so a judge that calls everything met in the right situations reaches a
high kappa and has found nothing. A judge qualifies that finds violations (F1), agrees better than two judges that know
nothing, and does not give degenerate answers: the same for every conversation, one verdict only, or down the list.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime

from coach.evals.golden import Case
from coach.evals.rendering import Section, interval
from coach.evals.results import CaseResult, EvalRun, Figures, figures
from coach.evals.runner import BASELINES, baseline
from coach.findings import JudgeInfo, Usage
from coach.rubric import ALWAYS, Rubric
from coach.store.qualifications import Qualification

__all__ = ["choose", "degenerate", "qualify", "section"]

_MAXIMUM_UNGRADED = 0.1
"""A judge that cannot grade more than this share of the conversations does not qualify."""

_SEVERAL = 3
"""From so many conversations of one manual on, equal answers are no coincidence."""

_MOSTLY, _RARELY = 0.8, 0.2
_DESIGNS = ("multiple", "clean", "omission", "paraphrase", "trap", "single", "timing")
"""In this order kinds of conversations are chosen: broken and compliant ones in turn."""


def choose(cases: Sequence[Case], number: int) -> list[Case]:
    """`number` of the cases, spread over manuals and over kinds of conversations; always the same ones."""
    by_manual: dict[str, list[Case]] = defaultdict(list)
    for case in cases:
        by_manual[case.rubric.id].append(case)
    queues = [iter(_spread(of)) for _, of in sorted(by_manual.items())]
    chosen: list[Case] = []
    while queues and len(chosen) < number:
        queue = queues.pop(0)
        following = next(queue, None)
        if following is not None:
            chosen.append(following)
            queues.append(queue)
    return chosen


def _spread(cases: Sequence[Case]) -> list[Case]:
    seen: dict[str, int] = defaultdict(int)
    keyed: list[tuple[int, int, Case]] = []
    for case in cases:
        rank = _DESIGNS.index(case.design) if case.design in _DESIGNS else len(_DESIGNS)
        keyed.append((seen[case.design], rank, case))
        seen[case.design] += 1
    return [case for _, _, case in sorted(keyed, key=lambda entry: entry[:2])]


def qualify(run: EvalRun, *, floor_f1: float, endpoint: str | None) -> list[Qualification]:
    """One qualification for each judge of `run`: one for an endpoint, one per manual for the embedded judge, whose checks
    are the manual's own."""
    by_judge: dict[JudgeInfo, list[int]] = defaultdict(list)
    for place, case in enumerate(run.cases):
        by_judge[run.judges[case.rubric.id]].append(place)
    return [_qualify(judge, _part(run, places), floor_f1, endpoint) for judge, places in by_judge.items()]


def _part(run: EvalRun, places: Sequence[int]) -> EvalRun:
    cases, results = tuple(run.cases[i] for i in places), tuple(run.results[i] for i in places)
    return EvalRun(cases, results, run.judges, run.repeatable)


def _qualify(judge: JudgeInfo, run: EvalRun, floor_f1: float, endpoint: str | None) -> Qualification:
    found = figures(run.results)
    rivals = {name: figures(baseline(name, run.cases)) for name in BASELINES}
    best = max(rivals, key=lambda name: rivals[name].kappa.value or 0.0)
    floor_kappa = rivals[best].kappa.value or 0.0
    usage = Usage()
    for result in run.results:
        usage += result.usage
    return Qualification(
        created=datetime.now(UTC),
        judge=judge,
        endpoint=endpoint if judge.kind == "llm" else None,
        rubrics=tuple(sorted({case.rubric.id for case in run.cases})),
        conversations=found.cases,
        ungraded=len(run.failed),
        kappa=found.kappa.value,
        kappa_low=found.kappa.low,
        kappa_high=found.kappa.high,
        f1=found.f1.value,
        f1_low=found.f1.low,
        f1_high=found.f1.high,
        precision=found.precision.value,
        recall=found.recall.value,
        floor_f1=floor_f1,
        floor_kappa=floor_kappa,
        reasons=tuple(_reasons(run, found, floor_f1, floor_kappa, best)),
        usage=usage,
    )


def _reasons(run: EvalRun, found: Figures, floor_f1: float, floor_kappa: float, best: str) -> Iterator[str]:
    if len(run.failed) > _MAXIMUM_UNGRADED * len(run.cases):
        yield f"{len(run.failed)} of {len(run.cases)} conversations could not be graded"
    if found.cases == 0:
        return
    if found.f1.value is None:
        yield "there is no violation among the labelled conversations, so nothing shows that it finds any"
    elif found.f1.value < floor_f1:
        yield f"violation F1 {found.f1.value:.2f} is below {floor_f1:.2f}"
    if found.kappa.value is None or found.kappa.value <= floor_kappa:
        kappa = "none" if found.kappa.value is None else f"{found.kappa.value:.2f}"
        yield f"kappa {kappa} is no better than {floor_kappa:.2f}, which {best} reaches without reading the conversation"
    yield from degenerate(run)


def degenerate(run: EvalRun) -> Iterator[str]:
    """Signs that the judge does not read what it grades, one sentence each."""
    graded = [(c, r) for c, r in zip(run.cases, run.results, strict=True) if r.failed is None]
    said = {row.verdict for _, result in graded for row in result.rows} & {"met", "violated"}
    labelled = {row.label for _, result in graded for row in result.rows} & {"met", "violated"}
    if not said:
        yield "it gave no verdict at all"
    elif len(said) < len(labelled):
        yield f"it only ever says {next(iter(said))}"
    by_rubric: dict[str, list[tuple[Case, CaseResult]]] = defaultdict(list)
    for case, result in graded:
        by_rubric[case.rubric.id].append((case, result))
    for name, pairs in by_rubric.items():
        if len(pairs) >= _SEVERAL:
            yield from _degenerate_manual(name, pairs)


def _degenerate_manual(name: str, pairs: Sequence[tuple[Case, CaseResult]]) -> Iterator[str]:
    if len({result.arose for _, result in pairs}) == 1 and len({case.scenarios for case, _ in pairs}) > 1:
        yield f"{name}: the same scenarios for every conversation"
    verdicts = {tuple(row.verdict for row in result.rows) for _, result in pairs}
    if len(verdicts) == 1 and len({tuple(row.label for row in result.rows) for _, result in pairs}) > 1:
        yield f"{name}: the same verdicts for every conversation"
    order = _prompt_order(pairs[0][0].rubric)
    judged = [_leads({row.criterion for row in r.rows if row.verdict in ("met", "violated")}, order) for _, r in pairs]
    labelled = [_leads({row.criterion for row in r.rows if row.label != "not_applicable"}, order) for _, r in pairs]
    if sum(judged) >= _MOSTLY * len(pairs) and sum(labelled) <= _RARELY * len(pairs):
        yield f"{name}: it answers the criteria in the order of the list, from the first, whether or not they apply"


def _prompt_order(rubric: Rubric) -> list[str]:
    """Criteria in the order in which a prompt lists them: those of `always`, then by scenario."""
    place = {ALWAYS: -1, **{scenario.id: number for number, scenario in enumerate(rubric.scenarios)}}
    return [c.id for c in sorted(rubric.assessable, key=lambda criterion: place[criterion.scenario])]


def _leads(answered: set[str], order: Sequence[str]) -> bool:
    """Whether exactly the first few of the list were answered."""
    return len(answered) >= _SEVERAL and answered == set(order[: len(answered)])


def section(qualifications: Sequence[Qualification], run: EvalRun) -> list[Section]:
    """For people: the figures beside those of the judges that know nothing, and the outcome."""
    columns = ("", "violation F1", "kappa", "precision", "recall")
    rivals = {f"({name})": figures(baseline(name, run.cases)) for name in BASELINES}
    sides = {"judge": figures(run.results), **rivals}
    rows = [
        (name, interval(f.f1), interval(f.kappa), interval(f.precision), interval(f.recall))
        for name, f in sides.items()
    ]
    outcomes = []
    for each in qualifications:
        name = f"{each.judge.kind} {each.judge.model} ({each.judge.prompt_hash[:8]}, {', '.join(each.rubrics)})"
        outcomes.append(f"{name}: {'qualified' if each.qualified else 'NOT qualified: ' + '; '.join(each.reasons)}")
    return [Section(columns=columns, rows=rows), Section("Outcome", items=outcomes)]
