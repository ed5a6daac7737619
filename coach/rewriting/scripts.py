"""Wordings for a clause, made fit for one conversation: the rubric's scripts, else its compliant examples.

Promise: a wording is used only if it can be said here. A script states no fact, and the customer is called in it as in the
conversation, or not at all. An example was written for another conversation: one with an unfilled slot (XX, ...), with an
address that does not fit, or about things of which neither this conversation nor the clause speaks is passed over.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from functools import lru_cache

from coach.resources import rubrics_folder
from coach.rewriting.draft import Place, Wording
from coach.rewriting.manual_scripts import ManualScripts, manual_scripts
from coach.rewriting.names import Address, readdressed
from coach.rubric import ALWAYS, Criterion, Rubric, Script, in_language

__all__ = ["Scripts", "addressing", "agent_lines", "plain_examples", "rubric_scripts", "swapped"]

_SPEAKER = re.compile(r"(?:^|\s*/?\s*)(Agente|Agent|客服|Cliente|Customer|客户)\s*[:：]\s*")
_AGENTS = ("Agente", "Agent", "客服")
_ASIDE = re.compile(r"\s*(?:[\[［【][^\]］】]*[\]］】]|（[^）]*）)\s*")
_SLOT = re.compile(r"X{2,}|×|\bX\b|/|＊|\*|_{2,}|\{|…|\.{3}|——|—$|○|某", re.IGNORECASE)
_GENDERED = re.compile(r"(?:Tranquil|Encantad|Bienvenid)[oa]\b")
"""Agrees with whoever speaks or is spoken to, which an example cannot know."""

_QUOTED = re.compile(r"“([^”]{6,80})”")
_WORD = re.compile(r"[^\W\d_]{4,}")
_HAN_RUN = re.compile(r"[\u4e00-\u9fff]+")
_ADDRESS = re.compile(r"(?:, \{address\}|\{address\}[,，] ?)")
_QUESTION = re.compile(r"(?!请问|啊|啥|什么[？?]|喂|嗯|哦|那)[^？?。！!，,]{4,20}[？?]")
_ORDER = re.compile(
    r"(?:(?!(?:you|we|i|it|that|this|there|he|she|they|no|not|what|who|why|how|yes|well|get|go|look|listen|don't|the|a)\b)"
    r"[A-Za-z][\w ,'’-]{2,58}|[^您你我他她它这那不没别啥什怎谁哪哦啊嗯喂A-Za-z\W][^不没别吧吗呢嘛您A-Za-z]{1,14})",
    re.IGNORECASE,
)
"""A sentence that reads as a plain order (`read me the number`, 等一下), which a polite frame can hold."""


def rubric_scripts(criterion: Criterion, *, said: bool) -> list[Script]:
    """The scripts of the rubric for words `said` wrongly, or for missing ones."""
    wanted = "said" if said else "missing"
    return [script for script in criterion.wordings if script.say and script.mends in (None, wanted)]


def swapped(criterion: Criterion, text: str) -> str:
    """`text` with the words changed that the scripts of `criterion` change for others, longer ones first."""
    words = {old: new for script in criterion.wordings for old, new in script.swap.items()}
    for old in sorted(words, key=len, reverse=True):
        text = text.replace(old, words[old])
    return re.sub(" {2,}", " ", text).lstrip(" ,，、") if words else text


def addressing(say: str, address: Address) -> str | None:
    """`say` with the slot for the address filled, or left out with its comma; None where the sentence needs it (as it does
    with `{address!}`)."""
    if address.words is not None:
        return say.replace("{address}", address.words).replace("{address!}", address.words)
    if "{address!}" in say:
        return None
    without = _ADDRESS.sub("", say)
    return None if "{address}" in without else without


def agent_lines(example: str) -> list[str]:
    """What the agent says in an example: the whole of it, or the agent's part of a short dialogue; asides are left out."""
    pieces = _SPEAKER.split(example)
    if len(pieces) == 1:
        said = example.split(" / ")
    else:
        said = [pieces[i + 1] for i in range(1, len(pieces) - 1, 2) if pieces[i] in _AGENTS]
    lines = [line.strip(" /") for part in said for line in _ASIDE.split(part)]
    return [line for line in lines if sum(c.isalnum() for c in line) > 3]


def plain_examples(criterion: Criterion) -> list[str]:
    """What agents say in the compliant examples, without the sentences that have a slot to fill."""
    lines = [line for example in criterion.examples.compliant for line in agent_lines(example)]
    return [line for line in lines if not _SLOT.search(line)]


class Scripts:
    """Wordings for one conversation: `address` is how its customer is addressed, `spoken` all of its words."""

    def __init__(self, rubric: Rubric, address: Address, spoken: str) -> None:
        self._rubric, self.address = rubric, address
        self._spoken = _terms(spoken)
        self._ordinary = _ordinary(rubric.language)

    def wordings(self, criterion: Criterion, *, said: bool, sentences: Sequence[str] = ()) -> list[Wording]:
        """Usable wordings, the best first. `sentences` are the agent's own, for scripts that hold one (`{said}`)."""
        if criterion.scripts is None:
            place: Place = "instead" if said else "before"
            return [Wording(criterion.id, line, place, said=said) for line in self.examples(criterion)]
        found = []
        for script in rubric_scripts(criterion, said=said):
            text = addressing(script.say, self.address)
            if text is not None and "{said}" in text:
                text = next((held for one in reversed(sentences) if (held := _framed(text, one))), None)
            if text is not None:
                default: Place = "instead" if said else "before"
                found.append(Wording(criterion.id, text, script.place or default, frozenset(script.drops), said))
        return found

    def examples(self, criterion: Criterion) -> list[str]:
        """Sentences of the examples: those that bring in nothing new first, then in their order."""
        about = _terms(_about(criterion, self._rubric))
        ranked: list[tuple[int, int, str]] = []
        wanted = manual_scripts(self._rubric.id).get(criterion.id, ManualScripts()).wanted
        # What the manual itself has agents say fits the clause's situation whatever it speaks of.
        own = [line for script in wanted for line in agent_lines(script)] if criterion.scenario != ALWAYS else []
        for position, line in enumerate([*_lines(criterion), *own]):
            if _SLOT.search(line):
                continue
            sentence = readdressed(line, self.address)
            if sentence is None or _GENDERED.match(sentence):
                continue
            foreign = len(_terms(sentence) - self._ordinary - self._spoken - about)
            if line in own or foreign <= self._allowed(criterion):
                ranked.append((foreign, position, sentence))
        return [sentence for _, _, sentence in sorted(ranked)]

    def _allowed(self, criterion: Criterion) -> int:
        """Terms that may be new: none; but pairs of Chinese characters run across the edges of words, where a new pair says
        nothing, and the more so the closer the example is to the situation."""
        if self._rubric.language != "zh":
            return 0
        return 2 if criterion.scenario == ALWAYS else 4


def _framed(frame: str, sentence: str) -> str | None:
    """The agent's own order, or question, inside a polite frame; None where the sentence is not a plain one."""
    if frame.endswith("{said}"):
        asked = sentence.strip()
        return frame.replace("{said}", asked) if _QUESTION.fullmatch(asked) else None
    order = sentence.strip().rstrip(".!。！ ")
    if _ORDER.fullmatch(order) is None:
        return None
    if not order[:1].isascii() or order[:2].isupper():
        return frame.replace("{said}", order)
    return frame.replace("{said}", order[0].lower() + order[1:])


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
