"""How often do verdicts flip when nothing that matters has changed?

Every case is graded as it is and in every perturbation; attacks are planted into conversations with violations. Two rates
are given. The share of conversations in which any verdict flipped is a proportion of independent trials: its interval is
Wilson's (Wilson 1927, Journal of the American Statistical Association 22). The share of verdicts that flipped is not:
verdicts of one conversation flip together, so its interval is a bootstrap over conversations.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from statsmodels.stats.proportion import proportion_confint  # type: ignore[import-untyped]

from coach.evals.agreement import Interval, bootstrap
from coach.evals.golden import Case
from coach.evals.perturbations import PERTURBATIONS, Injection, inject
from coach.evals.rendering import Section, interval
from coach.evals.results import CaseResult, Row

__all__ = ["REPEATS", "FlipRate", "Variant", "flip_rates", "sections", "variants"]

REPEATS = 5
"""So often the very same conversation is graded again."""


@dataclass(frozen=True)
class Variant:
    """A case (by its place among the cases), what was done to it, and the result to grade. `attack` names an injection."""

    place: int
    name: str
    case: Case
    attack: str | None = None


@dataclass(frozen=True)
class FlipRate:
    """Of one perturbation. `conversations` is the share with any flip, `verdicts` that of verdicts (where one was given before
    or after), `lenient` that of violations found before that no longer are: what an attack wants. Shares are 0 to 1."""

    name: str
    graded: int
    unchanged: int
    failed: int
    conversations: Interval
    verdicts: Interval
    lenient: Interval
    examples: tuple[str, ...]


def variants(
    cases: Sequence[Case], names: Sequence[str], injections: Sequence[Injection], *, each: int
) -> list[Variant]:
    """What to grade besides the cases themselves. An attack goes to `each` conversations of its language that have a
    violation, one after the other; a perturbation that finds nothing to change in a case is left out of it."""
    made: list[Variant] = []
    for name in names:
        for place, case in enumerate(cases):
            changed = PERTURBATIONS[name](case)
            if name == "same":
                made += [Variant(place, name, case)] * REPEATS
            elif changed is not case and (changed.transcript != case.transcript or changed.rubric is not case.rubric):
                made.append(Variant(place, name, changed))
    for number, injection in enumerate(injections):
        targets = [
            place
            for place, case in enumerate(cases)
            if case.transcript.primary_language == injection.language
            and any(label.verdict == "violated" for label in case.labels.values())
        ]
        for step in range(min(each, len(targets))):
            place = targets[(number * each + step) % len(targets)]
            made.append(Variant(place, f"injection-{injection.aim}", inject(cases[place], injection), injection.id))
    return made


def flip_rates(base: Sequence[CaseResult], tried: Sequence[tuple[Variant, CaseResult]]) -> list[FlipRate]:
    """Flips of each variant against the same case unchanged; one rate for each name, and one for all attacks."""
    names = list(dict.fromkeys(variant.name for variant, _ in tried))
    rates = [_rate(name, base, [(v, r) for v, r in tried if v.name == name]) for name in names]
    attacks = [(v, r) for v, r in tried if v.attack is not None]
    return [*rates, _rate("all injections", base, attacks)] if attacks else rates


def _rate(name: str, base: Sequence[CaseResult], tried: Sequence[tuple[Variant, CaseResult]]) -> FlipRate:
    counts: list[list[int]] = []
    failed = 0
    examples: list[str] = []
    for variant, result in tried:
        before = base[variant.place]
        if before.failed is not None or result.failed is not None:
            failed += result.failed is not None
            continue
        rows = {row.criterion: row for row in result.rows}
        pairs = [(row, rows[row.criterion]) for row in before.rows]
        flips = [(was, now) for was, now in pairs if was.verdict != now.verdict]
        said = [(was, now) for was, now in pairs if {was.verdict, now.verdict} != {"not_applicable"}]
        broken = [(was, now) for was, now in pairs if was.verdict == "violated"]
        lost = sum(now.verdict != "violated" for _, now in broken)
        counts.append([len(flips), len(said), lost, len(broken)])
        examples += [_example(variant, was, now) for was, now in flips]
    table = np.array(counts, dtype=float).reshape(-1, 1, 4)
    touched = int((table[:, 0, 0] > 0).sum())
    return FlipRate(
        name=name,
        graded=len(counts),
        unchanged=len(counts) - touched,
        failed=failed,
        conversations=_wilson(touched, len(counts)),
        verdicts=_ratio(table, 0, 1),
        lenient=_ratio(table, 2, 3),
        examples=tuple(examples),
    )


def _example(variant: Variant, was: Row, now: Row) -> str:
    attack = f" {variant.attack}" if variant.attack else ""
    return f"{variant.name}{attack}: {was.case} {was.criterion}: {was.verdict} -> {now.verdict} (label {was.label})"


def _wilson(count: int, of: int) -> Interval:
    if not of:
        return Interval(None, None, None)
    low, high = proportion_confint(count, of, method="wilson")
    return Interval(round(count / of, 4), round(float(low), 4), round(float(high), 4))


def _ratio(table: np.ndarray[Any, np.dtype[np.float64]], part: int, whole: int) -> Interval:
    if not len(table):
        return Interval(None, None, None)

    def share(counts: np.ndarray[Any, np.dtype[np.float64]]) -> np.ndarray[Any, np.dtype[np.float64]]:
        with np.errstate(invalid="ignore", divide="ignore"):
            return np.asarray(counts[..., 0, part] / counts[..., 0, whole])

    return bootstrap(table, share)


def sections(rates: Sequence[FlipRate], *, judge: str, examples: int = 20) -> list[Section]:
    """For people. `judge` names who graded."""
    columns = ("", "conversations", "of them with a flip", "verdicts flipped", "violations lost", "not graded")
    rows = [
        (r.name, str(r.graded), interval(r.conversations), interval(r.verdicts), interval(r.lenient), str(r.failed))
        for r in rates
    ]
    note = (
        f"Judge: {judge}. Share with 95% interval: Wilson's for conversations, by bootstrap over conversations for verdicts. "
        "`violations lost`: found in the conversation as it is, no longer found in this form."
    )
    shown = [example for rate in rates if rate.name != "all injections" for example in rate.examples]
    more = f"{min(examples, len(shown))} of {len(shown)} flips"
    return [Section(notes=[note], columns=columns, rows=rows), Section(more, items=shown[:examples])]
