"""Prompt templates: text that a QA lead may read and change, kept in `prompts/` and not in Python.

Promise: a prompt is one versioned file (`NAME.vN.md`), read once; its hash names exactly the text that was sent. A file
holds sections headed `=== name ===`; `$name` stands for a value. A template that asks for a value that nobody gives is
an error when it is filled in, never a prompt with a hole.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from string import Template

from coach.errors import ConfigError
from coach.resources import prompts_folder

__all__ = ["Prompt", "load_prompt", "prompt_versions"]

_HEADING = re.compile(r"^=== *([a-z][a-z0-9-]*) *===[ \t]*\n", re.MULTILINE)
_VERSIONED = re.compile(r"^(?P<name>[a-z][a-z0-9-]*)\.v(?P<number>\d+)$")


@dataclass(frozen=True)
class Prompt:
    """One prompt file. `name` is as in the file name (`judge.v1`), `hash` 16 hex digits over all sections."""

    name: str
    sections: Mapping[str, str]
    hash: str

    def fill(self, section: str, **values: str) -> str:
        """The text of `section` with every `$name` replaced. Values are not looked into for further names.

        Raises `ConfigError` where the section or a value is missing.
        """
        if section not in self.sections:
            raise ConfigError(f"prompt {self.name} has no section {section!r}: it has {', '.join(self.sections)}")
        try:
            return Template(self.sections[section]).substitute(values)
        except KeyError as error:
            raise ConfigError(f"prompt {self.name}, section {section!r} asks for an unknown ${error.args[0]}") from None
        except ValueError as error:
            raise ConfigError(
                f"prompt {self.name}, section {section!r}: {error} (write $$ for a dollar sign)"
            ) from None


def prompt_versions(name: str) -> list[str]:
    """The versions of a prompt that come with coach, oldest first: `["judge.v1", "judge.v2"]`."""
    found = [(match, path) for path in prompts_folder().glob("*.md") if (match := _VERSIONED.match(path.stem))]
    numbered = sorted((int(match["number"]), path.stem) for match, path in found if match["name"] == name)
    return [stem for _, stem in numbered]


def load_prompt(name: str) -> Prompt:
    """A prompt by name and version (`judge.v1`), by name (the newest version), or by the path of a file.

    Raises `ConfigError` where there is none or the file has no sections.
    """
    path = Path(name)
    if path.suffix == ".md":
        return _read(path)
    stem = name if _VERSIONED.match(name) else (prompt_versions(name) or [name])[-1]
    return _read(prompts_folder() / f"{stem}.md")


@lru_cache(maxsize=32)
def _read(path: Path) -> Prompt:
    try:
        text = path.read_text("utf-8").replace("\r\n", "\n")
    except FileNotFoundError:
        raise ConfigError(f"there is no prompt {path}") from None
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(f"prompt {path} cannot be read: {error}") from error
    headings = list(_HEADING.finditer(text))
    if not headings:
        raise ConfigError(f"prompt {path} has no section: begin one with `=== name ===`")
    ends = [*(heading.start() for heading in headings[1:]), len(text)]
    sections = {h[1]: text[h.end() : end].strip("\n") for h, end in zip(headings, ends, strict=True)}
    canonical = "\0".join(f"{title}\0{body}" for title, body in sorted(sections.items()))
    return Prompt(path.stem, sections, hashlib.sha256(canonical.encode()).hexdigest()[:16])
