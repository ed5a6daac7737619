"""What `coach audit --dry-run` says: conversations, requests, tokens and cost, before anything is sent."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Literal

from coach.config import Settings
from coach.rubric import Rubric
from coach.rubric_choice import RubricChoice
from coach.transcript import Transcript

__all__ = ["predict"]


def predict(
    transcripts: Iterable[Transcript], rubrics: RubricChoice, judge: Literal["llm", "embedded"], settings: Settings
) -> Iterator[str]:
    """A few lines for a person. Raises `RubricError` where no rubric can be chosen for a conversation."""
    by_rubric: dict[str, tuple[Rubric, list[Transcript]]] = {}
    for transcript in transcripts:
        rubric = rubrics.rubric_for(transcript)
        by_rubric.setdefault(rubric.id, (rubric, []))[1].append(transcript)
    for name, (rubric, chosen) in by_rubric.items():
        if judge == "embedded":
            yield f"{name}: {len(chosen)} conversations, graded on this machine: no requests, no cost"
            continue
        yield from _by_endpoint(name, rubric, chosen, settings)
    if not by_rubric:
        yield "there is no conversation to grade"


def _by_endpoint(name: str, rubric: Rubric, chosen: list[Transcript], settings: Settings) -> Iterator[str]:
    from coach.judges.llm.forecast import forecast

    found = forecast(chosen, rubric, settings)
    yield (
        f"{name}: {found.conversations} conversations, about {found.requests} requests, {found.input_tokens} tokens in "
        f"({found.cached_tokens} of them cacheable), {found.output_tokens} tokens out"
    )
    if found.cost_usd is None:
        yield "cost: not known for this model (name it with --model; prices can be given in a file)"
    else:
        yield f"cost: about {found.cost_usd:.2f} USD, {found.cost_usd_at_most:.2f} USD without the provider's cache"
