"""What an agent commits the company to: refunds, compensation, calls back, deliveries.

Promise: which words count as a promise is data (`rubrics/commitments/LANGUAGE.yaml`), and a language without such a file
has no promises that could be told: the check then says nothing, and numbers, times and names still hold.
"""

from __future__ import annotations

from functools import lru_cache

from pydantic import BaseModel, ConfigDict, ValidationError

from coach.checks import Name, Signal
from coach.errors import ConfigError
from coach.judges.embedded.signals import SignalFinder
from coach.resources import rubrics_folder
from coach.transcript import Turn
from coach.yaml_file import describe_validation_error, read_yaml

__all__ = ["Promises", "load_promises"]


class _File(BaseModel):
    model_config = ConfigDict(extra="forbid")

    never_added: list[Name]
    promises: dict[Name, Signal]


class Promises:
    """Finds promises in one language. `never_added`: kinds that no rewrite may bring in, whatever the manual says."""

    def __init__(self, promises: dict[str, Signal], never_added: frozenset[str]) -> None:
        self._finder = SignalFinder(promises)
        self.never_added = never_added

    def find(self, text: str) -> dict[str, str]:
        """Kind of promise -> the words that make it."""
        spots = self._finder.find(Turn(index=0, speaker="agent", text=text))
        return {kind: text[spot.start : spot.end] for kind, spot in spots.items() if not spot.quoted}


@lru_cache(maxsize=8)
def load_promises(language: str | None) -> Promises:
    """The promises of a language. Raises `ConfigError` where its file cannot be used."""
    path = rubrics_folder() / "commitments" / f"{language}.yaml"
    if not path.is_file():
        return Promises({}, frozenset())
    data, node = read_yaml(path)
    try:
        file = _File.model_validate(data)
    except ValidationError as error:
        raise ConfigError(str(describe_validation_error(error, path, node))) from error
    return Promises(file.promises, frozenset(file.never_added))
