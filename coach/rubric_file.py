"""Find and load rubric files: by name (those that come with coach) or by path.

Promise: whatever is wrong with a file is one `RubricError` with the file and line. The signals that all rubrics of a
language share (`rubrics/signals/LANGUAGE.yaml`) are part of the loaded rubric, so its hash covers them.
"""

from __future__ import annotations

from difflib import get_close_matches
from functools import lru_cache
from pathlib import Path

from pydantic import BaseModel, ConfigDict, ValidationError

from coach.checks import Name, Signal
from coach.errors import RubricError
from coach.resources import rubrics_folder
from coach.rubric import Rubric
from coach.yaml_file import describe_validation_error, line_of, read_yaml

__all__ = ["load_rubric", "rubric_names", "rubric_path", "shared_signals"]


class _SharedSignals(BaseModel):
    model_config = ConfigDict(extra="forbid")

    signals: dict[Name, Signal]


def rubric_names() -> list[str]:
    """Names of the rubrics that come with coach, sorted."""
    return sorted(path.stem for path in rubrics_folder().glob("*.yaml"))


def rubric_path(name_or_path: str) -> Path:
    """The file of a rubric. Raises `RubricError` naming what there is."""
    own = rubrics_folder() / f"{name_or_path}.yaml"
    if own.is_file():
        return own
    path = Path(name_or_path)
    if path.suffix.lower() in (".yaml", ".yml") or path.is_file():
        if path.is_file():
            return path
        raise RubricError("there is no such rubric file", source=path)
    names = rubric_names()
    close = get_close_matches(name_or_path, names, n=1)
    hint = f"did you mean {close[0]}?" if close else f"there are {', '.join(names)}, or give the path of a .yaml file"
    raise RubricError(f"no rubric named {name_or_path!r}", hint=hint)


def load_rubric(name_or_path: str | Path) -> Rubric:
    """The rubric of that name or file. Raises `RubricError` with file and line."""
    return _load(rubric_path(str(name_or_path)).resolve())


@lru_cache(maxsize=16)
def _load(path: Path) -> Rubric:
    data, node = read_yaml(path)
    if not isinstance(data, dict):
        raise RubricError("a rubric is a mapping with id, title, language, ...", source=path, line=1)
    own = data.get("signals") or {}
    shared = shared_signals(str(data.get("language", "")))
    if isinstance(own, dict):
        repeated = sorted(set(own) & set(shared))
        if repeated:
            line = line_of(node, ("signals", repeated[0]))
            message = f"signal {repeated[0]!r} is shared by all rubrics of this language"
            raise RubricError(message, source=path, line=line, hint="choose another name")
        data = {**data, "signals": {**shared, **own}}
    try:
        return Rubric.model_validate(data)
    except ValidationError as error:
        problem = describe_validation_error(error, path, node)
        if any(f"signals.{name}: " in problem.message for name in shared):
            raise RubricError(problem.message, source=_shared_path(str(data["language"]))) from error
        raise problem from error


def _shared_path(language: str) -> Path:
    return rubrics_folder() / "signals" / f"{language}.yaml"


@lru_cache(maxsize=8)
def shared_signals(language: str) -> dict[str, Signal]:
    """The signals that all rubrics of a language share; none where there is no file of them. Raises `RubricError`."""
    path = _shared_path(language)
    if not path.is_file():
        return {}
    data, node = read_yaml(path)
    try:
        return dict(_SharedSignals.model_validate(data).signals)
    except ValidationError as error:
        raise describe_validation_error(error, path, node) from error
