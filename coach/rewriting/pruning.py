"""What may stay of a turn that is written anew, and what makes room for other words.

Promise: nothing is reworded. Sentences go whole, or from some clause on; a fact that nothing else states is never cut off,
so where it stands in the middle of what offends, the sentence stays as it is, and the rewrite fails its checks.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from itertools import takewhile

from coach.rewriting.draft import Draft, Wording, join
from coach.rewriting.facts import FactCheck
from coach.rewriting.names import Address
from coach.rewriting.tone import Tone

__all__ = ["ENDS", "Pruner"]

ENDS = ".!?。！？,;，；、—…"
"""What may stand at the end of a clause or sentence."""

_SHORT, _SHORT_HAN = 120, 40
"""An answer of so many characters that states no fact may go as a whole."""

_LEAST, _LEAST_HAN = 25, 10
"""Fewer characters than these are no answer to be left with."""

_LEAST_CLAUSE = 4
"""A clause of fewer letters does not stand alone."""

_CLAUSE = re.compile(r"(?<=[,;，；、—])\s*")
_SUBORDINATE = re.compile(
    r"(?:quien|que|si|cuando|aunque|como|por|para|who|when|if|though|as|because|unless)\b", re.IGNORECASE
)
"""A clause that begins so is no sentence by itself."""

_PARTICLES = ("啊", "呗", "呢", "嘛", "呀", "哦", "啦", "咯", "喽")
_FEW_WORDS = 3

_QUESTIONS_AND_EVENTS = "?？[［【"


@dataclass(frozen=True)
class Pruner:
    """For one turn: `original` is what was said, `facts` and `tone` tell what has to stay and what may not, `address` how the
    customer is called (any wording says that)."""

    original: Draft
    facts: FactCheck
    tone: Tone
    language: str
    address: Address

    def reduced(self, draft: Draft, places: Iterable[int]) -> Draft:
        """Without the sentences at `places`, but for their beginnings that state facts which nothing else states, or are
        courteous. What has been shortened before keeps only its facts."""
        for place in places:
            sentence = draft.body[place]
            draft = draft.without([place])
            kept = self._worth_keeping(sentence, draft.text, polite=sentence == self.original.body[place])
            if kept:
                draft = draft.with_sentence(place, kept)
        return draft

    def without_harsh(self, draft: Draft) -> Draft:
        """Without what sounds harsh: the end of a sentence, its beginning before a courteous end, or all of it."""
        if draft.turn.speaker != "agent":
            return draft
        for place, sentence in enumerate(draft.body):
            if not sentence or not self.tone.harsh(sentence):
                continue
            kept = self._softer(sentence)
            if kept is None:
                draft = self.reduced(draft, [place])
            else:
                draft = draft.without([place]).with_sentence(place, kept)
        return draft

    def making_room(self, draft: Draft, wording: Wording) -> Draft:
        """Without what `wording` takes the place of, and without what was kept only for facts that it states."""
        if draft.turn.speaker != "agent":
            return draft
        if wording.drops:
            kinds = wording.drops
            draft = draft.without(self._where(draft, lambda s: any(d.kind in kinds for d in self.facts.compare(s, ""))))
        if wording.place == "instead":
            draft = draft.without(self._where(draft, self._talk)) if wording.said else self._without_plain(draft)
        if self.tone.farewell(wording.text):
            draft = draft.without(self._where(draft, lambda s: self.tone.farewell(s) and self._plain(s)))
        if wording.place == "opening" and self.tone.greeting(wording.text):
            said = wording.text
            draft = draft.without(self._where(draft, lambda s: self.tone.greeting(s) and not self._lost(s, said)))
        cut = [i for i, s in enumerate(draft.body) if s and s != self.original.body[i] and s in self.original.body[i]]
        return draft.without(
            [i for i in cut if not self._needed(draft.body[i], draft.without([i]).text + wording.text)]
        )

    def suits(self, draft: Draft, wording: Wording) -> bool:
        """False where an answer of the right kind would stand beside a statement that it should take the place of."""
        if wording.place != "instead" or wording.said or draft.turn.speaker != "agent":
            return True
        stays = self._where(draft, lambda s: not self.tone.courteous(s) and not s.rstrip().endswith(("?", "？")))
        return not stays or draft.body != self.original.body

    def says_enough(self, draft: Draft) -> bool:
        """True where half of what was said is left, and some of it, or of what was added, is courteous."""
        rest, whole = len("".join(draft.body)), len("".join(self.original.body))
        kind = bool(draft.added) or not self.tone.knows_courtesy or self.tone.courteous(" ".join(draft.body))
        return rest >= (_LEAST_HAN if self.language == "zh" else _LEAST) and 2 * rest > whole and kind

    def _where(self, draft: Draft, fits: Callable[[str], bool]) -> list[int]:
        return [i for i, sentence in enumerate(draft.body) if sentence and fits(sentence)]

    def _worth_keeping(self, sentence: str, others: str, *, polite: bool) -> str:
        """The first clauses of a sentence, as far as they state what `others` do not (or are courteous); all of it where a
        fact comes later: the end of a sentence does not stand alone."""
        clauses = [part for part in _CLAUSE.split(sentence) if part]

        def kind(words: str) -> bool:
            return polite and len(clauses) > 1 and self.tone.courteous(words) and not self.tone.harsh(words)

        kept = list(takewhile(lambda part: self._lost(part, others) or kind(part), clauses))
        if self._lost(" ".join(clauses[len(kept) :]), others) or (kept and _SUBORDINATE.match(kept[0])):
            return sentence
        return self._ended(kept, sentence) if kept else ""

    def _softer(self, sentence: str) -> str | None:
        """The clauses before the harsh one, or the courteous one at the end; None where a fact would go with the others, or
        what is left does not stand alone."""
        clauses = [part for part in _CLAUSE.split(sentence) if part]
        before = list(takewhile(lambda part: not self.tone.harsh(part), clauses))
        last = clauses[-1]
        if not before and self.tone.courteous(last) and not self.tone.harsh(last):
            return None if self.facts.compare(join(*clauses[:-1]), "") else last
        if not before or _SUBORDINATE.match(before[0]) or self.facts.compare(join(*clauses[len(before) :]), ""):
            return None
        shorter = self._ended(before, sentence)
        enough = sum(c.isalnum() for c in shorter) >= _LEAST_CLAUSE
        return shorter if enough and not self.tone.harsh(shorter) else None

    def _without_plain(self, draft: Draft) -> Draft:
        """Without the sentences that state no fact, ask nothing and are not courteous: what an answer of the right kind
        takes the place of. Only in a short turn, or where something has gone already."""
        limit = _SHORT_HAN if self.language == "zh" else _SHORT
        if len(" ".join(draft.body)) > limit and draft.body == self.original.body:
            return draft
        return draft.without(self._where(draft, lambda s: self._plain(s) and not self.tone.courteous(s)))

    def _lost(self, words: str, others: str) -> bool:
        """True where `words` state a fact that `others` do not; the customer's own name is no such fact."""
        found = self.facts.compare(f"{others} {words}", others)
        return any(d.change == "lost" and not (d.kind == "name" and self._calls(d.words)) for d in found)

    def _calls(self, words: str) -> bool:
        return words in (self.address.words or "")

    def _plain(self, sentence: str) -> bool:
        """True where it states no fact and asks nothing."""
        return not self._lost(sentence, "") and not any(mark in sentence for mark in _QUESTIONS_AND_EVENTS)

    def _needed(self, sentence: str, others: str) -> bool:
        """True where `sentence` states a fact that `others` do not, or is courteous."""
        return self._lost(sentence, others) or self.tone.courteous(sentence)

    def _talk(self, sentence: str) -> bool:
        """True for what is hardly more than an outcry: no fact, no courtesy, a few words or a Chinese modal particle at the
        end. Beside something that offends it is part of it."""
        if not self._plain(sentence) or self.tone.courteous(sentence):
            return False
        words = sentence.strip().rstrip(ENDS)
        return words.endswith(_PARTICLES) if self.language == "zh" else len(words.split()) <= _FEW_WORDS

    def _ended(self, clauses: list[str], sentence: str) -> str:
        """The first clauses of a sentence as a sentence of their own."""
        if join(*clauses) == sentence:
            return sentence
        text = join(*clauses).strip().rstrip(ENDS)
        asks = sentence.rstrip().endswith(("?", "？")) and self.language != "es"
        return text + (sentence.rstrip()[-1] if asks else "。" if self.language == "zh" else ".") if text else ""
