"""Listings, reports and coaching sheets say the same things in every language."""

from __future__ import annotations

import string

import pytest

from coach.coaching.words import Words
from coach.reports.html.wording import Wording
from coach.reports.labels import Labels, labels_of, languages_of

EVERY = [(labels, language) for labels in (Labels, Words, Wording) for language in languages_of(labels.folder)]


def filled(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name}


@pytest.mark.parametrize("labels", [Labels, Words, Wording])
def test_there_are_english_spanish_and_chinese(labels: type[Labels]) -> None:
    assert languages_of(labels.folder) == ("en", "es", "zh")


@pytest.mark.parametrize(("labels", "language"), EVERY)
def test_every_language_has_every_label_with_the_same_places(labels: type[Labels], language: str) -> None:
    english, other = labels_of(labels.folder, "en"), labels_of(labels.folder, language)
    assert set(other) == set(english)
    assert {name: filled(text) for name, text in other.items()} == {
        name: filled(text) for name, text in english.items()
    }


def test_a_regional_language_is_read_as_the_language() -> None:
    assert Labels("zh-CN")("turn", turn=3) == Labels("zh")("turn", turn=3) == "第 3 句"


def test_a_language_that_is_not_there_gets_english() -> None:
    assert Labels("fr")("turn", turn=3) == "turn 3"
    assert Words("fr")("well") == "Well said."
