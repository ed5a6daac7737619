"""Labelled conversations: a transcript, the scenarios that arose and a verdict for every clause that applied.

Promise: labels are closed-world (a clause without a label did not apply) and checked against the rubric when they are
read: an unknown clause or scenario, a label given twice or a turn that does not exist is an error with file and line.
A second labelling pass (coach/evals/labelling.py) stands in a folder `second-pass` and is never taken for cases.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from coach.errors import InputError
from coach.rubric import ALWAYS, Rubric
from coach.rubric_file import load_rubric
from coach.transcript import Transcript

__all__ = [
    "SECOND_PASS",
    "Case",
    "GoldenRewrite",
    "Label",
    "Labelling",
    "label_files",
    "label_lines",
    "label_problem",
    "read_cases",
]

SECOND_PASS = "second-pass"
"""The folder of labels by a second person; what lies in it has no conversations."""


class Label(BaseModel):
    """A person's verdict on one clause. `ambiguous`: two careful people could differ; `other` is what the other one said.
    `not_applicable` is written down only where that is ambiguous: everything else without a label did not apply.

    `confirm` is what a judge said where the label comes from an audit (`coach eval add`): a person checks the verdict and
    takes it out. A file in which one is left is refused.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    clause: str
    verdict: Literal["met", "violated", "not_applicable", "?"]
    turn: Annotated[int, Field(ge=0)]
    note: str = ""
    confirm: str | None = None
    ambiguous: bool = False
    other: Literal["met", "violated", "not_applicable"] | None = None


class GoldenRewrite(BaseModel):
    """A compliant wording by a person, for the clauses that the turn broke."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    turn: Annotated[int, Field(ge=0)]
    clauses: list[str]
    rewrite: str


class Labelling(BaseModel):
    """What one person says of a conversation: the part of a line that both labelling passes have."""

    model_config = ConfigDict(extra="ignore")

    scenarios: list[str]
    labels: list[Label]
    rewrites: list[GoldenRewrite] = []
    confirm: str | None = None


class _CaseFile(Labelling):
    """The labels' part of a line, with what belongs to the case."""

    manual: str
    design: str = ""
    injection: bool = False


@dataclass(frozen=True)
class Case:
    """One labelled conversation."""

    transcript: Transcript
    rubric: Rubric
    scenarios: frozenset[str]
    labels: dict[str, Label]
    rewrites: tuple[GoldenRewrite, ...]
    design: str
    injection: bool

    def verdict(self, criterion: str) -> Literal["met", "violated", "not_applicable"]:
        """The label of a criterion; `not_applicable` where there is none (closed world)."""
        label = self.labels.get(criterion)
        return "not_applicable" if label is None or label.verdict == "?" else label.verdict


def read_cases(paths: Sequence[Path]) -> list[Case]:
    """The cases of files (JSON Lines) and folders of them. Raises `InputError` with file and line."""
    files = label_files(paths, but=SECOND_PASS)
    if not files:
        raise InputError("there are no labelled conversations", source=", ".join(map(str, paths)))
    cases: list[Case] = []
    seen: dict[str, str] = {}
    for file in files:
        for number, case in _cases(file):
            name = case.transcript.id
            if name in seen:
                raise InputError(f"case {name!r} is already at {seen[name]}", source=file, line=number)
            seen[name] = f"{file}:{number}"
            cases.append(case)
    return cases


def label_files(paths: Sequence[Path], *, but: str | None = None) -> list[Path]:
    """Files as they are, and the JSON Lines files of folders, `but` for those in folders of that name within."""
    found: list[Path] = []
    for path in paths:
        inside = sorted(path.rglob("*.jsonl")) if path.is_dir() else [path]
        found += [file for file in inside if file == path or but not in file.relative_to(path).parts]
    return found


def label_lines(file: Path) -> Iterator[tuple[int, Any]]:
    """Number (from 1) and JSON of every line that is not blank. Raises `InputError` with file and line."""
    try:
        lines = file.read_text("utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(f"cannot be read: {error}", source=file) from error
    for number, line in enumerate(lines, 1):
        if line.strip():
            try:
                yield number, json.loads(line)
            except json.JSONDecodeError as error:
                raise InputError(f"not valid JSON: {error.msg}", source=file, line=number) from error


def _cases(file: Path) -> Iterator[tuple[int, Case]]:
    for number, data in label_lines(file):
        try:
            transcript = Transcript.model_validate(data)
            labels = _CaseFile.model_validate(data)
        except ValidationError as error:
            first = error.errors()[0]
            where = ".".join(map(str, first["loc"]))
            raise InputError(f"{where}: {first['msg']}", source=file, line=number) from error
        rubric = load_rubric(labels.manual)
        problem = label_problem(transcript, labels, rubric)
        if problem:
            raise InputError(f"case {transcript.id!r}: {problem}", source=file, line=number)
        yield (
            number,
            Case(
                transcript=transcript,
                rubric=rubric,
                scenarios=frozenset(labels.scenarios),
                labels={label.clause: label for label in labels.labels},
                rewrites=tuple(labels.rewrites),
                design=labels.design,
                injection=labels.injection,
            ),
        )


def _unconfirmed(labels: Labelling) -> str | None:
    waiting = [label.clause for label in labels.labels if label.confirm is not None or label.verdict == "?"]
    if labels.confirm is not None:
        return 'not confirmed yet: check scenarios and missing clauses, then delete the "confirm" of the case'
    if waiting:
        named = ", ".join(waiting[:5]) + (", ..." if len(waiting) > 5 else "")
        return f'{len(waiting)} labels wait to be confirmed ({named}): check each verdict, then delete its "confirm"'
    return None


def label_problem(transcript: Transcript, labels: Labelling, rubric: Rubric) -> str | None:
    """What is wrong with the labels of `transcript`, in words; None where nothing is."""
    if unconfirmed := _unconfirmed(labels):
        return unconfirmed
    for scenario in labels.scenarios:
        if scenario not in rubric.scenario_by_id:
            return f"rubric {rubric.id} has no scenario {scenario!r}"
    seen: set[str] = set()
    for label in labels.labels:
        criterion = rubric.by_id.get(label.clause)
        if criterion is None:
            return f"rubric {rubric.id} has no criterion {label.clause!r}"
        if not criterion.assessable:
            return f"{label.clause} cannot be judged from a transcript ({criterion.assess}), so it has no label"
        if label.clause in seen:
            return f"{label.clause} has two labels"
        seen.add(label.clause)
        if label.verdict == "not_applicable":
            if not label.ambiguous:
                return f"{label.clause} is labelled not_applicable: leave it out, or say that it is ambiguous"
        elif criterion.scenario != ALWAYS and criterion.scenario not in labels.scenarios:
            return f"{label.clause} has a label, but its scenario {criterion.scenario!r} is not listed"
        if label.turn >= len(transcript.turns):
            return f"{label.clause} cites turn {label.turn}, but there are {len(transcript.turns)} turns"
    for rewrite in labels.rewrites:
        if rewrite.turn >= len(transcript.turns) or any(clause not in rubric.by_id for clause in rewrite.clauses):
            return f"a rewrite of turn {rewrite.turn} cites a turn or clause that does not exist"
    return None
