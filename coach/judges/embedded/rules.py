"""What was learned of one manual's own situations and rules: how they sound in words that no pattern knows.

Promise: nothing but a file of the package is read; a rubric without such a file is graded by its checks alone.
"""

from __future__ import annotations

from collections.abc import Container
from dataclasses import dataclass
from functools import lru_cache

from coach.judges.embedded.features import own_words
from coach.judges.embedded.learned import learned_text
from coach.judges.embedded.linear import LinearModel, decode
from coach.transcript import Transcript

__all__ = ["Echo", "Loudest", "arises", "breaks", "decode_rules", "keeps", "rule_model"]

_MODEL = "turns"
"""The one model of a rubric's file: the turns of both speakers are heard by it."""


def arises(scenario: str) -> str:
    """The label of a turn with which a scenario arises."""
    return f"arises {scenario}"


def breaks(criterion: str) -> str:
    """The label of an agent's turn that breaks a criterion by what it says."""
    return f"breaks {criterion}"


def keeps(criterion: str) -> str:
    """The label of an agent's turn that visibly does what a criterion asks for."""
    return f"keeps {criterion}"


def rule_model(rubric: str) -> LinearModel | None:
    """The model of the rubric with this id; None where none was trained."""
    text = learned_text(f"rules-{rubric}")
    return None if text is None else decode_rules(text)


@lru_cache(maxsize=8)
def decode_rules(text: str) -> LinearModel:
    """The model of the text of a weights file."""
    return decode(text)[_MODEL]


@dataclass(frozen=True, slots=True)
class Loudest:
    """Where a label is heard best: its log-odds, the turn, and the words in it, as a span of the turn's text."""

    odds: float
    turn: int
    start: int
    end: int


class Echo:
    """What `model` hears in the turns of one conversation; what a speaker only quotes is not heard."""

    def __init__(self, model: LinearModel, transcript: Transcript) -> None:
        self._model = model
        self._turns = [turn for turn in transcript.turns if not turn.is_event]
        self._hearings = [model.hear(own_words(turn.text)) for turn in self._turns]

    def loudest(self, label: str, turns: Container[int] | None = None, *, agent: bool = True) -> Loudest | None:
        """Where `label` is heard best, in `turns` only (default: all); `agent`: only the agent's.

        None where the label was not learned or there is no such turn."""
        number = self._model.number(label)
        if number is None:
            return None
        found = [
            (*hearing.loudest(number), turn.index)
            for turn, hearing in zip(self._turns, self._hearings, strict=True)
            if hearing.fields and (turns is None or turn.index in turns) and (not agent or turn.speaker == "agent")
        ]
        if not found:
            return None
        best = max(found, key=lambda one: one[0])
        return Loudest(self._model.score(number, best[1]), best[3], *best[2])
