"""Proof of a verdict: the words that a judge quotes are looked up in the transcript before anyone believes them.

Promise: what `locate` returns is a verbatim piece of the text that it was given, character for character, whatever a
judge made of it. Looked over are only differences that no reader would call other words: case, white space, Unicode
compatibility forms and punctuation width, the shape of quotation marks and dashes, invisible characters, and punctuation
at the ends of the quote. Other words are another quote, and are not found.
"""

from __future__ import annotations

import re
import unicodedata
from array import array
from dataclasses import dataclass
from functools import lru_cache

from coach.findings import Evidence, Finding
from coach.transcript import Speaker, Transcript

__all__ = ["MINIMUM_LETTERS", "find_turn", "locate", "verify"]

MINIMUM_LETTERS = 2
"""A quote with fewer letters or digits proves nothing, unless it is the whole turn (`[...]`, 嗯)."""

_WORD_EDGE_BELOW = 12
"""Quotes with fewer letters must start and end at word edges: `art` is no quote from `party`, but a long one may be cut."""

_MARKS = str.maketrans(
    {
        **dict.fromkeys("“”„‟«»‹›「」『』〝〞＂<>", '"'),
        **dict.fromkeys("‘’‚‛`´ʼ", "'"),
        **dict.fromkeys("‐‑‒–—―−─", "-"),
        "。": ".",
        "、": ",",
        "【": "[",
        "】": "]",
        "〔": "[",
        "〕": "]",
        "～": "~",
        "〜": "~",
    }
)
_GAP = re.compile(r"\s*(?:\[\s*)?(?:\.{3,}|…+)(?:\s*\])?\s*")


@dataclass(frozen=True)
class _Folded:
    """`letters` is what is compared; character i of it comes from character `origin[i]` of the text."""

    letters: str
    origin: array[int]


@lru_cache(maxsize=1024)
def _folded(text: str) -> _Folded:
    letters: list[str] = []
    origin = array("L")
    for position, character in enumerate(text):
        folded = character.lower() if "!" <= character <= "~" else _fold(character)
        letters.append(folded)
        origin.extend([position] * len(folded))
    joined = "".join(letters)
    return _Folded(joined.translate(_MARKS), origin)


@lru_cache(maxsize=4096)
def _fold(character: str) -> str:
    """Decomposed, so that é is the same in one or two code points; without white space, controls and format characters."""
    if unicodedata.category(character) in ("Cf", "Cc", "Zs", "Zl", "Zp") or "\ufe00" <= character <= "\ufe0f":
        return ""
    folded = unicodedata.normalize("NFKD", character.translate(_MARKS)).casefold()
    return "".join(c for c in folded if not c.isspace())


def locate(quote: str, text: str) -> str | None:
    """The piece of `text` that `quote` quotes, with its original characters, or None where there is none.

    Words left out in the middle (`I can't ... help`) are filled in from the text. Quotes with fewer than `MINIMUM_LETTERS`
    letters or digits are refused unless they are the whole text.
    """
    wanted, there = _folded(quote), _folded(text)
    core = wanted.letters.strip("\"'.,;:!?-~")
    if not core:
        return None
    if core == there.letters.strip("\"'.,;:!?-~"):
        return text.strip()
    if sum(c.isalnum() for c in core) < MINIMUM_LETTERS:
        return None
    span = _span(core, text, there, 0)
    if span is None and _GAP.search(quote.strip(" .…\t\n")):
        span = _span_with_gaps(quote, text, there)
    return None if span is None else text[span[0] : span[1]]


def _span(core: str, text: str, there: _Folded, begin: int) -> tuple[int, int] | None:
    """Where `core` stands in `text` (start, end) from `begin` on, whole characters only."""
    exact = sum(c.isalnum() for c in core) >= _WORD_EDGE_BELOW
    at = there.letters.find(core, begin)
    while at >= 0:
        start, last = there.origin[at], there.origin[at + len(core) - 1]
        whole = (at == 0 or there.origin[at - 1] != start) and (
            at + len(core) == len(there.letters) or there.origin[at + len(core)] != last
        )
        end = last + 1
        if end < len(text) and unicodedata.combining(text[end]):
            whole = False
        if whole and (exact or not (_mid_word(text, start) or _mid_word(text, end))):
            return start, end
        at = there.letters.find(core, at + 1)
    return None


def _mid_word(text: str, position: int) -> bool:
    """True where the characters on both sides of `position` belong to one word of a script that separates words."""
    if not 0 < position < len(text):
        return False
    left, right = text[position - 1], text[position]
    return left.isalnum() and right.isalnum() and not _is_ideographic(left) and not _is_ideographic(right)


def _is_ideographic(character: str) -> bool:
    return "\u2e80" <= character <= "\u9fff" or "\uac00" <= character <= "\ud7af" or character >= "\U00020000"


def _span_with_gaps(quote: str, text: str, there: _Folded) -> tuple[int, int] | None:
    """The stretch of `text` from the first to the last piece of a quote with words left out, pieces in order."""
    start = end = None
    begin = 0
    for piece in filter(str.strip, _GAP.split(quote)):
        core = _folded(piece).letters.strip("\"'.,;:!?-~")
        if sum(c.isalnum() for c in core) < MINIMUM_LETTERS:
            return None
        span = _span(core, text, there, begin)
        if span is None:
            return None
        start = span[0] if start is None else start
        end = span[1]
        begin = next((i for i, position in enumerate(there.origin) if position >= end), len(there.letters))
    return None if start is None or end is None else (start, end)


def find_turn(quote: str, transcript: Transcript, near: int, speaker: Speaker | None = None) -> tuple[int, str] | None:
    """The turn nearest to `near` in which `quote` stands, and its verbatim words there; None where no turn has it.

    Only turns of `speaker` count: by default the speaker of turn `near`. Of two equally near the earlier one is taken.
    """
    turns = transcript.turns
    if speaker is None and 0 <= near < len(turns):
        speaker = turns[near].speaker
    for turn in sorted(turns, key=lambda turn: (abs(turn.index - near), turn.index)):
        if speaker is None or turn.speaker == speaker:
            words = locate(quote, turn.text)
            if words is not None:
                return turn.index, words
    return None


def verify(finding: Finding, transcript: Transcript) -> Finding | None:
    """`finding` with every quote verbatim and in the right turn, or None where it proves nothing.

    A quote that stands in another turn of the same speaker is re-cited. Evidence that is not in the transcript is
    dropped; a `violated` finding that keeps no quote is None. Other verdicts may cite a turn without a quote.
    """
    kept: list[Evidence] = []
    for evidence in finding.evidence:
        proved = _proved(evidence, transcript, quote_needed=finding.verdict == "violated")
        if proved is not None and proved not in kept:
            kept.append(proved)
    if finding.verdict == "violated" and not kept:
        return None
    return finding.model_copy(update={"evidence": tuple(kept)})


def _proved(evidence: Evidence, transcript: Transcript, *, quote_needed: bool) -> Evidence | None:
    inside = evidence.turn < len(transcript.turns)
    if evidence.quote.strip():
        found = find_turn(evidence.quote, transcript, evidence.turn)
        if found is not None:
            return Evidence(turn=found[0], quote=found[1])
    if quote_needed or not inside:
        return None
    return Evidence(turn=evidence.turn)
