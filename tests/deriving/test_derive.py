"""Drafts of rubrics from manuals: what is quoted is there, what is unsure is marked."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from coach.config import Settings
from coach.deriving.draft import derive_rubric
from coach.deriving.manual_file import repair
from coach.errors import InputError
from coach.resources import rubrics_folder
from coach.rubric import Rubric
from coach.rubric_coverage import read_catalogue
from coach.rubric_file import load_rubric
from tests.judges.llm.endpoint import Says, Status, endpoint

MANUALS = rubrics_folder() / "manuals"
NAMES = ["hubei-rcu", "shenzhou-tianhai", "sto-express", "tea-city", "yingsheng"]

MANUAL = """\
# Telephone manual

Telephones matter a great deal to us.

## Opening

1. Say "Good morning, Acme, how can I help?" Never say "What do you want?"
2. Customers must be thanked for waiting.

## Complaints

- Do not blame a colleague.
"""


@pytest.fixture
def manual(tmp_path: Path) -> Path:
    path = tmp_path / "acme.md"
    path.write_text(MANUAL, "utf-8")
    return path


def drafted(manual: Path, folder: Path, **options: object) -> Rubric:
    path = folder / "draft.yaml"
    path.write_text(derive_rubric(manual, language="en", **options).text, "utf-8")  # type: ignore[arg-type]
    return load_rubric(path)


def test_numbered_clauses_and_bullets_become_criteria(manual: Path, tmp_path: Path) -> None:
    quotes = [criterion.quote for criterion in drafted(manual, tmp_path).criteria]
    assert "Customers must be thanked for waiting." in quotes
    assert "Do not blame a colleague." in quotes
    assert not any("a great deal" in quote for quote in quotes)


def test_quoted_phrases_become_examples(manual: Path, tmp_path: Path) -> None:
    criteria = drafted(manual, tmp_path).criteria
    assert "Good morning, Acme, how can I help?" in [e for c in criteria for e in c.examples.compliant]
    assert "What do you want?" in [e for c in criteria for e in c.examples.violating]


def test_headings_become_scenarios_to_decide_on(manual: Path) -> None:
    text = derive_rubric(manual, language="en").text
    assert 'title: "Complaints"' in text
    assert "# DECIDE: which situation is this" in text


@pytest.mark.parametrize("name", NAMES)
def test_every_quote_of_a_draft_is_in_the_manual(name: str, tmp_path: Path) -> None:
    manual = MANUALS / f"{name}.md"
    path = tmp_path / "draft.yaml"
    path.write_text(derive_rubric(manual).text if name[0] in "hsy" and name != "sto-express" else
                    derive_rubric(manual, language="es" if name == "sto-express" else "en").text, "utf-8")  # fmt: skip
    page = " ".join(manual.read_text("utf-8").split())
    assert [c.id for c in load_rubric(path).criteria if c.quote not in page] == []


@pytest.mark.parametrize("name", NAMES)
def test_a_draft_quotes_at_least_six_in_ten_clauses_of_each_catalogue(name: str, tmp_path: Path) -> None:
    path = tmp_path / "draft.yaml"
    path.write_text(derive_rubric(MANUALS / f"{name}.md", language="zh").text, "utf-8")
    quotes = [re.sub(r"[\W_]+", "", criterion.quote) for criterion in load_rubric(path).criteria]
    rows = [json.loads(line) for line in (MANUALS / f"{name}.clauses.jsonl").read_text("utf-8").splitlines()]
    found = [row for row in rows if any(re.sub(r"[\W_]+", "", row["source_quote"]) in quote for quote in quotes)]
    assert len(rows) == len(read_catalogue(MANUALS / f"{name}.clauses.jsonl"))
    assert len(found) / len(rows) >= 0.6


@pytest.mark.parametrize(
    ("damaged", "mended"),
    [
        ("客戶滿意度旳內容", "客戶滿意度的內容"),
        ("培訓(xùn)計劃", "培訓計劃"),
        ("schÃ¶n", "schön"),
        ("说“您好！”（微笑）", "说“您好！”（微笑）"),
        ("ＡＢＣ（一）", "ＡＢＣ（一）"),
    ],
)
def test_only_what_is_certainly_damaged_is_repaired(damaged: str, mended: str) -> None:
    assert repair(damaged) == mended


def test_a_manual_without_any_rule_is_told(tmp_path: Path) -> None:
    path = tmp_path / "poem.txt"
    path.write_text("The sky is blue.\nThe sea is deep.\n", "utf-8")
    with pytest.raises(InputError, match="nothing in the manual looks like a rule"):
        derive_rubric(path, language="en")


def test_a_docx_manual_is_read_with_its_headings(tmp_path: Path) -> None:
    from docx import Document

    document = Document()
    document.add_heading("Opening", level=1)
    document.add_paragraph("Agents must greet the customer.")
    path = tmp_path / "manual.docx"
    document.save(str(path))
    rubric = drafted(path, tmp_path)
    assert [criterion.quote for criterion in rubric.criteria] == ["Agents must greet the customer."]
    assert rubric.scenarios[0].title == "Opening"


@pytest.mark.parametrize("name", ["manual.docx", "manual.pdf"])
def test_a_broken_document_is_told(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_bytes(b"neither zip nor pdf")
    with pytest.raises(InputError, match="is not a readable"):
        derive_rubric(tmp_path / name, language="en")


PROPOSAL = {
    "scenarios": [{"id": "Opening Call", "title": "Opening", "description": "The agent answers."}],
    "criteria": [
        {
            "quote": "customers must be thanked for waiting",
            "title": "Thank for waiting",
            "requirement": "The agent thanks a customer who has waited.",
            "scenario": "opening-call",
            "severity": "minor",
            "error_class": "customer",
            "assess": "text",
            "compliant": ["Thank you for waiting."],
            "violating": ["So?"],
        },
        {
            "quote": "Offer the customer a biscuit",
            "title": "Biscuit",
            "requirement": "A biscuit is offered.",
            "scenario": "always",
            "severity": "minor",
            "error_class": "customer",
            "assess": "text",
            "compliant": [],
            "violating": [],
        },
    ],
}


def test_a_proposed_criterion_keeps_the_manuals_own_letters(manual: Path, tmp_path: Path) -> None:
    with endpoint(Says(json.dumps(PROPOSAL))) as server:
        rubric = drafted(manual, tmp_path, endpoint=Settings(base_url=server.url, model="m"))
    assert rubric.criteria[0].quote == "Customers must be thanked for waiting."
    assert rubric.criteria[0].scenario == "opening-call"


def test_a_proposal_whose_quote_is_not_in_the_manual_is_left_out_and_listed(manual: Path) -> None:
    with endpoint(Says(json.dumps(PROPOSAL))) as server:
        text = derive_rubric(manual, language="en", endpoint=Settings(base_url=server.url, model="m")).text
    assert "# LEFT OUT: Biscuit: its quote is not in the manual: Offer the customer a biscuit" in text
    assert 'requirement: "A biscuit' not in text


def test_a_section_that_is_not_answered_keeps_its_skeleton(manual: Path, tmp_path: Path) -> None:
    refusal = Status(500, {"error": {"message": "down"}})
    with endpoint(Says(json.dumps(PROPOSAL)), refusal) as server:
        settings = Settings(base_url=server.url, model="m", retries=0)
        quotes = [criterion.quote for criterion in drafted(manual, tmp_path, endpoint=settings).criteria]
    assert "Do not blame a colleague." in quotes


def test_a_language_that_cannot_be_told_is_left_to_decide(manual: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("coach.deriving.draft.detect_language", lambda _: None)
    assert "# DECIDE: the language could not be told" in derive_rubric(manual).text
