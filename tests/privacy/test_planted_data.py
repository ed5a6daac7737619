"""The planted conversations mark what they say they mark, and redaction finds nearly all of it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from coach.privacy import PersonalDataRedactor
from coach.privacy.kinds import KINDS
from coach.transcript import Transcript

PLANTED = Path(__file__).parents[2] / "evals" / "redaction" / "planted.jsonl"


@pytest.fixture(scope="module")
def cases() -> list[dict[str, Any]]:
    return [json.loads(line) for line in PLANTED.read_text("utf-8").splitlines()]


def test_there_are_enough_conversations_and_items(cases: list[dict[str, Any]]) -> None:
    assert len(cases) >= 40
    assert sum(len(case["planted"]) for case in cases) >= 330
    assert {case["language"][:2] for case in cases} == {"en", "es", "zh"}


def test_half_of_them_are_in_the_test_split(cases: list[dict[str, Any]]) -> None:
    assert sum(case["split"] == "test" for case in cases) * 2 == len(cases)


def test_every_mark_is_where_its_words_are(cases: list[dict[str, Any]]) -> None:
    for case in cases:
        for item in case["planted"]:
            assert case["turns"][item["turn"]]["text"][item["start"] : item["end"]] == item["text"]
            assert item["kind"] in KINDS


@pytest.mark.parametrize("language", ["en", "es", "zh"])
def test_95_in_100_items_are_masked(cases: list[dict[str, Any]], language: str) -> None:
    planted = found = 0
    for case in (case for case in cases if case["language"].startswith(language)):
        redaction = PersonalDataRedactor().redact(Transcript.model_validate(case))
        for item in case["planted"]:
            text = case["turns"][item["turn"]]["text"]
            hidden = {i for mask in redaction.masks[item["turn"]] for i in range(mask.start, mask.end)}
            planted += 1
            found += all(i in hidden for i in range(item["start"], item["end"]) if text[i].isalnum())
    assert found >= 0.95 * planted


def test_every_masked_turn_of_them_becomes_words_of_the_original(cases: list[dict[str, Any]]) -> None:
    for case in cases:
        transcript = Transcript.model_validate(case)
        redaction = PersonalDataRedactor().redact(transcript)
        for turn in redaction.transcript.turns:
            assert any(redaction.restore(turn.text) in original.text for original in transcript.turns)
