"""A month out of 100: the score is what the deductions leave, and each deduction shows its words."""

from __future__ import annotations

import csv
from datetime import UTC, datetime
from pathlib import Path

import pytest
from openpyxl import load_workbook

from coach.findings import Audit, Finding
from coach.reports.scorecards import make_scorecards, write_scorecards
from coach.scoring import score
from coach.store.records import StoredAudit
from tests.reports.graded import make_audit, make_rubric, verdict, violated

RUBRICS = {"parcels": make_rubric()}


def stored(name: str, findings: tuple[Finding, ...], *, month: int = 3, agent: str | None = "A-1") -> StoredAudit:
    result = score(RUBRICS["parcels"], findings)
    audit: Audit = make_audit(name, findings, result.score, result.passed).model_copy(update={"agent": agent})
    return StoredAudit(1, 1, 1, "h", datetime(2026, month, 9, tzinfo=UTC), audit)


GREETED = (verdict("parcels:1", "met", "major"), verdict("parcels:3", "met", "minor"))
CURT = (violated("parcels:1", "major", "=Dígame", turn=2), verdict("parcels:3", "met", "minor"))
BLAMED = (verdict("parcels:1", "met", "major"), violated("parcels:2", "critical", "Es culpa suya"))
UNKNOWN = (verdict("parcels:3", "not_assessed", "minor", "no times"),)


def test_the_score_is_the_mean_of_the_conversations_by_hand() -> None:
    # Weights 3, 5, 1 (major, critical, minor): 100; 1/(3+1) = 25; 3/(3+5) = 37.5. Mean 54.17.
    [card] = make_scorecards([stored("a", GREETED), stored("b", CURT), stored("c", BLAMED)], RUBRICS)
    assert (card.score, card.conversations, card.scored, card.auto_fails) == (54.17, 3, 3, 1)


def test_the_deductions_add_up_to_what_is_missing_from_100() -> None:
    [card] = make_scorecards([stored("a", GREETED), stored("b", CURT), stored("c", BLAMED)], RUBRICS)
    assert card.score is not None
    assert 100 - sum(deduction.points for deduction in card.deductions) == pytest.approx(card.score, abs=0.005)
    assert [(d.criterion, round(d.points, 2)) for d in card.deductions] == [("parcels:1", 25.0), ("parcels:2", 20.83)]


def test_a_deduction_shows_the_words_and_where() -> None:
    [card] = make_scorecards([stored("b", CURT)], RUBRICS, language="en")
    [deduction] = card.deductions
    assert (deduction.transcript, deduction.turn, deduction.quote, deduction.title) == ("b", 2, "=Dígame", "Greet")


def test_what_was_not_assessed_costs_nothing_and_is_counted() -> None:
    [card] = make_scorecards([stored("a", GREETED), stored("u", UNKNOWN)], RUBRICS)
    assert (card.score, card.conversations, card.scored, card.assessed) == (100.0, 2, 1, 0.6667)


def test_a_month_in_which_nothing_could_be_assessed_has_no_score() -> None:
    [card] = make_scorecards([stored("u", UNKNOWN)], RUBRICS)
    assert card.score is None


def test_agents_and_months_have_cards_of_their_own() -> None:
    audits = [
        stored("a", GREETED, month=4),
        stored("b", GREETED),
        stored("c", GREETED, agent="A-0"),
        stored("d", GREETED, agent=None),
    ]
    cards = make_scorecards(audits, RUBRICS)
    assert [(card.agent, card.month) for card in cards] == [
        ("(no agent named)", "2026-03"),
        ("A-0", "2026-03"),
        ("A-1", "2026-03"),
        ("A-1", "2026-04"),
    ]


def test_a_criterion_that_the_rubric_no_longer_has_weighs_as_its_severity() -> None:
    [card] = make_scorecards(
        [StoredAudit(1, 1, 1, "h", datetime(2026, 3, 9, tzinfo=UTC), make_audit("a", (*GREETED, OLD), 0, False))],
        RUBRICS,
    )
    assert card.score == round(100 * 4 / 9, 2)


OLD = violated("parcels:9", "critical", "x")


def test_csv_has_a_row_per_card_and_no_formula(tmp_path: Path) -> None:
    output = tmp_path / "cards.csv"
    write_scorecards(make_scorecards([stored("=b", CURT, agent="=A")], RUBRICS), output)
    with output.open(newline="", encoding="utf-8") as file:
        [row] = csv.DictReader(file)
    assert (row["agent"], row["month"], row["score"]) == ("'=A", "2026-03", "25.0")
    assert row["deductions"] == "75.00 parcels:1 Saludar (=b, turn 2: “=Dígame”)"


def test_a_workbook_has_cards_and_deductions(tmp_path: Path) -> None:
    output = tmp_path / "cards.xlsx"
    write_scorecards(make_scorecards([stored("b", CURT), stored("c", BLAMED)], RUBRICS), output)
    book = load_workbook(output)
    assert [row[:6] for row in book["Scorecards"].iter_rows(min_row=2, values_only=True)] == [
        ("A-1", "2026-03", "parcels", 2, 2, 31.25)
    ]
    assert [row[3:5] for row in book["Deductions"].iter_rows(min_row=2, values_only=True)] == [
        (37.5, "parcels:1"),
        (31.25, "parcels:2"),
    ]
