"""The files of what the embedded judge has learned: weights of acts by language, of rules by rubric, and the calibration.

Promise: nothing is fetched; a language without a file is a language in which patterns alone are heard. Whoever trains for a
rubric of their own keeps the files in a folder and names it in `COACH_LEARNED`; what it lacks is taken from the package.
"""

from __future__ import annotations

import hashlib
import os
from functools import cache
from importlib.abc import Traversable
from importlib.resources import files
from pathlib import Path

from coach.errors import ConfigError

__all__ = ["learned_hash", "learned_text", "learned_texts"]

_VARIABLE = "COACH_LEARNED"


def learned_text(name: str) -> str | None:
    """The text of the file `name`; None where there is none. Raises `ConfigError` where `COACH_LEARNED` is no folder."""
    return next(iter(learned_texts(name)), None)


def learned_texts(name: str) -> tuple[str, ...]:
    """The texts of the files `name`: the user's own first, then that of the package."""
    return _read(name, os.environ.get(_VARIABLE, ""))


@cache
def _read(name: str, own: str) -> tuple[str, ...]:
    folders: list[Traversable] = [files("coach.judges.embedded") / "weights"]
    if own:
        if not Path(own).is_dir():
            raise ConfigError(f"{_VARIABLE}: {own} is no folder")
        folders.insert(0, Path(own))
    found = (folder / f"{name}.json" for folder in folders)
    return tuple(file.read_text("utf-8") for file in found if file.is_file())


def learned_hash(language: str, rubric: str) -> str:
    """SHA-256 (hex) of what was learned for `language` and for the rubric with the id `rubric`, the calibration among it."""
    texts = [text for name in (language, f"rules-{rubric}", "calibration") for text in (*learned_texts(name), "")]
    return hashlib.sha256("\0".join(texts).encode()).hexdigest()
