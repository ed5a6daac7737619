"""Small conversations and rubrics for tests, said in as few words as a test needs."""

from __future__ import annotations

from typing import Any

from coach.rubric import Rubric
from coach.transcript import Transcript, Turn


def conversation(*lines: str, id: str = "c-1", language: str = "en", times: list[float] | None = None) -> Transcript:
    """`conversation("A: Hello", "C: Hi")`; `times` are start, end, start, end, ... in seconds."""
    turns = []
    for index, line in enumerate(lines):
        who, _, text = line.partition(":")
        start, end = (times[2 * index], times[2 * index + 1]) if times else (None, None)
        speaker = "agent" if who == "A" else "customer"
        turns.append(Turn(index=index, speaker=speaker, text=text.strip(), start=start, end=end))  # type: ignore[arg-type]
    return Transcript(id=id, language=language, channel="phone", agent="A-1", turns=tuple(turns))


def criterion(name: str = "1", **changes: Any) -> dict[str, Any]:
    """The data of a criterion `demo:NAME` with everything that is asked for."""
    return {
        "id": f"demo:{name}",
        "clause": name,
        "quote": "Say hello.",
        "title": f"Criterion {name}",
        "requirement": f"Requirement {name} of the demo manual.",
        "scenario": "always",
        "severity": "major",
        "error_class": "customer",
        "assess": "text",
        **changes,
    }


def rubric(*criteria: dict[str, Any], **changes: Any) -> Rubric:
    """A rubric `demo` with these criteria (one plain one if none is given)."""
    return Rubric.model_validate(
        {
            "id": "demo",
            "title": "Demo",
            "language": "en",
            "channels": ["phone"],
            "version": "1.0.0",
            "manual": {"title": "Demo manual"},
            "scenarios": [],
            "criteria": list(criteria) or [criterion()],
            **changes,
        }
    )
