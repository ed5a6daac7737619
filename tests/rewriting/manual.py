"""A small manual for tests: greet, never hurry a customer, apologise when told to wait, answer thanks."""

from __future__ import annotations

from typing import Any

from coach.rubric import Rubric
from tests.builders import criterion, rubric

SIGNALS: dict[str, Any] = {
    "d-hello": {"phrases": ["hello", "good morning"], "speaker": "agent"},
    "d-rude": {"phrases": ["hurry up", "whatever"], "speaker": "agent"},
    "d-thanks": {"phrases": ["thank you", "thanks"], "speaker": "customer"},
    "d-welcome": {"phrases": ["welcome"], "speaker": "agent"},
    "d-slang": {"phrases": ["okey-dokey"], "speaker": "agent"},
}


def manual(**changes: Any) -> Rubric:
    """The rubric `demo`; `changes` go to criterion 2 (never hurry)."""
    return rubric(
        criterion(
            "1",
            checks=[{"check": "require", "says": ["d-hello"], "where": "opening"}],
            examples={"compliant": ["Hello, what may I do for you?"], "violating": []},
            scenario="opening",
        ),
        criterion(
            "2",
            quote="Never hurry a customer.",
            severity="critical",
            checks=[{"check": "forbid", "says": ["d-rude"]}],
            **{
                "examples": {
                    "compliant": ["Please take your time, Ms. Gong.", "Take all the time you need."],
                    "violating": ["Hurry up!"],
                },
                **changes,
            },
        ),
        criterion(
            "3",
            checks=[{"check": "respond_to", "says": ["d-welcome"]}],
            examples={"compliant": ["Customer: Thanks. / Agent: You are welcome."], "violating": []},
            scenario="thanks",
        ),
        criterion("4", checks=[{"check": "forbid", "says": ["d-slang"]}]),
        signals=SIGNALS,
        scenarios=[
            {
                "id": "opening",
                "title": "Opening",
                "description": "The agent answers.",
                "detect": {"always": True, "confidence": 1},
            },
            {
                "id": "thanks",
                "title": "Thanks",
                "description": "The customer thanks.",
                "detect": {"any": [{"by": "customer", "says": ["d-thanks"]}], "confidence": 1},
            },
        ],
    )
