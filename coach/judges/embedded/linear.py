"""Linear models over the features of sentences: what the embedded judge has learned, acts and rules alike.

Promise: sums are sums of integers, so that the same sentence has the same score on any machine.
"""

from __future__ import annotations

import base64
import json
import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from coach.judges.embedded.features import analysed, parts_of, sentences_of

__all__ = ["Heard", "Hearing", "LinearModel", "decode", "encode", "log_odds", "loudest"]


@dataclass(frozen=True, slots=True)
class Fields:
    """What the features of a sentence add up to: a field of `sums` for each label. `none` is what a label without any weight
    would add up to, `length` the square root of the number of features."""

    sums: memoryview
    none: int
    length: float


_ZERO = 128
_FIELD = 4
"""Bytes of a sum."""
_REMEMBERED, _TURNS = 4096, 512
"""So many words and turns are kept: words recur, and a conversation is graded again with every rewrite in place."""
_UNKNOWN = 100_000
"""So many features are remembered as having no weights."""


@dataclass(frozen=True, slots=True)
class Heard:
    """A label in a turn: `odds` (log-odds) that it is there, and the sentence that shows it best, as a span of the turn."""

    odds: float
    start: int
    end: int

    @property
    def probability(self) -> float:
        """The same as a probability, 0 to 1."""
        return 1 / (1 + math.exp(-self.odds))


Sums = tuple[int, int]
"""The packed weights of some features, added up, and how many features they were."""


class LinearModel:
    """One linear model per label over shared features; `labels`: names in the order of the weights.

    A weight is a byte, 128 standing for none. All weights of a feature are packed into one integer, a field for each label and
    one that counts, so that the sums of all labels are made at once; those of a word with all its pieces are kept. `whole`:
    a turn of several sentences is heard as a whole too."""

    def __init__(
        self,
        labels: list[str],
        scales: list[float],
        biases: list[float],
        weights: Mapping[str, bytes],
        *,
        whole: bool = False,
    ) -> None:
        self.labels = labels
        self._scales, self._biases, self._whole = scales, biases, whole
        self._packed = _Packed(weights)
        self._words: dict[str, Sums] = {}
        self._heard: dict[str, Hearing] = {}
        self._number = {label: number for number, label in enumerate(labels)}

    def number(self, label: str) -> int | None:
        """The place of `label` among the labels; None where it was not learned."""
        return self._number.get(label)

    def scores(self, sentence: str) -> list[float]:
        """Log-odds of each label in one sentence, in the order of `labels`."""
        fields = self._fields(*self._sums(sentence))
        return [self.score(number, fields) for number in range(len(self.labels))]

    def hear(self, text: str) -> Hearing:
        """What is in a turn; recent answers are given again."""
        known = self._heard.get(text)
        if known is None:
            if len(self._heard) >= _TURNS:
                self._heard.clear()
            spans = sentences_of(text)
            sums = [self._sums(text[start:end]) for start, end in spans]
            if self._whole and len(spans) > 1:
                spans = (*spans, (0, len(text)))
                sums.append((sum(packed for packed, _ in sums), sum(count for _, count in sums)))
            known = self._heard[text] = Hearing(self, spans, [self._fields(*one) for one in sums])
        return known

    def score(self, number: int, fields: Fields) -> float:
        """Log-odds of the label `number` for sums of features."""
        return (fields.sums[number] - fields.none) * self._scales[number] / fields.length + self._biases[number]

    def _sums(self, sentence: str) -> Sums:
        words, others = analysed(sentence)
        total, count = self._sum(others), len(others)
        for word in words:
            packed, pieces = self._word(word)
            total += packed
            count += pieces
        return total, count

    def _fields(self, total: int, count: int) -> Fields:
        sums = memoryview(total.to_bytes(_FIELD * (len(self.labels) + 1), "little")).cast("I")
        return Fields(sums, _ZERO * sums[-1], math.sqrt(count))

    def _sum(self, features: list[str]) -> int:
        return sum(map(self._packed.__getitem__, features))

    def _word(self, word: str) -> Sums:
        known = self._words.get(word)
        if known is None:
            if len(self._words) >= _REMEMBERED:
                self._words.clear()
            parts = parts_of(word)
            known = self._words[word] = self._sum(parts), len(parts)
        return known


class Hearing:
    """What a model makes of one turn. A label is worked out when it is asked for: most never are."""

    __slots__ = ("_model", "fields", "spans")

    def __init__(self, model: LinearModel, spans: tuple[tuple[int, int], ...], fields: list[Fields]) -> None:
        self._model, self.spans, self.fields = model, spans, fields

    def get(self, label: str) -> Heard | None:
        """The label at the sentence that shows it best; None if it was not learned, or nothing is said."""
        number = self._model.number(label)
        if number is None or not self.fields:
            return None
        best = loudest(self.fields, number)
        return Heard(self._model.score(number, self.fields[best]), *self.spans[best])


def loudest(fields: Sequence[Fields], number: int) -> int:
    """Which of `fields` has most of the label `number`. The scale of a label is never below zero, so it need not be known."""
    loudness = [(one.sums[number] - one.none) / one.length for one in fields]
    return loudness.index(max(loudness))


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


def encode(models: Mapping[str, Mapping[str, object]], weights: Mapping[str, Mapping[str, bytes]]) -> str:
    """The text of a weights file: of each model by name its `labels`, `scales` and `biases`, and a row of bytes a feature."""
    data = {
        name: {
            **model,
            "features": "\t".join(weights[name]),
            "weights": base64.b64encode(b"".join(weights[name].values())).decode("ascii"),
        }
        for name, model in models.items()
    }
    return json.dumps(data, ensure_ascii=False, indent=1) + "\n"


def decode(text: str) -> dict[str, LinearModel]:
    """The models of a weights file, by name."""
    return {name: _model(data) for name, data in json.loads(text).items()}


def _model(data: dict[str, Any]) -> LinearModel:
    labels = data["labels"]
    weights = _Rows(data["features"].split("\t"), base64.b64decode(data["weights"]), len(labels))
    return LinearModel(labels, data["scales"], data["biases"], weights, whole=data.get("whole", False))
