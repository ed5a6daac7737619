"""A turn under revision: its sentences, what is put before and after them, and the conversation with it in place.

Promise: what is not touched stays letter for letter, bracketed events included; indexes of other turns can be found again.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Literal

from coach.evidence import locate
from coach.findings import Rewrite
from coach.transcript import Transcript, Turn

__all__ = ["Draft", "Place", "Wording", "all_in_place", "in_place", "join", "sentences"]

Place = Literal["opening", "before", "instead", "after", "closing"]

_END = re.compile(r"(?:[.?!…]+[\"”’»)]*(?=\s|$)|[。？！；][”’」』）]*|\n+|(?<=[\]］】])\s+)")
_ABBREVIATION = re.compile(r"(?:^|[\s(¡¿])(?:Mr|Mrs|Ms|Dr|Dra|Sr|Sra|Srta|Prof|No|Nr|Ud|Uds|Vd|[ap]\.m|e\.g|i\.e)\.$")
_EVENT = re.compile(r"[\[［【][^\]］】]*[\]］】]")
_HAN = re.compile(r"[\u2e80-\u9fff\uff00-\uffef]")


def sentences(text: str) -> list[str]:
    """The sentences of `text` in order, with their punctuation; titles and other abbreviations end none."""
    found: list[str] = []
    begin = 0
    for match in _END.finditer(text):
        if _ABBREVIATION.search(text[begin : match.end()].rstrip()):
            continue
        piece = text[begin : match.end()].strip()
        if piece:
            found.append(piece)
        begin = match.end()
    rest = text[begin:].strip()
    return [*found, rest] if rest else found


def join(*parts: str) -> str:
    """Sentences in a row: with a space between them, or none next to Chinese. A sentence without an end gets one before the
    next, or the two would read as one."""
    text = ""
    for part in filter(None, parts):
        chinese = bool(text) and _HAN.match(text[-1]) is not None
        if text and text[-1].isalnum() and not _EVENT.match(part):
            text += "。" if chinese else "."
        apart = text and not (chinese or _HAN.match(part[0]))
        text += f" {part}" if apart else part
    return text


@dataclass(frozen=True)
class Wording:
    """Words that are put into a turn, for the sake of criterion `owner`: for what was `said` wrongly, or for what is missing.
    `drops` are kinds of facts that go with them."""

    owner: str
    text: str
    place: Place
    drops: frozenset[str] = frozenset()
    said: bool = False

    @property
    def asks(self) -> bool:
        """True where it ends in a question."""
        return self.text.endswith(("?", "？"))


@dataclass(frozen=True)
class Draft:
    """Turn `turn` with `body` instead of its sentences (a removed sentence is empty), and the words added to it.

    Words added to an unchanged turn are a turn of their own, unless they are `joined` to it."""

    turn: Turn
    body: tuple[str, ...]
    added: tuple[Wording, ...] = ()
    joined: bool = False

    @classmethod
    def of(cls, turn: Turn) -> Draft:
        """The turn as it was said."""
        return cls(turn, tuple(sentences(turn.text)))

    def offending(self, quote: str) -> list[int]:
        """Which sentences of the body hold words of `quote`."""
        alone = [i for i, sentence in enumerate(self.body) if sentence and locate(quote, sentence) is not None]
        if alone:
            return alone
        return [i for i, sentence in enumerate(self.body) if sentence and locate(sentence, quote) is not None]

    def without(self, places: Iterable[int]) -> Draft:
        """The sentences at `places` left out; events among them are kept."""
        body = list(self.body)
        for place in places:
            body[place] = " ".join(_EVENT.findall(body[place]))
        return replace(self, body=tuple(body))

    def with_sentence(self, place: int, sentence: str) -> Draft:
        """`sentence` at `place` of the body, before the events that were kept there."""
        body = list(self.body)
        body[place] = join(sentence, body[place])
        return replace(self, body=tuple(body))

    def with_words(self, wording: Wording) -> Draft:
        """`wording` added; it takes the place of what the same criterion had added."""
        others = tuple(one for one in self.added if one.owner != wording.owner)
        return replace(self, added=(*others, wording), joined=False)

    def without_words(self, owner: str) -> Draft:
        """What was added for `owner` left out."""
        return replace(self, added=tuple(one for one in self.added if one.owner != owner))

    @property
    def text(self) -> str:
        """All of it, in the order in which it is said."""
        first, inner = "", self._inner
        if self.added and (event := _EVENT.match(inner)):
            first, inner = event[0], inner[event.end() :].lstrip()
        text = join(first, *self._words("opening"), *self._words("before"), inner, *self._words("after", "closing"))
        return text if text[:1] == self.turn.text[:1] else _capital(text)

    @property
    def empty(self) -> bool:
        """True where no word is left to say."""
        return not _EVENT.sub("", self.text).strip()

    @property
    def rewrite(self) -> Rewrite | None:
        """What the agent is shown, or None where nothing is left to say or nothing was changed."""
        unchanged = "".join(self.body) == "".join(sentences(self.turn.text))
        places = {one.place for one in self.added}
        apart = unchanged and not self.joined
        if apart and places and places <= {"opening", "before", "instead"}:
            said = join(*self._words("opening"), *self._words("before", "instead"))
            return Rewrite(turn=self.turn.index, place="before", text=said)
        if apart and places and places <= {"after", "closing"}:
            return Rewrite(turn=self.turn.index, place="after", text=join(*self._words("after", "closing")))
        if self.turn.speaker != "agent" or (unchanged and not self.added) or self.empty:
            return None
        return Rewrite(turn=self.turn.index, place="replace", text=self.text)

    @property
    def _inner(self) -> str:
        """The body, with the words that stand instead of something where the first sentence is missing."""
        gap = next((i for i, sentence in enumerate(self.body) if not _EVENT.sub("", sentence)), 0)
        body = [_capital(sentence) if i and not self.body[i - 1] else sentence for i, sentence in enumerate(self.body)]
        return join(*body[:gap], *self._words("instead"), *body[gap:])

    def _words(self, *places: Place) -> list[str]:
        chosen = [one for place in places for one in self.added if one.place == place]
        if "after" in places:
            # What is asked comes last: somebody is going to answer it.
            chosen.sort(key=lambda one: (one.place == "closing", one.place == "after" and one.asks))
        return list(dict.fromkeys(one.text for one in chosen))


def _capital(sentence: str) -> str:
    return sentence[:1].upper() + sentence[1:]


def in_place(transcript: Transcript, rewrite: Rewrite) -> Transcript:
    """The conversation with `rewrite` in place. An inserted turn has no times; those after it count one on."""
    turns = list(transcript.turns)
    at = rewrite.turn
    if rewrite.place == "replace":
        turns[at] = turns[at].model_copy(update={"text": rewrite.text})
    else:
        said = Turn(index=0, speaker="agent", text=rewrite.text)
        turns.insert(at if rewrite.place == "before" else at + 1, said)
    numbered = tuple(turn.model_copy(update={"index": index}) for index, turn in enumerate(turns))
    return transcript.model_copy(update={"turns": numbered})


def all_in_place(transcript: Transcript, rewrites: Iterable[Rewrite]) -> Transcript:
    """The conversation with several rewrites in place, their turns counted in the original."""
    order = {"after": 0, "replace": 1, "before": 2}
    for rewrite in sorted(set(rewrites), key=lambda r: (-r.turn, order[r.place], r.text)):
        transcript = in_place(transcript, rewrite)
    return transcript
