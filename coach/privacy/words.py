"""Reads `words.yaml`, the words by which names are told from other words."""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from typing import Any

import yaml

__all__ = ["words"]


def words(name: str) -> tuple[str, ...]:
    """The words of one list of `words.yaml`, in order."""
    return tuple(_lists()[name].split())


@cache
def _lists() -> dict[str, str]:
    # The names are plain text with only spaces between words, so that a list can be edited without any syntax.
    data: Any = yaml.safe_load((files("coach.privacy") / "words.yaml").read_text("utf-8"))
    return {str(key): str(value) for key, value in data.items()}
