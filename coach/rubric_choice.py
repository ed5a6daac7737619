"""Which rubric a conversation is graded against: the one named, or with `auto` the only one that fits.

Promise: `auto` never guesses. Language, channel and metadata must leave exactly one rubric; else the error says which fit.
"""

from __future__ import annotations

from collections.abc import Sequence

from coach.errors import RubricError
from coach.rubric import Rubric
from coach.rubric_file import load_rubric, rubric_names
from coach.transcript import Transcript

__all__ = ["AUTO", "RubricChoice"]

AUTO = "auto"


class RubricChoice:
    """Chooses among `names` (with `auto`: all that come with coach). Raises `RubricError` where a named one cannot be loaded."""

    def __init__(self, name: str) -> None:
        self._auto = name == AUTO
        self._rubrics: Sequence[Rubric] = (
            [load_rubric(each) for each in rubric_names()] if self._auto else [load_rubric(name)]
        )

    def rubric_for(self, transcript: Transcript) -> Rubric:
        """The rubric for `transcript`. Raises `RubricError` where several or none fit."""
        if not self._auto:
            return self._rubrics[0]
        named = [rubric for rubric in self._rubrics if _named_by(rubric, transcript)]
        fitting = named or [rubric for rubric in self._rubrics if _fits(rubric, transcript)]
        if len(fitting) == 1:
            return fitting[0]
        about = f"language {transcript.language or 'unknown'}, channel {transcript.channel or 'unknown'}"
        where = f"conversation {transcript.id!r} ({about})"
        if fitting:
            names = ", ".join(rubric.id for rubric in fitting)
            raise RubricError(f"{where}: several rubrics fit: {names}", hint="choose one with --rubric NAME")
        names = ", ".join(rubric.id for rubric in self._rubrics)
        raise RubricError(f"{where}: no rubric fits", hint=f"name one with --rubric: {names}, or a file of your own")


def _named_by(rubric: Rubric, transcript: Transcript) -> bool:
    """True where the metadata names the rubric, or carries one of the values that it asks for."""
    metadata = transcript.metadata
    if rubric.id in (metadata.get("rubric"), metadata.get("manual")):
        return True
    for key, wanted in rubric.match.items():
        values = [wanted] if isinstance(wanted, str) else wanted
        if str(metadata.get(key, "")).casefold() in {value.casefold() for value in values}:
            return True
    return False


def _fits(rubric: Rubric, transcript: Transcript) -> bool:
    if transcript.primary_language is not None and transcript.primary_language != rubric.language:
        return False
    return transcript.channel is None or transcript.channel in rubric.channels
