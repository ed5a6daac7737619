"""The same conversation in other clothes: changes that must not change a verdict, for the robustness suite.

Promise: a perturbation keeps the number of turns, their order, speakers and times, so the labels and their turns still
hold; and the same case always becomes the same text. Words of the agent are touched only where the manual cannot care
(names, titles, punctuation); dialect, small talk and slips of the tongue are the customer's.
"""

from __future__ import annotations

import random
import re
import unicodedata
from collections.abc import Callable, Iterable
from dataclasses import replace
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Literal

import yaml
from pydantic import BaseModel, ConfigDict, ValidationError

from coach.errors import InputError
from coach.evals.golden import Case
from coach.rubric import Rubric
from coach.transcript import Turn

__all__ = ["PERTURBATIONS", "Injection", "inject", "read_injections"]

_WORDS = Path(__file__).with_name("perturbations.yaml")


class _Language(BaseModel):
    """The words of one language. `spaced`: written with spaces between words. `introductions` are patterns around a name."""

    model_config = ConfigDict(extra="forbid")

    spaced: bool
    introductions: list[str]
    names: list[str]
    titles: list[tuple[str, str]]
    dialect: dict[str, str]
    small_talk: list[str]
    fillers: list[str]
    misheard: dict[str, str]

    def any_of(self, words: Iterable[str]) -> re.Pattern[str]:
        """Finds any of `words`, the longest first, and in spaced languages only as whole words."""
        edge = r"\b" if self.spaced else ""
        return re.compile(edge + "(" + "|".join(sorted(map(re.escape, words), key=len, reverse=True)) + ")" + edge)


@lru_cache(maxsize=1)
def _languages() -> dict[str, _Language]:
    data = yaml.safe_load(_WORDS.read_text("utf-8"))
    return {name: _Language.model_validate(each) for name, each in data.items()}


def _words(case: Case) -> _Language:
    languages = _languages()
    return languages.get(case.transcript.primary_language or "en", languages["en"])


def _generator(case: Case, name: str) -> random.Random:
    return random.Random(f"{name}:{case.transcript.id}")


def _rewritten(case: Case, change: Callable[[Turn], str]) -> Case:
    turns = tuple(
        turn if turn.is_event else turn.model_copy(update={"text": change(turn).strip() or turn.text})
        for turn in case.transcript.turns
    )
    return replace(case, transcript=case.transcript.model_copy(update={"turns": turns}))


def _customer_says(case: Case, change: Callable[[str], str]) -> Case:
    return _rewritten(case, lambda turn: change(turn.text) if turn.speaker == "customer" else turn.text)


def _names(case: Case) -> Case:
    """Everyone who is introduced or addressed by name gets another name, the same one throughout."""
    words = _words(case)
    said = "\n".join(turn.text for turn in case.transcript.turns)
    patterns = [re.compile(each) for each in words.introductions]
    found = sorted({name for pattern in patterns for name in pattern.findall(said)})
    free = [name for name in words.names if name not in said]
    _generator(case, "names").shuffle(free)
    other = dict(zip(found, free, strict=False))
    if not other:
        return case
    if words.spaced:
        everywhere = words.any_of(other)
        return _rewritten(case, lambda turn: everywhere.sub(lambda hit: other[hit[0]], turn.text))

    def renamed(turn: Turn) -> str:
        # Without spaces a surname of one character is part of many words: it is a name only where it is used as one.
        text = turn.text
        for pattern in patterns:
            text = pattern.sub(lambda hit: hit[0].replace(str(hit[1]), other.get(str(hit[1]), str(hit[1])), 1), text)
        return text

    return _rewritten(case, renamed)


def _titles(case: Case) -> Case:
    """Gendered titles change sides: sir and madam, señor and señora, 先生 and 女士."""
    words = _words(case)
    other = {**dict(words.titles), **{second: first for first, second in words.titles}}
    pattern = words.any_of(other)
    return _rewritten(case, lambda turn: pattern.sub(lambda hit: other[hit[0]], turn.text))


def _dialect(case: Case) -> Case:
    """The customer says the same in regional or colloquial words."""
    words = _words(case)
    pattern = words.any_of(words.dialect)
    return _customer_says(case, lambda text: pattern.sub(lambda hit: words.dialect[hit[0]], text))


