"""Where the files that travel with coach are: rubrics, prompts, labelled conversations.

Promise: the same call works in a checkout, in an editable install and in an installed wheel, from any folder.
"""

from __future__ import annotations

from pathlib import Path

__all__ = ["golden_folder", "prompts_folder", "rubrics_folder"]

_PACKAGE = Path(__file__).resolve().parent


def _folder(name: str) -> Path:
    installed = _PACKAGE / "data" / name
    return installed if installed.is_dir() else _PACKAGE.parent / name


def rubrics_folder() -> Path:
    """The rubrics that come with coach (one YAML file per manual, and the shared `signals/`)."""
    return _folder("rubrics")


def prompts_folder() -> Path:
    """The versioned prompt templates."""
    return _folder("prompts")


def golden_folder() -> Path:
    """The labelled conversations that a judge qualifies on: the `dev` split, one file per manual."""
    installed = _PACKAGE / "data" / "golden"
    return installed if installed.is_dir() else _PACKAGE.parent / "evals" / "golden" / "dev"
