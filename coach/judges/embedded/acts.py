"""The acts of the embedded judge: which speech acts a turn carries, told by weights trained on exemplars.

Promise: nothing but a file of the package is read, and only when a turn in its language first comes.
"""

from __future__ import annotations

from functools import lru_cache
from typing import cast

from coach.judges.embedded.learned import learned_text
from coach.judges.embedded.linear import LinearModel, decode
from coach.transcript import Speaker

__all__ = ["FAULT", "act_models"]

FAULT = "fault"
"""Learned beside the acts of the list: any of those that are rude or evasive."""


def act_models(language: str) -> dict[Speaker, LinearModel]:
    """The models of a language, by speaker; empty where none was trained for it."""
    text = learned_text(language)
    return {} if text is None else _decoded(text)


@lru_cache(maxsize=8)
def _decoded(text: str) -> dict[Speaker, LinearModel]:
    return cast("dict[Speaker, LinearModel]", decode(text))
