from __future__ import annotations

from pathlib import Path

import pytest

from coach.errors import RubricError
from coach.rubric_file import load_rubric, rubric_names

GOOD = """\
id: demo
title: Demo
language: en
channels: [phone]
version: 1.0.0
manual: {title: Demo manual}
signals:
  demo-hello: {phrases: [hello]}
scenarios:
  - id: closing
    title: Closing
    description: The call ends.
criteria:
  - id: demo:1
    clause: "1"
    quote: Say hello.
    title: Hello
    requirement: The agent says hello.
    scenario: always
    severity: major
    error_class: customer
    assess: text
    examples: {compliant: [No], violating: [Yes]}
    checks:
      - {check: require, says: [demo-hello]}
"""


def written(folder: Path, text: str) -> Path:
    path = folder / "demo.yaml"
    path.write_text(text, "utf-8")
    return path


def test_a_good_file_loads(tmp_path: Path) -> None:
    assert load_rubric(written(tmp_path, GOOD)).criteria[0].id == "demo:1"


def test_words_that_yaml_once_took_for_booleans_stay_words(tmp_path: Path) -> None:
    examples = load_rubric(written(tmp_path, GOOD)).criteria[0].examples
    assert (examples.compliant, examples.violating) == (["No"], ["Yes"])


@pytest.mark.parametrize(
    ("old", "new", "line", "message"),
    [
        ("    severity: major", "    severity: major\n    colour: red", 21, "unknown key 'colour'"),
        ("    severity: major", "    severity: grave", 20, "'critical', 'major' or 'minor'"),
        ("    scenario: always", "    scenario: opening", 19, "there is no scenario 'opening'"),
        ("says: [demo-hello]", "says: [good-day]", 25, "there is no signal 'good-day'"),
        ("    assess: text", "    assess: audio", 14, "`needs` must say what would settle it"),
        ("title: Demo\n", "title: Demo\ntitle: Again\n", 3, "key 'title' is given twice"),
        ("channels: [phone]", "channels: [phone", 5, "not valid YAML"),
        ("phrases: [hello]", "phrases: ['(hello']", 8, "a bracket that is not closed"),
        ("version: 1.0.0", "version: one", 5, "version"),
    ],
)
def test_each_mistake_is_told_with_file_and_line(tmp_path: Path, old: str, new: str, line: int, message: str) -> None:
    path = written(tmp_path, GOOD.replace(old, new, 1))
    with pytest.raises(RubricError) as caught:
        load_rubric(path)
    assert str(caught.value).startswith(f"{path}:{line}: ")
    assert message in str(caught.value)


def test_a_rubric_that_is_not_there_names_what_is() -> None:
    with pytest.raises(RubricError, match="did you mean sto-express"):
        load_rubric("sto-expres")


def test_an_empty_file_is_told(tmp_path: Path) -> None:
    with pytest.raises(RubricError, match="the file is empty"):
        load_rubric(written(tmp_path, ""))


@pytest.mark.parametrize("name", rubric_names())
def test_every_rubric_that_comes_with_coach_loads(name: str) -> None:
    assert load_rubric(name).id == name
