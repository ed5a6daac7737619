"""Prompts are files with sections; a hash names their text, and nothing is sent with a hole in it."""

from __future__ import annotations

from pathlib import Path

import pytest

from coach.errors import ConfigError
from coach.prompts import load_prompt, prompt_versions


def _file(folder: Path, text: str, name: str = "own.v1.md") -> str:
    path = folder / name
    path.write_text(text, "utf-8")
    return str(path)


def test_the_newest_version_is_used_unless_one_is_named() -> None:
    assert load_prompt("judge").name == prompt_versions("judge")[-1]
    assert load_prompt("judge.v1").name == "judge.v1"


def test_values_are_filled_in_and_not_looked_into(tmp_path: Path) -> None:
    prompt = load_prompt(_file(tmp_path, "note\n=== ask ===\nGrade $what now.\n"))
    assert prompt.fill("ask", what="$what, $$ and {x}") == "Grade $what, $$ and {x} now."


def test_a_value_that_nobody_gives_is_an_error(tmp_path: Path) -> None:
    prompt = load_prompt(_file(tmp_path, "=== ask ===\nGrade $what.\n"))
    with pytest.raises(ConfigError, match=r"own\.v1.*\$what"):
        prompt.fill("ask")


def test_a_section_that_is_not_there_is_an_error_that_names_those_that_are(tmp_path: Path) -> None:
    prompt = load_prompt(_file(tmp_path, "=== ask ===\nGrade.\n"))
    with pytest.raises(ConfigError, match="has ask"):
        prompt.fill("tell")


def test_the_hash_changes_with_the_text_sent_and_with_nothing_else(tmp_path: Path) -> None:
    first = load_prompt(_file(tmp_path, "a note\n=== ask ===\nGrade.\n", "a.md"))
    noted = load_prompt(_file(tmp_path, "another note\n=== ask ===\nGrade.\n", "b.md"))
    edited = load_prompt(_file(tmp_path, "a note\n=== ask ===\nGrade it.\n", "c.md"))
    assert first.hash == noted.hash
    assert first.hash != edited.hash


def test_a_prompt_that_does_not_exist_and_a_file_without_sections_are_refused(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="there is no prompt"):
        load_prompt("no-such-prompt")
    with pytest.raises(ConfigError, match="has no section"):
        load_prompt(_file(tmp_path, "just text\n"))
