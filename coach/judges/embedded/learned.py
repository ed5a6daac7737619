"""The files of what the embedded judge has learned: weights of acts by language, and the calibration.

Promise: nothing is fetched; a language without a file is a language in which patterns alone are heard.
"""

from __future__ import annotations

import hashlib
from functools import cache
from importlib.resources import files

__all__ = ["learned_hash", "learned_text"]


@cache
def learned_text(name: str) -> str | None:
    """The text of the file `name`; None where there is none."""
    source = files("coach.judges.embedded") / "weights" / f"{name}.json"
    return source.read_text("utf-8") if source.is_file() else None


def learned_hash(language: str) -> str:
    """SHA-256 (hex) of what was learned for `language`, the calibration among it."""
    texts = [learned_text(name) or "" for name in (language, "calibration")]
    return hashlib.sha256("\0".join(texts).encode()).hexdigest()
