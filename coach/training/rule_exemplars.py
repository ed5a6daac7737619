"""The turns that a rubric's own situations and rules are learned from: written exemplars, tagged dialogues, labelled conversations.

Promise: of every turn it is told which labels it surely carries, which it surely does not, and how much that counts; what
nobody said is left open.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated, Literal, Self, TypeVar

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from coach.errors import InputError
from coach.evals.golden import Case, read_cases
from coach.judges.embedded.rules import arises, breaks, keeps
from coach.rubric import Rubric
from coach.transcript import Speaker

__all__ = ["TaggedTurn", "labels_of", "read_tagged_turns"]

Kind = Literal["arises", "unlike", "breaks", "keeps", "near"]
_OF_SCENARIOS = ("arises", "unlike")
_OF_CRITERIA = ("breaks", "keeps", "near")


class _Spec(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class _Exemplar(_Spec):
    """A line of `turns.jsonl`: a turn written for one scenario (`arises`, or `unlike` it) or one criterion (`near`: neither)."""

    id: str
    scenario: str = ""
    criterion: str = ""
    kind: Kind
    speaker: Speaker
    text: str = Field(min_length=1)

    @model_validator(mode="after")
    def _is_of_one_kind(self) -> Self:
        if bool(self.scenario) == bool(self.criterion):
            raise ValueError("a turn is written for a scenario or for a criterion: name exactly one")
        about, kinds = ("scenario", _OF_SCENARIOS) if self.scenario else ("criterion", _OF_CRITERIA)
        if self.kind not in kinds:
            raise ValueError(f"kind {self.kind!r} does not fit a {about}: it is one of {', '.join(kinds)}")
        return self

    @property
    def scenarios(self) -> set[str]:
        return {self.scenario} - {""}

    @property
    def criteria(self) -> set[str]:
        return {self.criterion} - {""}


class _DialogueTurn(_Spec):
    speaker: Speaker
    text: str = Field(min_length=1)
    arises: list[str] = Field(default_factory=list)
    breaks: list[str] = Field(default_factory=list)
    keeps: list[str] = Field(default_factory=list)


class _Dialogue(_Spec):
    """A line of `dialogues.jsonl`: what is not tagged does not happen."""

    id: str
    turns: list[_DialogueTurn]

    @property
    def scenarios(self) -> set[str]:
        return {name for turn in self.turns for name in turn.arises}

    @property
    def criteria(self) -> set[str]:
        return {name for turn in self.turns for name in (*turn.breaks, *turn.keeps)}


class _Moments(_Spec):
    """A line of `moments.jsonl`: a golden conversation that may be learned from, and where its scenarios arise."""

    id: str
    arises: dict[str, list[Annotated[int, Field(ge=0)]]]

    @property
    def scenarios(self) -> set[str]:
        return set(self.arises)

    @property
    def criteria(self) -> set[str]:
        return set()


Spec = TypeVar("Spec", _Exemplar, _Dialogue, _Moments)

_OWN, _OTHER_SITUATION, _OTHER_RULE, _ELSEWHERE = 1.0, 0.5, 0.25, 0.3
"""What a turn counts for: its own label; a label of its kind that it was not written for; one of the other kind; a turn of a
whole conversation as a counterexample, of which there are many."""
_MOMENT = 0.5


@dataclass(frozen=True, slots=True)
class TaggedTurn:
    """A turn with what it counts for, by label: above zero where it carries the label, below where it does not.

    `otherwise` is for labels that are not in `tags`, by the first word of the label (`arises`, `breaks`, `keeps`); 0: open.
    `group`: what it was written with; `golden`: that is a labelled conversation."""

    text: str
    group: str
    tags: dict[str, float]
    otherwise: dict[str, float] = field(default_factory=dict)
    golden: bool = False

    def counts(self, label: str) -> float:
        """What the turn counts for as an example (above zero) or counterexample (below) of `label`."""
        known = self.tags.get(label)
        return self.otherwise.get(label.partition(" ")[0], 0.0) if known is None else known


def labels_of(rubric: Rubric) -> list[str]:
    """What can be learned of `rubric`: its scenarios as they arise, its criteria as they are broken and kept."""
    scenarios = [arises(scenario.id) for scenario in rubric.scenarios]
    return scenarios + [label(criterion.id) for criterion in rubric.assessable for label in (breaks, keeps)]


def read_tagged_turns(
    folder: Path, golden: Sequence[Path], rubric: Rubric, *, complete: bool = True
) -> list[TaggedTurn]:
    """All turns for `rubric`: the files of `folder`, and those conversations of `golden` that its `moments.jsonl` names.

    `complete`: where `golden` has conversations of `rubric`, one that is named and not there is an error. Raises
    `InputError` with file and line."""
    turns = [_exemplar(line) for _, line in _lines(folder / "turns.jsonl", _Exemplar, rubric)]
    for _, dialogue in _lines(folder / "dialogues.jsonl", _Dialogue, rubric):
        turns += [_of_dialogue(turn, dialogue.id) for turn in dialogue.turns]
    moments = list(_lines(folder / "moments.jsonl", _Moments, rubric))
    cases = {case.transcript.id: case for case in read_cases(golden) if case.rubric.id == rubric.id}
    _demand_moments(cases, moments, folder / "moments.jsonl", missing_allowed=not (complete and cases))
    told = {line.id: line.arises for _, line in moments}
    for name, case in cases.items():
        if name in told:
            turns += _of_case(case, told[name])
    return turns


def _demand_moments(
    cases: Mapping[str, Case], moments: Sequence[tuple[int, _Moments]], source: Path, *, missing_allowed: bool
) -> None:
    """Raise `InputError` where a line of `moments` is of a conversation or turn that is not among `cases`."""
    for number, line in moments:
        if line.id not in cases:
            if missing_allowed:
                continue
            problem = f"no labelled conversation of this rubric has the id {line.id!r}"
            hint = "give its file with --golden too, or take this line out"
            raise InputError(problem, source=source, line=number, hint=hint)
        count = len(cases[line.id].transcript.turns)
        for scenario, found in line.arises.items():
            if beyond := [turn for turn in found if turn >= count]:
                problem = f"{scenario} arises at turn {beyond[0]}, but {line.id} has {count} turns, counted from 0"
                raise InputError(problem, source=source, line=number)


def _exemplar(line: _Exemplar) -> TaggedTurn:
    by_agent = line.speaker == "agent"
    if line.scenario:
        tags = {arises(line.scenario): _OWN if line.kind == "arises" else -_OWN}
        others = {"breaks": -_OTHER_SITUATION, "keeps": -_ELSEWHERE} if by_agent else {}
        return TaggedTurn(line.text, line.id, tags, {"arises": -_OTHER_SITUATION} | others)
    tags = {
        breaks(line.criterion): _OWN if line.kind == "breaks" else -_OWN,
        keeps(line.criterion): _OWN if line.kind == "keeps" else -_OWN,
    }
    # Rules overlap: words that break one may well break another, so they deny no other.
    others = {"keeps": -_ELSEWHERE} | ({} if line.kind == "breaks" else {"breaks": -_OTHER_SITUATION})
    return TaggedTurn(line.text, line.id, tags, {"arises": -_OTHER_RULE} | others)


def _of_dialogue(turn: _DialogueTurn, dialogue: str) -> TaggedTurn:
    tags = [*map(arises, turn.arises), *map(breaks, turn.breaks), *map(keeps, turn.keeps)]
    others = {"breaks": -_OTHER_SITUATION, "keeps": -_ELSEWHERE} if turn.speaker == "agent" else {}
    return TaggedTurn(turn.text, dialogue, dict.fromkeys(tags, _OWN), {"arises": -_OTHER_SITUATION} | others)


def _of_case(case: Case, moments: dict[str, list[int]]) -> Iterator[TaggedTurn]:
    """The turns of a labelled conversation. Where something is said to be in it, only the turn named is sure to show it."""
    for turn in case.transcript.turns:
        if turn.is_event:
            continue
        tags = {
            arises(scenario): _MOMENT if turn.index in moments.get(scenario, []) else 0.0 for scenario in case.scenarios
        }
        otherwise = {"arises": -_ELSEWHERE}
        if turn.speaker == "agent":
            otherwise |= {"breaks": -_ELSEWHERE, "keeps": -_ELSEWHERE}
            for criterion in case.rubric.assessable:
                kinds = {check.check for check in criterion.checks}
                label = case.labels.get(criterion.id)
                here = label is not None and label.turn == turn.index
                verdict = case.verdict(criterion.id)
                if verdict == "violated":
                    tags[breaks(criterion.id)] = _OWN if here and "forbid" in kinds else 0.0
                elif verdict == "met":
                    tags[keeps(criterion.id)] = _OWN if here and kinds - {"forbid", "timing"} else 0.0
        yield TaggedTurn(turn.text, case.transcript.id, tags, otherwise, golden=True)


def _lines(path: Path, model: type[Spec], rubric: Rubric) -> Iterator[tuple[int, Spec]]:
    """Every line of `path` that is not blank, with its number from 1; none where there is no such file."""
    for number, text in _texts(path):
        try:
            line = model.model_validate_json(text)
        except ValidationError as error:
            raise InputError(_described(error), source=path, line=number) from error
        for what, named, known in (
            ("scenario", line.scenarios, rubric.scenario_by_id),
            ("criterion", line.criteria, rubric.by_id),
        ):
            if unknown := sorted(named - set(known)):
                problem = f"{rubric.id} has no {what} {', '.join(map(repr, unknown))}"
                raise InputError(problem, source=path, line=number)
        yield number, line


def _texts(path: Path) -> Iterator[tuple[int, str]]:
    if not path.is_file():
        return
    try:
        lines = path.read_bytes().splitlines()
    except OSError as error:
        raise InputError(f"cannot be read: {error}", source=path) from error
    for number, line in enumerate(lines, start=1):
        try:
            text = line.decode("utf-8")
        except UnicodeDecodeError as error:
            raise InputError(f"is not UTF-8: {error.reason}", source=path, line=number) from error
        if text.strip():
            yield number, text


def _described(error: ValidationError) -> str:
    problem = error.errors(include_url=False)[0]
    place = ".".join(map(str, problem["loc"]))
    return f"{place + ': ' if place else ''}{problem['msg'].removeprefix('Value error, ')}"
