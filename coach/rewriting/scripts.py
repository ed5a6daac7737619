"""The manual's own scripts for a clause: compliant sentences of the rubric, made fit for one conversation.

Promise: a sentence is used only if it can be said here. One with an unfilled slot (XX, ...), with an address that does not
fit the customer, or about things of which neither this conversation nor the clause speaks, is passed over.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from functools import lru_cache

from coach.resources import rubrics_folder
from coach.rewriting.manual_scripts import ManualScripts, manual_scripts
from coach.rewriting.names import Address, readdressed
from coach.rubric import ALWAYS, Criterion, Rubric, in_language

__all__ = ["Scripts", "agent_lines"]

_SPEAKER = re.compile(r"(?:^|\s*/?\s*)(Agente|Agent|客服|Cliente|Customer|客户)\s*[:：]\s*")
_AGENTS = ("Agente", "Agent", "客服")
_ASIDE = re.compile(r"\s*(?:[\[［【][^\]］】]*[\]］】]|（[^）]*）)\s*")
_SLOT = re.compile(r"X{2,}|×|\bX\b|/|＊|\*|_{2,}|\{|…|\.{3}|——|—$|○|某", re.IGNORECASE)
_GENDERED = re.compile(r"(?:Tranquil|Encantad|Bienvenid)[oa]\b")
"""Agrees with whoever speaks or is spoken to, which an example cannot know."""

_QUOTED = re.compile(r"“([^”]{6,80})”")
_WORD = re.compile(r"[^\W\d_]{4,}")
_HAN_RUN = re.compile(r"[\u4e00-\u9fff]+")


def agent_lines(example: str) -> list[str]:
    """What the agent says in an example: the whole of it, or the agent's part of a short dialogue; asides are left out."""
    pieces = _SPEAKER.split(example)
    if len(pieces) == 1:
        said = example.split(" / ")
    else:
        said = [pieces[i + 1] for i in range(1, len(pieces) - 1, 2) if pieces[i] in _AGENTS]
    lines = [line.strip(" /") for part in said for line in _ASIDE.split(part)]
    return [line for line in lines if sum(c.isalnum() for c in line) > 3]


class Scripts:
    """Sentences for one conversation: `address` is how its customer is addressed, `spoken` all of its words. With `lenient`, for a
    sentence without a conversation, new words put a sentence last instead of ruling it out."""

    def __init__(self, rubric: Rubric, address: Address, spoken: str, *, lenient: bool = False) -> None:
        self._rubric, self._address, self._lenient = rubric, address, lenient
        self._spoken = _terms(spoken)
        self._ordinary = _ordinary(rubric.language)

    def for_criterion(self, criterion: Criterion) -> list[str]:
        """Usable sentences, the best first: those that bring in nothing new, and the manual's examples in their order."""
        about = _terms(_about(criterion, self._rubric))
        ranked: list[tuple[int, int, str]] = []
        wanted = manual_scripts(self._rubric.id).get(criterion.id, ManualScripts()).wanted
        # What the manual itself has agents say fits the clause's situation whatever it speaks of.
        own = [line for script in wanted for line in agent_lines(script)] if criterion.scenario != ALWAYS else []
        for position, line in enumerate([*_lines(criterion), *own]):
            if _SLOT.search(line):
                continue
            sentence = readdressed(line, self._address)
            if sentence is None or _GENDERED.match(sentence):
                continue
            foreign = len(_terms(sentence) - self._ordinary - self._spoken - about)
            if self._lenient or line in own or foreign <= self._allowed(criterion):
                ranked.append((foreign, position, sentence))
        return [sentence for _, _, sentence in sorted(ranked)]

    def _allowed(self, criterion: Criterion) -> int:
        """Terms that may be new: none; but pairs of Chinese characters run across the edges of words, where a new pair says
        nothing, and the more so the closer the example is to the situation."""
        if self._rubric.language != "zh":
            return 0
        return 2 if criterion.scenario == ALWAYS else 4


def _lines(criterion: Criterion) -> Iterator[str]:
    for example in criterion.examples.compliant:
        yield from agent_lines(example)
    if all(check.check != "forbid" for check in criterion.checks):
        yield from _QUOTED.findall(criterion.quote)


def _about(criterion: Criterion, rubric: Rubric) -> str:
    scenario = rubric.scenario_by_id.get(criterion.scenario)
    texts = [
        criterion.quote,
        in_language(criterion.requirement, rubric.language),
        in_language(criterion.title, rubric.language),
    ]
    if scenario is not None:
        texts += [in_language(scenario.description, rubric.language), *scenario.cues]
    return " ".join(texts)


@lru_cache(maxsize=16384)
def _stem(word: str) -> str:
    plain = "".join(c for c in unicodedata.normalize("NFKD", word.casefold()) if not unicodedata.combining(c))
    return plain[:5]


def _terms(text: str) -> set[str]:
    """What a text speaks of: beginnings of words of four letters and more, pairs of Chinese characters."""
    terms = {_stem(word) for word in _WORD.findall(text) if word.isascii() or not _HAN_RUN.search(word)}
    for run in _HAN_RUN.findall(text):
        terms.update(run[i : i + 2] for i in range(len(run) - 1))
    return terms


@lru_cache(maxsize=8)
def _ordinary(language: str) -> frozenset[str]:
    """Terms that speak of no matter in particular: `rubrics/ordinary/LANGUAGE.txt`. Without the file there are none."""
    path = rubrics_folder() / "ordinary" / f"{language}.txt"
    if not path.is_file():
        return frozenset()
    lines = path.read_text("utf-8").splitlines()
    return frozenset(_terms(" ".join(line for line in lines if not line.startswith("#"))))
