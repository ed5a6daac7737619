"""The sentences that the recogniser of acts is trained on: exemplars that people wrote, and turns of labelled conversations.

Promise: every sentence says which acts it carries, which it may carry without anybody having said so, and to which group it
belongs; paraphrases and translations of one another share a group, so that none is tested on its like. What patterns say of
the sentences is kept in a file (`LANGUAGE.patterns.jsonl`), so that training does not change whenever a pattern does.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, TypeVar

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from coach.errors import InputError
from coach.evals.golden import read_cases
from coach.judges.embedded.features import sentences_of
from coach.judges.embedded.signals import SignalFinder
from coach.rubric_file import shared_signals
from coach.transcript import Speaker, Turn
from coach.yaml_file import describe_validation_error, read_yaml

__all__ = ["Act", "Exemplar", "Sample", "mark_by_patterns", "read_acts", "read_exemplars", "read_samples"]


class _Spec(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Act(_Spec):
    """An act that is learned. `signals` show the same act in patterns; `fault`: rude or evasive."""

    speaker: Speaker
    means: str
    fault: bool = False
    signals: list[str] = Field(default_factory=list)


class _Acts(_Spec):
    acts: dict[str, Act]


class Exemplar(_Spec):
    """A line of an exemplar file."""

    id: str
    acts: list[str]
    text: str = Field(min_length=1)
    speaker: Speaker
    lang: str
    group: str
    kind: Literal["exemplar", "paraphrase", "hard_negative"]


class _Marked(_Spec):
    """What patterns say: of an exemplar (`id`) only `open`; of a sentence of a conversation all of it."""

    id: str
    text: str = ""
    speaker: Speaker | None = None
    acts: list[str] = Field(default_factory=list)
    open: list[str] = Field(default_factory=list)
    group: str = ""


Spec = TypeVar("Spec", Exemplar, _Marked)


@dataclass(frozen=True, slots=True)
class Sample:
    """Words of one speaker with the `acts` that they carry. `open`: acts that are neither claimed nor denied.

    `written`: made as an exemplar; else heard in a labelled conversation."""

    text: str
    acts: frozenset[str]
    open: frozenset[str]
    group: str
    written: bool


def read_acts(folder: Path) -> dict[str, Act]:
    """The acts of `folder/acts.yaml`. Raises `RubricError` with the line of what is wrong."""
    path = folder / "acts.yaml"
    data, node = read_yaml(path)
    try:
        return _Acts.model_validate(data).acts
    except ValidationError as error:
        raise describe_validation_error(error, path, node) from error


def read_samples(folder: Path, language: str, speaker: Speaker, acts: dict[str, Act]) -> list[Sample]:
    """The exemplars of a language by `speaker`, and the sentences heard in conversations. Raises `InputError` with file and line."""
    marked = {mark.id: mark for mark in _lines(_patterns_path(folder, language), _Marked)}
    samples = []
    for exemplar in read_exemplars(folder, language, acts):
        if exemplar.speaker == speaker:
            mark = marked.get(exemplar.id)
            unsure = frozenset(mark.open if mark else ()) - set(exemplar.acts)
            samples.append(Sample(exemplar.text, frozenset(exemplar.acts), unsure, exemplar.group, written=True))
    for mark in marked.values():
        if mark.text and mark.speaker == speaker:
            samples.append(Sample(mark.text, frozenset(mark.acts), frozenset(mark.open), mark.group, written=False))
    return samples


def read_exemplars(folder: Path, language: str, acts: dict[str, Act]) -> list[Exemplar]:
    """The exemplars of a language, in the order of the files. Raises `InputError` with file and line."""
    exemplars = []
    for path in sorted((folder / language).glob("*.jsonl")):
        for number, exemplar in enumerate(_lines(path, Exemplar), start=1):
            if unknown := sorted(set(exemplar.acts) - acts.keys()):
                raise InputError(f"no such act: {', '.join(unknown)}", source=path, line=number)
            exemplars.append(exemplar)
    return exemplars


def mark_by_patterns(folder: Path, golden: Sequence[Path], language: str, acts: dict[str, Act]) -> int:
    """Write what the patterns of today say of the exemplars of a language and of the sentences of `golden`; how many lines.

    Of an exemplar: acts that patterns find and nobody claimed, which are then left open. Of a sentence of a conversation: its
    acts; an agent's turn that a label cites as a violation denies no fault: what the patterns miss there is left open."""
    finder = _finder(language, acts)
    marks = []
    for exemplar in read_exemplars(folder, language, acts):
        own = exemplar.id.removeprefix(f"{language}-").rpartition("-")[0]
        unsure = _shown(exemplar.text, exemplar.speaker, finder, acts) - set(exemplar.acts) - {own}
        if unsure:
            marks.append(_Marked(id=exemplar.id, open=sorted(unsure)))
    faults = frozenset(name for name, act in acts.items() if act.fault)
    for case in read_cases(golden):
        if case.rubric.language != language:
            continue
        cited = {label.turn for label in case.labels.values() if label.verdict == "violated"}
        for turn in case.transcript.turns:
            for start, end in [] if turn.is_event else sentences_of(turn.text):
                text = turn.text[start:end]
                shown = _shown(text, turn.speaker, finder, acts)
                agent_cited = turn.speaker == "agent" and turn.index in cited
                marks.append(
                    _Marked(
                        id=f"{case.transcript.id}:{turn.index}:{start}",
                        text=text,
                        speaker=turn.speaker,
                        acts=sorted(shown),
                        open=sorted(faults - shown) if agent_cited else [],
                        group=case.transcript.id,
                    )
                )
    lines = (mark.model_dump_json(exclude_defaults=True) + "\n" for mark in marks)
    _patterns_path(folder, language).write_text("".join(lines), "utf-8")
    return len(marks)


def _patterns_path(folder: Path, language: str) -> Path:
    return folder / f"{language}.patterns.jsonl"


def _lines(path: Path, model: type[Spec]) -> Iterator[Spec]:
    if not path.is_file():
        raise InputError(
            "there is no such file", source=path, hint="coach train acts --mark writes those of the patterns"
        )
    for number, line in enumerate(path.read_text("utf-8").splitlines(), start=1):
        if line.strip():
            try:
                yield model.model_validate_json(line)
            except ValidationError as error:
                problem = error.errors(include_url=False)[0]
                raise InputError(f"{problem['loc']}: {problem['msg']}", source=path, line=number) from error


def _finder(language: str, acts: dict[str, Act]) -> SignalFinder:
    """Finds the signals of the acts by their patterns alone: what was learned must not teach itself."""
    signals = {name: signal.model_copy(update={"act": None}) for name, signal in shared_signals(language).items()}
    wanted = {name for act in acts.values() for name in act.signals if name in signals}
    return SignalFinder(signals, wanted)


def _shown(text: str, speaker: Speaker, finder: SignalFinder, acts: dict[str, Act]) -> frozenset[str]:
    """The acts of `speaker` that patterns find in words that are not quoted."""
    found = finder.find(Turn(index=0, speaker=speaker, text=text))
    return frozenset(
        name
        for name, act in acts.items()
        if act.speaker == speaker and any(signal in found and not found[signal].quoted for signal in act.signals)
    )
