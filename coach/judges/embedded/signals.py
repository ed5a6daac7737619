"""Find the signals of a rubric in the turns of a conversation: by patterns, and by acts that were learned.

Promise: a signal found in a turn comes with the words that carry it, as a span of the original text.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from graphlib import CycleError, TopologicalSorter

from coach.checks import Signal
from coach.errors import RubricError
from coach.judges.embedded.features import own_words, quotations_in
from coach.judges.embedded.linear import Hearing, LinearModel
from coach.pattern_index import PatternIndex
from coach.patterns import Looked, PhrasePattern, fold, parse_pattern
from coach.transcript import Speaker, Turn

__all__ = ["SignalFinder", "Spot"]

_REMEMBERED = 512
"""So many turns are kept: a conversation is graded again with every rewrite in place, and nearly all of its turns recur."""

_FEW = 2
"""Of more alternatives than these a reason gives the names alone."""

_SENTENCE_END = re.compile(r"[.?!。;；\n]")


@dataclass(frozen=True, slots=True)
class Spot:
    """Where in a turn a signal is: `start` and `end` in the original text. `quoted`: inside quotation marks.

    `probability` is that of the learned act, where no pattern was found."""

    start: int
    end: int
    quoted: bool = False
    probability: float | None = None


class SignalFinder:
    """Finds `wanted` signals (default: all) in single turns; `models` hear the acts that signals name, by speaker.

    Made once per rubric; raises `RubricError` where signals refer to each other in a circle."""

    def __init__(
        self,
        signals: dict[str, Signal],
        wanted: Iterable[str] | None = None,
        models: Mapping[Speaker, LinearModel] | None = None,
    ) -> None:
        if wanted is not None:
            signals = _with_members(signals, wanted)
        self._signals = signals
        self._models = models or {}
        self._learned: dict[Speaker, list[tuple[str, str, float]]] = {
            speaker: [
                (name, signal.act, signal.threshold)
                for name, signal in signals.items()
                if signal.act in model.labels and signal.threshold is not None and signal.speaker in (None, speaker)
            ]
            for speaker, model in self._models.items()
        }
        self._indexes: dict[Speaker, PatternIndex[str]] = {"agent": PatternIndex(), "customer": PatternIndex()}
        self._unless: dict[str, list[PhrasePattern]] = {}
        for name, signal in signals.items():
            for phrase in signal.phrases:
                for speaker, index in self._indexes.items():
                    if signal.speaker in (None, speaker):
                        index.add(parse_pattern(phrase), name)
            self._unless[name] = [parse_pattern(phrase) for phrase in signal.unless]
        try:
            order = TopologicalSorter({name: signal.any for name, signal in signals.items()}).static_order()
            self._unions = [name for name in order if signals[name].any]
        except CycleError as error:
            circle = " -> ".join(error.args[1])
            raise RubricError(f"signals refer to each other in a circle: {circle}") from error
        self._by_length = [name for name, s in signals.items() if not s.phrases and not s.any and s.act is None]
        self._bounded = {name for name, s in signals.items() if s.min_characters or s.max_characters}
        self._remembered: dict[tuple[Speaker, str], dict[str, Spot]] = {}

    def find(self, turn: Turn) -> dict[str, Spot]:
        """Signal name -> the first place in `turn` that carries it. Not to be changed: recent answers are given again."""
        key = turn.speaker, turn.text
        known = self._remembered.get(key)
        if known is None:
            if len(self._remembered) >= _REMEMBERED:
                self._remembered.clear()
            known = self._remembered[key] = self._find(turn)
        return known

    def acts_of(self, names: Iterable[str]) -> set[str]:
        """The learned acts that the signals `names` carry, or those that they are made of."""
        found = _with_members(self._signals, names).values()
        return {signal.act for signal in found if signal.act is not None}

    def described(self, names: Sequence[str]) -> str:
        """Signals for a reader: what each means with its name, or the bare names where they are many."""
        if len(names) > _FEW:
            return " or ".join(names)
        meanings = {name: self._signals[name].description.rstrip(".") for name in names}
        return " or ".join(f"{meaning} ({name})" if meaning else name for name, meaning in meanings.items())

    def heard(self, turn: Turn) -> Hearing | None:
        """Learned acts in the speaker's own words; None for an event, and where nothing was learned for the language."""
        model = self._models.get(turn.speaker)
        return None if model is None or turn.is_event else model.hear(own_words(turn.text))

    def _find(self, turn: Turn) -> dict[str, Spot]:
        folded = fold(turn.text)
        looked = Looked(folded.text)
        quotations = quotations_in(turn.text)
        best: dict[str, tuple[int, int]] = {}
        for pattern, name in self._indexes[turn.speaker].candidates(looked):
            if name in self._bounded and not self._fits(self._signals[name], turn):
                continue
            match = self._first_valid(pattern, name, looked)
            if match is not None and (name not in best or (match[0], -match[1]) < (best[name][0], -best[name][1])):
                best[name] = match
        spots: dict[str, Spot] = {}
        for name, (start, end) in best.items():
            begin, stop = folded.span(start, end)
            quoted = any(left <= begin and stop <= right for left, right in quotations)
            spots[name] = Spot(begin, stop, quoted)
        for name in self._by_length:
            if self._fits(self._signals[name], turn):
                spots[name] = Spot(0, len(turn.text))
        self._add_learned(spots, turn, looked)
        self._add_unions(spots, turn, looked)
        return spots

    def _first_valid(self, pattern: PhrasePattern, name: str, looked: Looked) -> tuple[int, int] | None:
        match = next(matches := pattern.finditer(looked.text), None)
        if match is None:
            return None
        exceptions = [exception for exception in self._unless[name] if exception.possible(looked)]
        while match is not None and exceptions:
            text = looked.text
            sentence = text[_sentence_start(text, match.start()) : _sentence_end(text, match.end())]
            if not any(exception.matches(sentence) for exception in exceptions):
                break
            match = next(matches, None)
        return None if match is None else match.span()

    def _add_learned(self, spots: dict[str, Spot], turn: Turn, looked: Looked) -> None:
        learned = self._learned.get(turn.speaker)
        heard = self.heard(turn) if learned else None
        if not learned or heard is None:
            return
        for name, act, threshold in learned:
            found = heard.get(act)
            if name in spots or found is None or found.probability < threshold:
                continue
            if self._fits(self._signals[name], turn) and not _any_match(self._unless[name], looked):
                spots[name] = Spot(found.start, found.end, probability=found.probability)

    def _add_unions(self, spots: dict[str, Spot], turn: Turn, looked: Looked) -> None:
        for name in self._unions:
            signal = self._signals[name]
            if not self._fits(signal, turn) or _any_match(self._unless[name], looked):
                continue
            members = [spots[member] for member in (*signal.any, name) if member in spots]
            if members:
                spots[name] = min(members, key=lambda spot: (spot.start, -spot.end))

    @staticmethod
    def _fits(signal: Signal, turn: Turn) -> bool:
        if signal.speaker is not None and signal.speaker != turn.speaker:
            return False
        if signal.min_characters is not None and len(turn.text) < signal.min_characters:
            return False
        return signal.max_characters is None or len(turn.text) <= signal.max_characters


def _with_members(signals: dict[str, Signal], wanted: Iterable[str]) -> dict[str, Signal]:
    """The wanted signals and those that they are made of, in the order of `signals`."""
    needed: set[str] = set()
    open_names = list(wanted)
    while open_names:
        name = open_names.pop()
        if name not in needed:
            needed.add(name)
            open_names += signals[name].any
    return {name: signal for name, signal in signals.items() if name in needed}


def _any_match(patterns: Iterable[PhrasePattern], looked: Looked) -> bool:
    return any(pattern.possible(looked) and pattern.matches(looked.text) for pattern in patterns)


def _sentence_start(text: str, position: int) -> int:
    ends = [match.end() for match in _SENTENCE_END.finditer(text, 0, position)]
    return ends[-1] if ends else 0


def _sentence_end(text: str, position: int) -> int:
    match = _SENTENCE_END.search(text, max(0, position - 1))
    return match.end() if match else len(text)
