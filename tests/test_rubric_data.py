"""The five rubrics that come with coach: complete, quoted verbatim, sound, and documented."""

from __future__ import annotations

from pathlib import Path

import pytest

from coach.reports.rubric_page import rubric_markdown
from coach.resources import rubrics_folder
from coach.rubric import Rubric
from coach.rubric_check import check
from coach.rubric_coverage import coverage, own_catalogue, read_catalogue
from coach.rubric_file import load_rubric, rubric_names
from coach.rubric_schema import rubric_schema

NAMES = ["hubei-rcu", "shenzhou-tianhai", "sto-express", "tea-city", "yingsheng"]
DOCS = Path(__file__).parents[1] / "docs" / "rubrics"


@pytest.fixture(params=NAMES)
def rubric(request: pytest.FixtureRequest) -> Rubric:
    return load_rubric(request.param)


def test_all_five_manuals_have_a_rubric() -> None:
    assert rubric_names() == NAMES


def test_every_clause_of_the_catalogue_is_covered_or_marked(rubric: Rubric) -> None:
    path = own_catalogue(rubric)
    assert path is not None
    found = coverage(rubric, read_catalogue(path))
    assert (found.missing, found.invented, found.differing) == ([], [], [])
    assert len(found.covered) + len(found.marked) == found.clauses


def test_every_quote_is_in_the_manual(rubric: Rubric) -> None:
    manual = (rubrics_folder() / "manuals" / f"{rubric.id}.md").read_text("utf-8")
    page = " ".join(manual.split())
    assert [c.id for c in rubric.criteria if " ".join(c.quote.split()) not in page] == []


def test_nothing_makes_its_grading_unstable(rubric: Rubric) -> None:
    assert check(rubric) == []


def test_a_violating_example_of_each_criterion_shares_no_phrase_with_the_manual(rubric: Rubric) -> None:
    manual = "".join((rubrics_folder() / "manuals" / f"{rubric.id}.md").read_text("utf-8").split()).casefold()
    width = 6 if rubric.language == "zh" else 18

    def shares(example: str) -> bool:
        text = "".join(example.split()).casefold()
        return any(text[i : i + width] in manual for i in range(max(1, len(text) - width + 1)))

    assert [c.id for c in rubric.assessable if all(map(shares, c.examples.violating))] == []


def test_its_page_in_the_docs_is_current(rubric: Rubric) -> None:
    """`coach rubric show NAME > docs/rubrics/NAME.md` writes it."""
    assert (DOCS / f"{rubric.id}.md").read_text("utf-8") == rubric_markdown(rubric, "en")


def test_the_schema_beside_the_rubrics_is_current() -> None:
    """`coach rubric schema -o rubrics/rubric.schema.json` writes it."""
    import json

    assert json.loads((rubrics_folder() / "rubric.schema.json").read_text("utf-8")) == rubric_schema()


def test_303_criteria_are_assessable_and_each_has_a_check_or_says_why_not() -> None:
    criteria = [criterion for name in NAMES for criterion in load_rubric(name).assessable]
    assert len(criteria) == 303
    assert [c.id for c in criteria if not c.checks and not c.unchecked] == []
