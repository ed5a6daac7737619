"""The words by which a turn is found: text made ready for SQLite's full-text index, and questions to it.

SQLite splits text at spaces, which Chinese and Japanese do not write, and its trigram index finds nothing shorter than
three characters, while most Chinese words have two. So runs of such characters are indexed as overlapping pairs, the
last character also alone: `投诉快递` becomes `投诉 诉快 快递 递`. Promise: any part of a run, one character or many, is found,
and letters are found whatever their case, width or accents.
"""

from __future__ import annotations

import re
import unicodedata

__all__ = ["index_words", "match_expression"]

_UNSPACED = re.compile(
    "[\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7af\uf900-\ufaff\U00020000-\U000323af々〆ー]+"
)
"""Kana, Han and Hangul, as unspaced scripts are usually indexed (Lucene's CJK analyser takes the same)."""

_ASKED = re.compile(r'"([^"]+)"?|(\S+)')
_HAS_WORD = re.compile(r"\w")
_OUTER = re.compile(r"^\W+|\W+$")


def index_words(text: str) -> str:
    """`text` as it goes into the index: compatibility forms folded (NFKC), unspaced runs as overlapping pairs."""
    return _UNSPACED.sub(lambda run: f" {_pairs(run[0])} {run[0][-1]} ", unicodedata.normalize("NFKC", text))


def match_expression(words: str) -> str:
    """The FTS5 expression that finds turns with all of `words`, `"quoted words"` next to each other, `start*` by its start.

    Empty where `words` has no letter, digit or character to look for.
    """
    phrases = ((quoted or single) for quoted, single in _ASKED.findall(unicodedata.normalize("NFKC", words)))
    return " ".join(_phrase(phrase) for phrase in phrases if _HAS_WORD.search(phrase))


def _pairs(run: str) -> str:
    return " ".join(run[place : place + 2] for place in range(len(run) - 1))


def _phrase(asked: str) -> str:
    phrase = _OUTER.sub("", asked)
    parts: list[str] = []
    place = 0
    by_start = asked.endswith("*")
    for run in _UNSPACED.finditer(phrase):
        parts.append(phrase[place : run.start()])
        pairs, last = _pairs(run[0]), run[0][-1]
        if run.end() < len(phrase):
            parts += [pairs, last]
        elif pairs:
            parts.append(pairs)
        else:
            # One character starts a pair, or stands alone at the end of a run: a search by start finds both.
            parts.append(last)
            by_start = True
        place = run.end()
    parts.append(phrase[place:])
    text = " ".join(part.replace('"', " ").replace("\0", " ").strip() for part in parts if part.strip())
    return f'"{text}"{" *" if by_start else ""}'
