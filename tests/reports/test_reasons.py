"""Reasons are read in the language of the report and stored as they are."""

from __future__ import annotations

from pathlib import Path

import pytest

from coach.reports.reasons import reason_in
from coach.yaml_file import read_yaml

ROWS = read_yaml(Path(__file__).parents[2] / "coach" / "reports" / "reasons.yaml")[0]


@pytest.mark.parametrize(
    ("reason", "language", "expected"),
    [
        ("missing in turn 2, 4: apology", "es", "falta en el turno 2, 4: apology"),
        ("missing in turn 2, 4: apology", "zh-CN", "第 2, 4 句缺少：apology"),
        (
            "still breaks tea-city:1a: the agent says what the rule forbids (insult)",
            "zh",
            "仍违反 tea-city:1a：客服说了规定不许说的话（insult）",
        ),
        (
            "too unsure (0.55) to say violated: said in turn 3",
            "es",
            "no hay bastante certeza (0.55) para decir «incumplido»: dicho en el turno 3",
        ),
        (
            "turn 8 sounds like a breach of the rule, though no check found it (said in turn 3)",
            "es",
            "el turno 8 suena a incumplimiento de la regla, aunque ninguna comprobación lo encontró (dicho en el turno 3)",
        ),
        ("number lost: 80 yuan", "es", "se perdería la cifra: 80 yuan"),
    ],
)
def test_what_coach_says_of_itself_is_translated(reason: str, language: str, expected: str) -> None:
    assert reason_in(reason, language) == expected


@pytest.mark.parametrize("reason", ["The agent admits a slip.", "missing", ""])
def test_what_a_rubric_or_a_model_says_stands_as_it_is(reason: str) -> None:
    assert reason_in(reason, "es") == reason


def test_english_and_unknown_languages_get_what_is_stored() -> None:
    assert reason_in("said in turn 3", "en") == reason_in("said in turn 3", None) == reason_in("said in turn 3", "fr")


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row["en"])
def test_a_reason_has_the_same_slots_in_every_language(row: dict[str, str]) -> None:
    from string import Formatter

    slots = [{name for _, name, _, _ in Formatter().parse(text) if name} for text in row.values()]
    assert set(row) == {"en", "es", "zh"}
    assert slots[0] == slots[1] == slots[2]
