"""From a manual file to the text of a rubric draft that loads."""

from __future__ import annotations

import asyncio
import re
import tempfile
from dataclasses import dataclass, replace
from pathlib import Path

from coach.config import Settings
from coach.deriving.manual_file import Line, read_manual
from coach.deriving.passages import sections
from coach.deriving.skeleton import as_yaml, skeleton
from coach.errors import ConfigError, InputError
from coach.language import detect_language
from coach.rubric_file import load_rubric

__all__ = ["Derived", "derive_rubric"]


@dataclass(frozen=True)
class Derived:
    """The YAML text of a draft, and what is in it in a few words."""

    text: str
    summary: str


def derive_rubric(
    manual: Path,
    *,
    id: str | None = None,
    title: str | None = None,
    language: str | None = None,
    endpoint: Settings | None = None,
) -> Derived:
    """Draft a rubric from `manual`; the LLM of `endpoint` proposes, or the manual's own structure where it is None.

    Raises `InputError` where nothing in the manual looks like a rule, `ConfigError` where no id can be made of its name.
    """
    lines = read_manual(manual)
    found = sections(lines)
    if not found:
        hint = "rules are numbered or bulleted, quote what to say, or say must, never, ..."
        raise InputError("nothing in the manual looks like a rule for an agent", source=manual, hint=hint)
    name = id or _slug(manual.stem)
    language = language or detect_language([line.text for line in lines])
    unknown_language = language is None
    language = language or "en"
    title = title or _first_heading(lines) or manual.stem
    draft = skeleton(name, title, language.split("-")[0], manual.name, found)
    how = "from its structure; no endpoint is configured"
    if endpoint is not None:
        from coach.deriving.proposals import propose

        draft, how = asyncio.run(propose(draft, found, endpoint))
    if unknown_language:
        draft = replace(draft, language_unknown=True)
    text = as_yaml(draft)
    _prove(text)
    return Derived(text, f"{len(draft.scenarios)} scenarios, {len(draft.criteria)} criteria, {how}")


def _slug(stem: str) -> str:
    slug = re.sub(r"[^a-z0-9]+", "-", stem.lower()).strip("-")
    if not slug:
        raise ConfigError(f"no id can be made of the file name {stem!r}: name one with --id")
    return slug[:60].strip("-")


def _first_heading(lines: list[Line]) -> str | None:
    heading = next((line.text for line in lines if line.heading), None)
    return heading.lstrip("# ").strip("* ") if heading else None


def _prove(text: str) -> None:
    """A draft that the rubric schema refuses is a bug here, not a surprise for whoever opens it."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "draft.yaml"
        path.write_text(text, "utf-8")
        load_rubric(path)
