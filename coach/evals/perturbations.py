"""The same conversation in other clothes: changes that must not change a verdict, for the robustness suite.

Promise: a perturbation keeps the number of turns, their order, speakers and times, so the labels and their turns still
hold; and the same case and seed always give the same text. Words of the agent are touched only where the manual cannot
care (names, titles, punctuation); dialect, small talk and slips of the tongue are the customer's.
"""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import yaml
from pydantic import BaseModel, ConfigDict, ValidationError

from coach.errors import InputError
from coach.evals.golden import Case
from coach.transcript import Turn

__all__ = ["PERTURBATIONS", "Injection", "inject", "perturb", "read_injections"]

_WORDS = Path(__file__).with_name("perturbations.yaml")


class _Language(BaseModel):
    """The words of one language. `spaced`: words are written with spaces between them."""

    model_config = ConfigDict(extra="forbid")

    spaced: bool
    introductions: list[str]
    names: list[str]
    titles: list[tuple[str, str]]
    dialect: dict[str, str]
    small_talk: list[str]
    fillers: list[str]


_languages: dict[str, _Language] = {}


def _words(case: Case) -> _Language:
    if not _languages:
        data = yaml.safe_load(_WORDS.read_text("utf-8"))
        _languages.update({name: _Language.model_validate(each) for name, each in data.items()})
    return _languages.get(case.transcript.primary_language or "en", _languages["en"])


def _rewritten(case: Case, change: Callable[[Turn], str]) -> Case:
    turns = tuple(
        turn if turn.is_event else turn.model_copy(update={"text": change(turn) or turn.text})
        for turn in case.transcript.turns
    )
    return replace(case, transcript=case.transcript.model_copy(update={"turns": turns}))


def _seeded(case: Case, name: str) -> random.Random:
    return random.Random(f"{name}:{case.transcript.id}")


def _same(case: Case) -> Case:
    """The very same conversation."""
    return case


def _names(case: Case) -> Case:
    """Everyone who is introduced or addressed by name gets another name, the same one throughout."""
    words = _words(case)
    said = "\n".join(turn.text for turn in case.transcript.turns)
    found = {name for pattern in words.introductions for name in re.findall(pattern, said)}
    generator = _seeded(case, "names")
    free = [name for name in words.names if name not in said]
    generator.shuffle(free)
    other = dict(zip(sorted(found), free, strict=False))
    if not other:
        return case
    edge = r"\b" if words.spaced else ""
    pattern = re.compile(edge + "(" + "|".join(sorted(map(re.escape, other), key=len, reverse=True)) + ")" + edge)
    if words.spaced:
        return _rewritten(case, lambda turn: pattern.sub(lambda hit: other[hit[0]], turn.text))
    # Without spaces a surname of one character may be part of any word: it is a name only where it is introduced as one.
    introduced = [re.compile(each) for each in words.introductions]
    return _rewritten(case, lambda turn: _with_names(turn.text, introduced, other))


def _with_names(text: str, introduced: Sequence[re.Pattern[str]], other: dict[str, str]) -> str:
    for pattern in introduced:
        text = pattern.sub(lambda hit: hit[0].replace(hit[1], other.get(hit[1], hit[1]), 1), text)
    return text


def _titles(case: Case) -> Case:
    """Gendered titles change sides: sir and madam, 先生 and 女士."""
    pairs = _words(case).titles
    other = {**dict(pairs), **{second: first for first, second in pairs}}
    edge = r"\b" if _words(case).spaced else ""
    pattern = re.compile(edge + "(" + "|".join(sorted(map(re.escape, other), key=len, reverse=True)) + ")" + edge)
    return _rewritten(case, lambda turn: pattern.sub(lambda hit: other[hit[0]], turn.text))


def _dialect(case: Case) -> Case:
    """The customer says the same in regional words."""
    words = _words(case)
    edge = r"\b" if words.spaced else ""
    pattern = re.compile(edge + "(" + "|".join(sorted(map(re.escape, words.dialect), key=len, reverse=True)) + ")" + edge)
    return _rewritten(
        case,
        lambda turn: pattern.sub(lambda hit: words.dialect[hit[0]], turn.text) if turn.speaker == "customer" else "",
    )


def _criteria_order(case: Case) -> Case:
    """The rubric lists its criteria in another order."""
    criteria = list(case.rubric.criteria)
    random.Random(f"order:{case.rubric.id}").shuffle(criteria)
    return replace(case, rubric=_reordered(case.rubric.id, case, criteria))


_shuffled: dict[tuple[str, int], object] = {}


def _reordered(name: str, case: Case, criteria: list) -> object:  # type: ignore[type-arg]
    raise NotImplementedError
