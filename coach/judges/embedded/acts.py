"""The learned half of the embedded judge: which speech acts a turn carries, told by weights trained on exemplars.

Promise: sums are sums of integers, so that the same sentence has the same score on any machine. Nothing but a file of the
package is read, and only when a turn in its language first comes.
"""

from __future__ import annotations

import base64
import json
import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache

from coach.folding import fold_characters
from coach.judges.embedded.features import is_chinese, pairs_of, parts_of, runs_of, sentences_of, words_in
from coach.judges.embedded.learned import learned_text
from coach.transcript import Speaker

__all__ = ["FAULT", "ActModel", "Heard", "Hearing", "act_models", "decode", "encode", "log_odds"]

FAULT = "fault"
"""Learned beside the acts of the list: any of those that are rude or evasive."""

_ZERO = 128
_FIELD = 4
"""Bytes of a sum."""
_REMEMBERED, _TURNS = 4096, 512
"""So many words and turns are kept: words recur, and a conversation is graded again with every rewrite in place."""
_UNKNOWN = 100_000
"""So many features are remembered as having no weights."""


@dataclass(frozen=True, slots=True)
class Heard:
    """An act in a turn: `probability` that it is there, and the sentence that shows it best, as a span of the turn."""

    probability: float
    start: int
    end: int


class ActModel:
    """One linear model per act over shared features; `acts`: names in the order of the weights.

    A weight is a byte, 128 standing for none. All weights of a feature are packed into one integer, a field for each act and
    one that counts, so that the sums of all acts are made at once; those of a word with all its pieces are kept."""

    def __init__(self, acts: list[str], scales: list[float], biases: list[float], weights: Mapping[str, bytes]) -> None:
        self.acts, self._scales, self._biases = acts, scales, biases
        self._packed = _Packed(weights)
        self._words: dict[str, tuple[int, int]] = {}
        self._heard: dict[str, Hearing] = {}
        self._number = {act: number for number, act in enumerate(acts)}

    def scores(self, sentence: str) -> list[float]:
        """Log-odds of each act in one sentence, in the order of `acts`."""
        folded = fold_characters(sentence)
        if is_chinese(folded):
            runs = runs_of(folded)
            total, count = self._sum(runs), len(runs)
        else:
            words = words_in(folded)
            pairs = pairs_of(words)
            total, count = self._sum(pairs), len(pairs)
            for word in words:
                packed, pieces = self._word(word)
                total += packed
                count += pieces
        fields = memoryview(total.to_bytes(_FIELD * (len(self.acts) + 1), "little")).cast("I")
        none, length = _ZERO * fields[-1], math.sqrt(count)
        return [
            (total - none) * scale / length + bias
            for total, scale, bias in zip(fields, self._scales, self._biases, strict=False)
        ]

    def _sum(self, features: list[str]) -> int:
        return sum(map(self._packed.__getitem__, features))

    def _word(self, word: str) -> tuple[int, int]:
        known = self._words.get(word)
        if known is None:
            if len(self._words) >= _REMEMBERED:
                self._words.clear()
            parts = parts_of(word)
            known = self._words[word] = self._sum(parts), len(parts)
        return known

    def hear(self, text: str) -> Hearing:
        """Each act at the sentence of the turn that shows it best; recent answers are given again."""
        known = self._heard.get(text)
        if known is None:
            if len(self._heard) >= _TURNS:
                self._heard.clear()
            spans = sentences_of(text)
            known = self._heard[text] = Hearing(self._number, spans, [self.scores(text[a:b]) for a, b in spans])
        return known


class Hearing:
    """What the recogniser makes of one turn. An act is worked out when it is asked for: most never are."""

    __slots__ = ("_number", "_scores", "_spans")

    def __init__(self, number: dict[str, int], spans: list[tuple[int, int]], scores: list[list[float]]) -> None:
        self._number, self._spans, self._scores = number, spans, scores

    def get(self, act: str) -> Heard | None:
        """The act at the sentence that shows it best; None if it was not learned, or nothing is said."""
        number = self._number.get(act)
        if number is None or not self._scores:
            return None
        scores = [sentence[number] for sentence in self._scores]
        best = max(scores)
        start, end = self._spans[scores.index(best)]
        return Heard(1 / (1 + math.exp(-best)), start, end)


def log_odds(probability: float) -> float:
    """The log-odds of a probability, which is kept a little away from 0 and 1."""
    kept = min(0.999, max(0.001, probability))
    return math.log(kept / (1 - kept))


class _Packed(dict[str, int]):
    """Feature -> its packed weights, made when it first turns up; nothing for a feature without weights."""

    def __init__(self, weights: Mapping[str, bytes]) -> None:
        super().__init__()
        self._weights = weights

    def __missing__(self, feature: str) -> int:
        row = self._weights.get(feature)
        if row is None:
            if len(self) < _UNKNOWN:
                self[feature] = 0
            return 0
        spread = bytearray(_FIELD * (len(row) + 1))
        spread[:-_FIELD:_FIELD] = row
        spread[-_FIELD] = 1
        packed = self[feature] = int.from_bytes(spread, "little")
        return packed


class _Rows(Mapping[str, bytes]):
    """Feature -> its row of a table of bytes."""

    def __init__(self, features: list[str], table: bytes, width: int) -> None:
        self._number, self._table, self._width = dict(zip(features, range(len(features)), strict=True)), table, width

    def __getitem__(self, feature: str) -> bytes:
        start = self._number[feature] * self._width
        return self._table[start : start + self._width]

    def __iter__(self) -> Iterator[str]:
        return iter(self._number)

    def __len__(self) -> int:
        return len(self._number)


@lru_cache(maxsize=8)
def act_models(language: str) -> dict[Speaker, ActModel]:
    """The models of a language, by speaker; empty where none was trained for it."""
    text = learned_text(language)
    return {} if text is None else decode(text)


def encode(models: Mapping[str, Mapping[str, object]], weights: Mapping[str, Mapping[str, bytes]]) -> str:
    """The text of a weights file: per speaker what `models` says, and a row of bytes for each feature."""
    data = {
        speaker: {
            **model,
            "features": "\t".join(weights[speaker]),
            "weights": base64.b64encode(b"".join(weights[speaker].values())).decode("ascii"),
        }
        for speaker, model in models.items()
    }
    return json.dumps(data, ensure_ascii=False, indent=1) + "\n"


def decode(text: str) -> dict[Speaker, ActModel]:
    """The models of a weights file."""
    models: dict[Speaker, ActModel] = {}
    for speaker, data in json.loads(text).items():
        weights = _Rows(data["features"].split("\t"), base64.b64decode(data["weights"]), len(data["acts"]))
        models[speaker] = ActModel(data["acts"], data["scales"], data["biases"], weights)
    return models
