"""What was learned of one manual's own situations and rules: how they sound in words that no pattern knows.

Promise: nothing but a file of the package is read; a rubric without such a file is graded by its checks alone.
"""

from __future__ import annotations

from collections.abc import Container
from dataclasses import dataclass
from functools import lru_cache

from coach.judges.embedded.features import own_words
from coach.judges.embedded.learned import learned_text
from coach.judges.embedded.linear import LinearModel, decode, loudest
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
        self._all = [
            (turn.index, span, fields, turn.speaker == "agent")
            for turn in transcript.turns
            if not turn.is_event
            for hearing in [model.hear(own_words(turn.text))]
            for span, fields in zip(hearing.spans, hearing.fields, strict=True)
        ]
        self._agents = [one for one in self._all if one[3]]
        self._fields = {True: [one[2] for one in self._agents], False: [one[2] for one in self._all]}

    def loudest(self, label: str, turns: Container[int] | None = None, *, agent: bool = True) -> Loudest | None:
        """Where `label` is heard best, in `turns` only (default: all); `agent`: only the agent's.

        None where the label was not learned or there is no such turn."""
        number = self._model.number(label)
        heard, fields = self._agents if agent else self._all, self._fields[agent]
        if turns is not None:
            heard = [one for one in heard if one[0] in turns]
            fields = [one[2] for one in heard]
        if number is None or not heard:
            return None
        turn, span, found, _ = heard[loudest(fields, number)]
        return Loudest(self._model.score(number, found), turn, *span)
