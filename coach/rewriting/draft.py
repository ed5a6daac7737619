"""A turn under revision: its sentences, what is put before and after them, and the conversation with it in place.

Promise: what is not touched stays letter for letter, bracketed events included; indexes of other turns can be found again.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from coach.evidence import locate
from coach.findings import Rewrite
from coach.transcript import Transcript, Turn

__all__ = ["Draft", "in_place", "join", "sentences"]

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
    """Sentences in a row: with a space between them, or none next to Chinese."""
    text = ""
    for part in filter(None, parts):
        apart = text and not (_HAN.match(text[-1]) or _HAN.match(part[0]))
        text += f" {part}" if apart else part
    return text


@dataclass(frozen=True)
class Draft:
    """Turn `turn` with `body` instead of its sentences (a removed sentence is empty), and words before and after it."""

    turn: Turn
    body: tuple[str, ...]
    before: tuple[str, ...] = ()
    after: tuple[str, ...] = ()

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

    def replaced(self, places: list[int], words: str) -> Draft:
        """`words` instead of the sentences at `places`; events among them are kept."""
        body = list(self.body)
        for number, place in enumerate(places):
            events = " ".join(_EVENT.findall(body[place]))
            body[place] = join(words if number == 0 else "", events)
        return replace(self, body=tuple(body))

    def with_before(self, words: str) -> Draft:
        """`words` before everything."""
        return replace(self, before=(words, *self.before))

    def with_after(self, words: str) -> Draft:
        """`words` after everything."""
        return replace(self, after=(*self.after, words))

    @property
    def rewrite(self) -> Rewrite | None:
        """What the agent is shown, or None where nothing is left to say or nothing was changed."""
        text = join(*self.body)
        unchanged = text == join(*sentences(self.turn.text))
        before, after = join(*self.before), join(*self.after)
        if unchanged and before and not after:
            return Rewrite(turn=self.turn.index, place="before", text=before)
        if unchanged and after and not before:
            return Rewrite(turn=self.turn.index, place="after", text=after)
        whole = join(before, text, after)
        if self.turn.speaker != "agent" or (unchanged and not before) or not _EVENT.sub("", whole).strip():
            return None
        return Rewrite(turn=self.turn.index, place="replace", text=whole)


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
