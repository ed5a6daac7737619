"""Readers for conversations that rules were learned from too: each is read by rules learned without it.

Promise: what such a reader hears in a conversation, it has not learned from that conversation.
"""

from __future__ import annotations

import zlib
from collections.abc import Sequence
from pathlib import Path

from coach.evals.golden import Case
from coach.judges.embedded.reading import Reader
from coach.judges.embedded.rules import decode_rules
from coach.rubric import Rubric
from coach.training.rule_exemplars import TaggedTurn, labels_of, read_tagged_turns
from coach.training.rules import train_rules

__all__ = ["CrossReaders"]

_FOLDS = 5


class CrossReaders:
    """Learns the rules of a rubric once a fold of conversations, when a conversation of that fold first comes.

    Of the conversations that `moments.jsonl` names, those that `golden` does not have are not learned from."""

    def __init__(self, exemplars: Path, golden: Sequence[Path]) -> None:
        self._exemplars, self._golden = exemplars, golden
        self._readers: dict[tuple[str, int], Reader] = {}
        self._turns: dict[str, list[TaggedTurn]] = {}

    def reader_of(self, case: Case) -> Reader:
        """A reader of the rubric of `case` that has learned nothing from its conversation."""
        fold = _fold(case.transcript.id)
        key = case.rubric.id, fold
        if key not in self._readers:
            self._readers[key] = self._made(case.rubric, fold)
        return self._readers[key]

    def _made(self, rubric: Rubric, fold: int) -> Reader:
        if rubric.id not in self._turns:
            folder = self._exemplars / rubric.id
            self._turns[rubric.id] = read_tagged_turns(folder, self._golden, rubric, complete=False)
        turns = [turn for turn in self._turns[rubric.id] if not turn.golden or _fold(turn.group) != fold]
        reader = Reader.of(rubric, learned=False)
        trained = train_rules(turns, labels_of(rubric))
        return Reader(rubric, reader.finder, decode_rules(trained.text))


def _fold(conversation: str) -> int:
    return zlib.crc32(conversation.encode()) % _FOLDS
