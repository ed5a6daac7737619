"""Two people have labelled the same conversations: how far do they agree, and where not?

The agreement of two labelling passes bounds what a judge can reach: nobody agrees better with the labels than a second
person does. Neither pass is the truth, so the figures are those that do not change when the passes change places.

Promise: only conversations that both have labelled count, closed-world on both sides, over every criterion that a transcript
can settle; and each difference is listed once, with both readings and nothing decided.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any, Literal

import numpy as np
import numpy.typing as npt
from pydantic import ValidationError

from coach.errors import InputError
from coach.evals.agreement import Interval, bootstrap
from coach.evals.golden import Case, Label, Labelling, label_files, label_lines, label_problem
from coach.evals.rendering import Section, interval
from coach.evals.results import CaseResult, Row, ScenarioCounts, figures
from coach.rubric import in_language

__all__ = ["Difference", "PassAgreement", "differences", "pass_agreement", "read_pass", "sections"]

Matrix = npt.NDArray[np.float64]


def read_pass(paths: Sequence[Path], cases: Sequence[Case]) -> list[Case]:
    """The `cases` that another pass has labelled, with its labels in place of theirs, in the order of `cases`.

    A line needs `id`, `scenarios` and `labels`. Raises `InputError` with file and line: an id that is not among `cases`,
    one labelled twice, labels that do not fit the rubric or the conversation.
    """
    known = {case.transcript.id: case for case in cases}
    found: dict[str, Case] = {}
    files = label_files(paths)
    if not files:
        raise InputError("there are no labels", source=", ".join(map(str, paths)))
    for file in files:
        for number, name, labelling in _lines(file):
            problem = f"{name!r} is labelled twice" if name in found else None
            if name not in known:
                problem = f"{name!r} is not among the conversations of the other pass"
            problem = problem or label_problem(known[name].transcript, labelling, known[name].rubric)
            if problem:
                raise InputError(f"case {name!r}: {problem}", source=file, line=number)
            labels = {label.clause: label for label in labelling.labels}
            found[name] = replace(known[name], scenarios=frozenset(labelling.scenarios), labels=labels)
    return [found[name] for name in known if name in found]


def _lines(file: Path) -> Iterator[tuple[int, str, Labelling]]:
    for number, data in label_lines(file):
        try:
            labelling = Labelling.model_validate(data)
        except ValidationError as error:
            first = error.errors()[0]
            where = ".".join(map(str, first["loc"])) or "line"
            raise InputError(f"{where}: {first['msg']}", source=file, line=number) from error
        if not isinstance(data.get("id"), str):
            raise InputError("id: the conversation has no id", source=file, line=number)
        yield number, data["id"], labelling


@dataclass(frozen=True)
class PassAgreement:
    """Agreement of two passes over some conversations; intervals are 95%, by bootstrap over conversations.

    `kappa`, `alpha`, `ac1` and `equal` are over met, violated and not applicable. `violated` is the agreement on violations:
    of all labels `violated` of both passes, the share that the other one has too (specific agreement, Cicchetti & Feinstein
    1990, Journal of Clinical Epidemiology 43; the same number as F1, whichever pass is taken for the truth). `scenarios` is
    the same of scenarios. `turn` is the share of equal labels that cite the same turn, `violated_turn` that of those
    `violated`. `first` and `second` count the labels (violated) of each pass.
    """

    conversations: int
    first: tuple[int, int]
    second: tuple[int, int]
    kappa: Interval
    alpha: Interval
    ac1: Interval
    equal: Interval
    violated: Interval
    scenarios: Interval
    violated_turn: Interval
    turn: Interval


def pass_agreement(first: Sequence[Case], second: Sequence[Case]) -> dict[str, PassAgreement]:
    """Agreement over `all`, by manual, and over what neither pass calls ambiguous (`(clear)`)."""
    by_id = {case.transcript.id: case for case in first}
    pairs = [_pair(by_id[case.transcript.id], case) for case in second]
    manuals = sorted({result.rubric for result in pairs})
    scopes = {"all": pairs}
    if len(manuals) > 1:
        scopes.update({name: [result for result in pairs if result.rubric == name] for name in manuals})
    found = {name: _agreement(of, lambda _: True) for name, of in scopes.items()}
    if any(row.ambiguous for result in pairs for row in result.rows):
        found["(clear)"] = _agreement(pairs, lambda row: not row.ambiguous)
    return found


def _pair(first: Case, second: Case) -> CaseResult:
    """The first pass as the labels of a case, the second as the verdicts."""
    rows: list[Row] = []
    for criterion in first.rubric.assessable:
        one, other = first.labels.get(criterion.id), second.labels.get(criterion.id)
        rows.append(
            Row(
                case=first.transcript.id,
                rubric=first.rubric.id,
                criterion=criterion.id,
                scenario=criterion.scenario,
                severity=criterion.severity,
                label=first.verdict(criterion.id),
                verdict=second.verdict(criterion.id),
                ambiguous=any(label is not None and label.ambiguous for label in (one, other)),
                label_turn=one.turn if one else None,
                turn=other.turn if other else None,
            )
        )
    both = first.scenarios & second.scenarios
    counts = ScenarioCounts(
        hits=len(both), invented=len(second.scenarios - both), missed=len(first.scenarios - both)
    )  # fmt: skip
    return CaseResult(case=first.transcript.id, rubric=first.rubric.id, rows=rows, scenarios=counts)


def _agreement(results: Sequence[CaseResult], selected: Callable[[Row], bool]) -> PassAgreement:
    found = figures(results, selected)
    rows = [row for result in results for row in result.rows if selected(row)]
    labels = [[row.label for row in rows], [row.verdict for row in rows]]
    first, second = ((sum(v != "not_applicable" for v in of), of.count("violated")) for of in labels)
    return PassAgreement(
        conversations=found.cases,
        first=first,
        second=second,
        kappa=found.kappa,
        alpha=found.alpha,
        ac1=found.ac1,
        equal=found.agreement,
        violated=found.f1,
        scenarios=found.scenario_f1,
        violated_turn=_same_turn(results, selected, ("violated",)),
        turn=_same_turn(results, selected, ("met", "violated")),
    )


def _same_turn(results: Sequence[CaseResult], selected: Callable[[Row], bool], verdicts: tuple[str, ...]) -> Interval:
    """Of the labels that both passes have alike, the share that cite the same turn."""
    counts = np.zeros((max(1, len(results)), 1, 2))
    for number, result in enumerate(results):
        for row in result.rows:
            if row.label == row.verdict and row.label in verdicts and selected(row):
                counts[number, 0] += (row.turn == row.label_turn, 1)

    def share(totals: Matrix) -> Matrix:
        with np.errstate(invalid="ignore", divide="ignore"):
            return np.asarray(totals[..., 0, 0] / totals[..., 0, 1])

    return bootstrap(counts, share)


@dataclass(frozen=True)
class Difference:
    """One thing on which two passes differ, for a person to decide: a `verdict`, a `scenario`, or the `turn` of a violation.

    `first` and `second` are both readings (None: did not apply, or the scenario did not arise); `words` are the turns cited.
    """

    id: str
    manual: str
    kind: Literal["verdict", "scenario", "turn"]
    about: str
    requirement: str
    first: dict[str, Any] | None
    second: dict[str, Any] | None
    words: dict[int, str]

    def as_json(self) -> str:
        """One line; `decision` and `ambiguous` are for the person who decides."""
        return json.dumps({**asdict(self), "decision": None, "ambiguous": None}, ensure_ascii=False)


def differences(first: Sequence[Case], second: Sequence[Case]) -> Iterator[Difference]:
    """Everything on which the passes differ, conversation by conversation, scenarios first.

    Turns of `met` are left out: which of several turns shows it best is a matter of taste.
    """
    by_id = {case.transcript.id: case for case in first}
    for other in second:
        one = by_id[other.transcript.id]
        for name in sorted(one.scenarios ^ other.scenarios):
            arose: list[dict[str, Any] | None] = [
                {"arose": True} if name in c.scenarios else None for c in (one, other)
            ]
            about = in_language(one.rubric.scenario_by_id[name].description, one.rubric.language)
            yield Difference(one.transcript.id, one.rubric.id, "scenario", name, about, arose[0], arose[1], {})
        for criterion in one.rubric.assessable:
            labels = one.labels.get(criterion.id), other.labels.get(criterion.id)
            kind = _kind(one.verdict(criterion.id), other.verdict(criterion.id), labels)
            if kind is None:
                continue
            turns = sorted({label.turn for label in labels if label is not None})
            yield Difference(
                one.transcript.id,
                one.rubric.id,
                kind,
                criterion.id,
                in_language(criterion.requirement, one.rubric.language),
                _reading(labels[0]),
                _reading(labels[1]),
                {turn: one.transcript.turns[turn].text for turn in turns},
            )


def _kind(
    first: str, second: str, labels: tuple[Label | None, Label | None]
) -> Literal["verdict", "turn"] | None:  # fmt: skip
    if first != second:
        return "verdict"
    one, other = labels
    return "turn" if first == "violated" and one and other and one.turn != other.turn else None


def _reading(label: Label | None) -> dict[str, Any] | None:
    return None if label is None else label.model_dump(exclude_none=True, exclude={"clause"})


def sections(found: dict[str, PassAgreement], listed: Sequence[Difference]) -> list[Section]:
    """For people: figures only, no words of a conversation."""
    note = (
        "Brackets: 95% intervals, by bootstrap over conversations. kappa, alpha, AC1, equal: met, violated, not applicable. "
        "violated, scenarios: of what either pass has, the share that the other has too (specific agreement, the same as F1). "
        "turn: equal labels that cite the same turn."
    )
    columns = ("", "conversations", "kappa", "alpha", "AC1", "equal", "violated", "scenarios", "turn", "turn, violated")
    rows = [
        (name, str(a.conversations), *map(interval, (a.kappa, a.alpha, a.ac1, a.equal, a.violated, a.scenarios)),
         *map(interval, (a.turn, a.violated_turn)))
        for name, a in found.items()
    ]  # fmt: skip
    counts = [
        (name, str(a.first[0]), str(a.first[1]), str(a.second[0]), str(a.second[1])) for name, a in found.items()
    ]  # fmt: skip
    named = ("", "labels, first", "violated, first", "labels, second", "violated, second")
    kinds = {kind: sum(each.kind == kind for each in listed) for kind in ("verdict", "scenario", "turn")}
    said = f"{kinds['verdict']} verdicts, {kinds['scenario']} scenarios and {kinds['turn']} turns of violations differ."
    return [
        Section(notes=[note], columns=columns, rows=rows),
        Section(columns=named, rows=counts),
        Section(notes=[said]),
    ]
