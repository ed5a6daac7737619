"""The report says the same things in every language."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import coach.reports.html as package
from coach.errors import ConfigError
from coach.interval import Share
from coach.reports.html.wording import Wording
from coach.reports.labels import labels_of

TEMPLATES = Path(package.__file__).parent / "templates"


def test_no_label_is_left_that_nothing_says() -> None:
    files = [*TEMPLATES.iterdir(), *Path(package.__file__).parent.glob("*.py")]
    said = "".join(path.read_text("utf-8") for path in files)
    put_together = {"judge_llm", "judge_embedded", "unqualified", "js_replace", "js_before", "js_after"}
    unsaid = [n for n in labels_of(Wording.folder, "en") if n not in put_together and not re.search(rf"\b{n}\b", said)]
    assert unsaid == []


def test_numbers_are_written_as_the_language_writes_them() -> None:
    assert Wording("en").number(12345.6, 1) == "12,345.6"
    assert Wording("es").number(12345.6, 1) == "12.345,6"


def test_a_share_comes_with_its_interval() -> None:
    assert re.sub(r"[\u00a0\u2060]", " ", Wording("en").share(Share(14, 20))) == "70% [48% –  85%]"


def test_nearly_all_is_not_called_all() -> None:
    assert Wording("en").percent(0.998) == "99.8%"


def test_a_language_that_is_not_there_names_those_that_are() -> None:
    with pytest.raises(ConfigError, match="en, es, zh"):
        Wording("fr")
