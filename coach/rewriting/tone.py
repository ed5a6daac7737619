"""How a sentence sounds, beside what it says: what may stay of a turn that is written anew.

Promise: no sentence that sounds harsh stays in a turn that is written anew; which words sound so is data
(`rubrics/tone/LANGUAGE.yaml`, and the signals that it names). A language without such a file has no tone.
"""

from __future__ import annotations

from functools import lru_cache

from pydantic import BaseModel, ConfigDict, ValidationError

from coach.checks import Name, Pattern, Signal
from coach.errors import ConfigError
from coach.judges.embedded.signals import SignalFinder
from coach.resources import rubrics_folder
from coach.rubric import Rubric
from coach.transcript import Turn
from coach.yaml_file import describe_validation_error, read_yaml

__all__ = ["Tone", "tone_of"]

_OURS = "tone-"


class _Sound(BaseModel):
    model_config = ConfigDict(extra="forbid")

    signals: list[Name] = []
    phrases: list[Pattern] = []
    unless: list[Pattern] = []


class _File(BaseModel):
    model_config = ConfigDict(extra="forbid")

    harsh: _Sound = _Sound()
    courteous: _Sound = _Sound()
    greeting: _Sound = _Sound()
    farewell: _Sound = _Sound()
    late: _Sound = _Sound()


class Tone:
    """Tells harsh and courteous sentences of one language."""

    def __init__(self, signals: dict[str, Signal]) -> None:
        self._kinds = [name for name in signals if name.startswith(_OURS)]
        self._finder = SignalFinder(signals, self._kinds)

    @property
    def knows_courtesy(self) -> bool:
        """False where nothing says what is courteous."""
        return _OURS + "courteous" in self._kinds

    def harsh(self, text: str) -> str | None:
        """The words of `text` that sound harsh, outside quotation marks."""
        return self._words(text, _OURS + "harsh")

    def courteous(self, text: str) -> bool:
        """True where it thanks, greets, apologises, offers help or the like."""
        return self._words(text, _OURS + "courteous") is not None

    def greeting(self, text: str) -> bool:
        """True where it greets."""
        return self._words(text, _OURS + "greeting") is not None

    def farewell(self, text: str) -> bool:
        """True where it takes leave."""
        return self._words(text, _OURS + "farewell") is not None

    def late(self, text: str) -> bool:
        """True where it asks what may still be asked as leave is taken."""
        return self._words(text, _OURS + "late") is not None

    def _words(self, text: str, name: str) -> str | None:
        spot = self._finder.find(Turn(index=0, speaker="agent", text=text)).get(name)
        return None if spot is None or spot.quoted else text[spot.start : spot.end]


def tone_of(rubric: Rubric) -> Tone:
    """The tone of the rubric's language, as far as the rubric has its signals. Raises `ConfigError` for an unusable file."""
    file = _file(rubric.language)
    signals = dict(rubric.signals)
    for name in ("harsh", "courteous", "greeting", "farewell", "late"):
        sound: _Sound = getattr(file, name)
        named = [signal for signal in sound.signals if signal in rubric.signals]
        if named or (sound.phrases and not sound.signals):
            signals[_OURS + name] = Signal(any=named, phrases=sound.phrases, unless=sound.unless)
    return Tone(signals)


@lru_cache(maxsize=8)
def _file(language: str) -> _File:
    path = rubrics_folder() / "tone" / f"{language}.yaml"
    if not path.is_file():
        return _File()
    data, node = read_yaml(path)
    try:
        return _File.model_validate(data)
    except ValidationError as error:
        raise ConfigError(str(describe_validation_error(error, path, node))) from error
