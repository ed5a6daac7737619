"""The do's and don'ts that a manual spells out, clause by clause: its own scripts, from the clause catalogue.

Promise: the sentences are the manual's, word for word; a rubric without a catalogue has none.
"""

from __future__ import annotations

import json
import unicodedata
from dataclasses import dataclass
from difflib import SequenceMatcher
from functools import lru_cache

from coach.resources import rubrics_folder

__all__ = ["ManualScripts", "alike", "likeness", "manual_scripts"]


@dataclass(frozen=True, slots=True)
class ManualScripts:
    """Sentences that a clause wants said, and sentences that it forbids."""

    wanted: tuple[str, ...] = ()
    forbidden: tuple[str, ...] = ()


@lru_cache(maxsize=16)
def manual_scripts(rubric: str) -> dict[str, ManualScripts]:
    """Clause id -> its scripts, for a rubric that comes with coach; empty for others."""
    path = rubrics_folder() / "manuals" / f"{rubric}.clauses.jsonl"
    if not path.is_file():
        return {}
    rows = [json.loads(line) for line in path.read_text("utf-8").splitlines() if line.strip()]
    return {
        row["clause"]: ManualScripts(
            tuple(row.get("required_examples") or ()), tuple(row.get("forbidden_examples") or ())
        )
        for row in rows
    }


def likeness(one: str, other: str) -> float:
    """How alike two sentences are, letters and digits only: 0 to 1 (Ratcliff and Obershelp, as in `difflib`)."""
    return SequenceMatcher(None, _letters(one), _letters(other), autojunk=False).ratio()


def alike(one: str, other: str, least: float) -> bool:
    """True where `likeness` is at least `least`; most pairs are told apart by their lengths alone."""
    matcher = SequenceMatcher(None, _letters(one), _letters(other), autojunk=False)
    return matcher.real_quick_ratio() >= least and matcher.quick_ratio() >= least and matcher.ratio() >= least


@lru_cache(maxsize=4096)
def _letters(text: str) -> str:
    return "".join(c for c in unicodedata.normalize("NFKD", text).casefold() if c.isalnum())
