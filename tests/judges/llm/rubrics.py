"""Rubrics for tests: a small one written out, and any manual's whole catalogue of clauses as a rubric without checks."""

from __future__ import annotations

import json
from functools import lru_cache
from typing import Any

from coach.resources import rubrics_folder
from coach.rubric import Rubric

__all__ = ["catalogue_rubric", "small_rubric"]

_CLASSES = {"critical": "compliance", "major": "customer", "minor": "customer"}


def _criterion(number: str, scenario: str, requirement: str, **more: Any) -> dict[str, Any]:
    return {
        "id": f"shop:{number}",
        "clause": f"Clause {number}",
        "quote": requirement,
        "title": requirement,
        "requirement": requirement,
        "scenario": scenario,
        "severity": "major",
        "error_class": "customer",
        "assess": "text",
        **more,
    }


@lru_cache
def small_rubric() -> Rubric:
    """Two criteria of `always`, two of `complaint`, one each of `opening` (text) and `ending` (timing)."""
    return Rubric.model_validate(
        {
            "id": "shop",
            "title": "Shop",
            "language": "en",
            "channels": ["phone", "chat"],
            "version": "1.0.0",
            "manual": {"title": "The shop's manual"},
            "scenarios": [
                {"id": "opening", "title": "Opening", "description": "The call begins."},
                {"id": "complaint", "title": "Complaint", "description": "The customer complains."},
                {"id": "ending", "title": "Ending", "description": "The call ends."},
            ],
            "criteria": [
                _criterion("1", "always", "The agent is never rude."),
                _criterion("2", "always", "The agent never blames the customer."),
                _criterion(
                    "3",
                    "opening",
                    "The agent greets the customer.",
                    examples={"compliant": ["Good morning, Shop."], "violating": ["Yes?"]},
                ),
                _criterion("4", "complaint", "The agent apologises."),
                _criterion("5", "complaint", "The agent says when the customer will hear back."),
                _criterion("6", "ending", "The agent waits 5 seconds before hanging up.", assess="timing"),
                _criterion("7", "always", "The agent smiles.", assess="audio", needs="a recording"),
            ],
        }
    )


@lru_cache
def catalogue_rubric(manual: str) -> Rubric:
    """All clauses of a manual's catalogue, with the scenarios that they name."""
    path = rubrics_folder() / "manuals" / f"{manual}.clauses.jsonl"
    clauses = [json.loads(line) for line in path.read_text("utf-8").splitlines() if line.strip()]
    scenarios = dict.fromkeys(clause["scenario"] for clause in clauses if clause["scenario"] != "always")
    return Rubric.model_validate(
        {
            "id": manual,
            "title": manual,
            "language": "en",
            "channels": ["phone"],
            "version": "1.0.0",
            "manual": {"title": manual},
            "scenarios": [{"id": s, "title": s, "description": s.replace("-", " ")} for s in scenarios],
            "criteria": [_from_clause(clause) for clause in clauses],
        }
    )


def _from_clause(clause: dict[str, Any]) -> dict[str, Any]:
    return {
        "id": clause["clause"],
        "clause": clause["section"],
        "quote": clause["source_quote"],
        "title": clause["title"],
        "requirement": clause["requirement"],
        "scenario": clause["scenario"],
        "severity": clause["severity"],
        "error_class": _CLASSES[clause["severity"]],
        "assess": clause["assessable"],
        "needs": None if clause["assessable"] in ("text", "timing") else "more than a transcript",
        "examples": {
            "compliant": clause.get("required_examples") or [],
            "violating": clause.get("forbidden_examples") or [],
        },
    }
