"""Text made to make patterns slow does not: the longest turn that is accepted, of one thing over and over."""

from __future__ import annotations

import pytest

from coach.privacy import PersonalDataRedactor
from coach.transcript import MAX_TURN_CHARACTERS
from tests.builders import conversation


@pytest.mark.parametrize(
    "piece",
    [
        "1",
        "1 ",
        "A",
        "a ",
        "Aa ",
        "A1",
        "王小",
        "小张",
        "路",
        "1路",
        "号",
        "calle A ",
        "12 Oak ",
        "seven ",
        "a@",
        "a.",
        "PHONE_1 ",
        "[",
        "{",
    ],
)
def test_a_turn_of_one_thing_over_and_over_is_redacted_and_restored(piece: str) -> None:
    text = (piece * MAX_TURN_CHARACTERS)[: MAX_TURN_CHARACTERS - 1] + "x"
    redaction = PersonalDataRedactor().redact(conversation("A: Your address, name and plate number?", f"C: {text}"))
    assert redaction.restore(redaction.transcript.turns[1].text) == text.strip()
