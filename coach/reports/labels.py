"""The words that coach itself says around titles, quotes and reasons, which come from rubrics and judges in their own language.

Promise: they stand in a folder with one YAML file per language, and every file has the same names with the same places to
fill; to add a language is to add a file.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from typing import ClassVar

from coach.yaml_file import read_yaml

__all__ = ["Labels", "labels_of", "languages_of"]


@lru_cache
def languages_of(folder: Path) -> tuple[str, ...]:
    """The languages that `folder` has labels in."""
    return tuple(sorted(path.stem for path in folder.glob("*.yaml")))


@lru_cache
def labels_of(folder: Path, language: str) -> Mapping[str, str]:
    """The labels of one language, by name."""
    data, _ = read_yaml(folder / f"{language}.yaml")
    assert isinstance(data, dict)
    return {str(name): str(text) for name, text in data.items()}


class Labels:
    """The labels of listings in one language (`es`, `zh-CN`); English for a language that is not there.

    A subclass says other things: those of its own `folder`.
    """

    folder: ClassVar[Path] = Path(__file__).parent / "formats" / "labels"

    def __init__(self, language: str | None) -> None:
        self.language = (language or "en").split("-")[0].lower()
        known = self.language in languages_of(self.folder)
        self._labels = labels_of(self.folder, self.language if known else "en")

    def __call__(self, name: str, **values: object) -> str:
        """The label `name` with `values` filled in. Raises KeyError for a name that is not one."""
        return self._labels[name].format(**values)