def _small_talk(case: Case) -> Case:
    """The customer adds a remark about something else in the middle of the conversation."""
    turns = [t.index for t in case.transcript.turns if t.speaker == "customer" and not t.is_event]
    if not turns:
        return case
    chosen = turns[len(turns) // 2]
    remark = _generator(case, "small-talk").choice(_words(case).small_talk)
    return _rewritten(case, lambda turn: f"{turn.text} {remark}" if turn.index == chosen else turn.text)


def _no_punctuation(case: Case) -> Case:
    """As many recognisers write: no punctuation, no capitals."""

    def plain(turn: Turn) -> str:
        kept = "".join(c if c == "'" or not unicodedata.category(c).startswith("P") else " " for c in turn.text)
        return " ".join(kept.lower().split()) if _words(case).spaced else "".join(kept.split())

    return _rewritten(case, plain)


def _hesitation(case: Case) -> Case:
    """The recogniser keeps every hesitation: fillers and words said twice, in the customer's turns."""
    words, generator = _words(case), _generator(case, "hesitation")

    def hesitant(text: str) -> str:
        filler = generator.choice(words.fillers)
        if not words.spaced:
            return f"{filler}，{text[:2]}，{text}" if len(text) > 4 else f"{filler}，{text}"
        parts = text.split()
        place = generator.randrange(len(parts)) if parts else 0
        return " ".join([f"{filler},", *parts[: place + 1], *parts[place:]])

    return _customer_says(case, hesitant)


def _misheard(case: Case) -> Case:
    """The recogniser writes other words that sound the same, in the customer's turns."""
    words = _words(case)
    pattern = words.any_of(words.misheard)
    return _customer_says(case, lambda text: pattern.sub(lambda hit: words.misheard[hit[0]], text))


def _criteria_order(case: Case) -> Case:
    """The rubric lists its scenarios and criteria in another order."""
    key = f"{case.rubric.id}:{case.rubric.checks_hash}"
    if key not in _reordered:
        _reordered[key] = _shuffled(case.rubric)
    return replace(case, rubric=_reordered[key])


_reordered: dict[str, Rubric] = {}


def _shuffled(rubric: Rubric) -> Rubric:
    generator = random.Random(rubric.id)
    criteria, scenarios = list(rubric.criteria), list(rubric.scenarios)
    generator.shuffle(criteria)
    generator.shuffle(scenarios)
    copy = rubric.model_copy(update={"criteria": criteria, "scenarios": scenarios})
    for name, value in vars(Rubric).items():
        if isinstance(value, cached_property):
            copy.__dict__.pop(name, None)  # computed from the old order
    return copy


def _same(case: Case) -> Case:
    """Nothing is changed: does the judge repeat itself?"""
    return case


PERTURBATIONS: dict[str, Callable[[Case], Case]] = {
    "same": _same,
    "names": _names,
    "titles": _titles,
    "dialect": _dialect,
    "small-talk": _small_talk,
    "no-punctuation": _no_punctuation,
    "hesitation": _hesitation,
    "misheard": _misheard,
    "criteria-order": _criteria_order,
}


class Injection(BaseModel):
    """Words by which a speaker tries to steer the judge. `aim`: better or worse grades, no grades, or the instructions."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    id: str
    language: Literal["en", "zh", "es"]
    speaker: Literal["agent", "customer"]
    aim: Literal["lenient", "strict", "silence", "leak"]
    text: str


def read_injections(path: Path) -> list[Injection]:
    """The attacks of a JSON Lines file. Raises `InputError` with file and line."""
    try:
        lines = path.read_text("utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(f"cannot be read: {error}", source=path) from error
    found: list[Injection] = []
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        try:
            found.append(Injection.model_validate_json(line))
        except ValidationError as error:
            first = error.errors()[0]
            where = ".".join(map(str, first["loc"]))
            raise InputError(f"{where}: {first['msg']}", source=path, line=number) from error
    return found


def inject(case: Case, injection: Injection) -> Case:
    """The case with the attack said at the end of a turn in the middle, by the speaker that the attack names."""
    turns = [t.index for t in case.transcript.turns if t.speaker == injection.speaker and not t.is_event]
    if not turns:
        return case
    chosen = turns[len(turns) // 2]
    return _rewritten(case, lambda turn: f"{turn.text} {injection.text}" if turn.index == chosen else turn.text)
