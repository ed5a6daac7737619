"""What the recogniser of acts sees of a sentence: pieces of words, words and pairs of words; in Chinese, runs of characters.

Promise: the same text gives the same features on any machine; training and grading use this one function.
"""

from __future__ import annotations

import re
from functools import lru_cache
from itertools import pairwise

from coach.folding import fold_characters

__all__ = [
    "analysed",
    "features_of",
    "is_chinese",
    "own_words",
    "pairs_of",
    "parts_of",
    "quotations_in",
    "runs_of",
    "sentences_of",
    "words_in",
]

_WORD = re.compile(r"[a-z]+(?:'[a-z]+)?|[0-9]+|[?!]")
_CHINESE = re.compile(r"[\u3400-\u9fff]+|[a-z]+|[0-9]+|[?!]")
_IDEOGRAPHS = re.compile(r"[\u3400-\u9fff]")
_SENTENCE = re.compile(r"[^.?!。？！;；…\n]*(?:[.?!。？！;；…\n]+|$)")
_QUOTATION = re.compile(r"[“«「『\"]([^“”«»「」『』\"]{1,200})[”»」』\"]|(?<!\w)['‘]([^'‘’\"“”]{2,200})['’](?!\w)")
_EVENT = re.compile(r"[\[［【][^\]］】]*[\]］】]")
_LONGEST_RUN = 3
_PARTS = (3, 4, 5)
_REMEMBERED = 1024
_FEW = 4
"""A sentence of fewer letters is taken together with the next one: by itself it says nothing."""


@lru_cache(maxsize=_REMEMBERED)
def sentences_of(text: str) -> tuple[tuple[int, int], ...]:
    """The sentences of a turn as spans, the empty ones left out; a very short one goes with the one after it."""
    spans: list[tuple[int, int]] = []
    begin: int | None = None
    for match in _SENTENCE.finditer(text):
        if not match[0].strip():
            continue
        start = match.start() if begin is None else begin
        if sum(map(str.isalnum, text[start : match.end()])) < _FEW and match.end() < len(text):
            begin = start
            continue
        begin = None
        spans.append((start, match.end()))
    if begin is not None:
        spans.append((begin, len(text)))
    return tuple(spans)


def quotations_in(text: str) -> list[tuple[int, int]]:
    """What stands in quotation marks, as spans without the marks."""
    return [match.span(match.lastindex or 1) for match in _QUOTATION.finditer(text)]


@lru_cache(maxsize=_REMEMBERED)
def own_words(text: str) -> str:
    """`text` with blanks in the place of what it quotes and of bracketed events: neither are words of the speaker's own."""
    return _EVENT.sub(_blank, _QUOTATION.sub(_blank, text))


def _blank(match: re.Match[str]) -> str:
    return " " * len(match[0])


def features_of(text: str) -> list[str]:
    """The features of one sentence, each as often as it occurs."""
    words, others = analysed(text)
    return [*(part for word in words for part in parts_of(word)), *others]


@lru_cache(maxsize=_REMEMBERED)
def analysed(text: str) -> tuple[list[str], list[str]]:
    """The words of one sentence (none in Chinese), whose pieces are features, and its other features. Not to be changed:
    every model that hears the sentence is given the same lists."""
    folded = fold_characters(text)
    if is_chinese(folded):
        return [], runs_of(folded)
    words = words_in(folded)
    return words, pairs_of(words)


def words_in(folded: str) -> list[str]:
    """The words of folded text in a script with spaces; any number is 0, and question and exclamation marks count."""
    return ["0" if word.isdigit() else word for word in _WORD.findall(folded)]


def parts_of(word: str) -> list[str]:
    """The features of one word: itself and its pieces."""
    padded = f" {word} "
    pieces = [padded[start : start + length] for length in _PARTS for start in range(len(padded) - length + 1)]
    return pieces if len(padded) in _PARTS else [padded, *pieces]


def pairs_of(words: list[str]) -> list[str]:
    """The features of words next to each other, and of the first and the last."""
    return [f"{first} {second}" for first, second in pairwise(["<", *words, ">"])]


def is_chinese(folded: str) -> bool:
    """True for text with ideographs, which is taken by characters, not by words."""
    return _IDEOGRAPHS.search(folded) is not None


def runs_of(folded: str) -> list[str]:
    """The features of Chinese text: runs of characters."""
    text = f"<{''.join(['0' if part.isdigit() else part for part in _CHINESE.findall(folded)])}>"
    runs = list(text)
    for length in range(2, _LONGEST_RUN + 1):
        runs += [text[start : start + length] for start in range(len(text) - length + 1)]
    return runs
