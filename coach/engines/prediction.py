"""What a run will take and what it took: `coach audit --dry-run`, and the summary of the run that came of it.

Promise: both use the same forecast, the second for exactly the conversations that were graded; rewrites, which depend on
what is found, are in neither and are told apart.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from coach.config import Settings
from coach.findings import Usage
from coach.rubric import Rubric
from coach.rubric_choice import RubricChoice
from coach.transcript import Transcript

if TYPE_CHECKING:
    from coach.judges.llm.forecast import Forecaster

__all__ = ["Comparison", "Prediction", "predict"]


@dataclass(frozen=True)
class Comparison:
    """What grading so many conversations was predicted to take, and what it took."""

    conversations: int
    predicted: Usage
    took: Usage

    def __str__(self) -> str:
        figures = [
            self._figure("requests", self.predicted.requests, self.took.requests),
            self._figure("tokens in", self.predicted.input_tokens, self.took.input_tokens),
            self._figure("tokens out", self.predicted.output_tokens, self.took.output_tokens),
        ]
        if self.predicted.cost_usd is not None and self.took.cost_usd is not None:
            figures.append(self._figure("USD", self.predicted.cost_usd, self.took.cost_usd))
        return f"grading {self.conversations} conversations took {', '.join(figures)}"

    @staticmethod
    def _figure(name: str, predicted: float, took: float) -> str:
        """`105 requests (predicted 100, +5%)`."""
        off = f", {100 * (took / predicted - 1):+.0f}%" if predicted else ""
        form = ".4f" if name == "USD" else ".0f"
        return f"{took:{form}} {name} (predicted {predicted:{form}}{off})"


class Prediction:
    """Grows with the conversations that one rubric graded; what they were predicted to take, and what they took."""

    def __init__(self, rubric: Rubric, settings: Settings, *, model: str, masked: bool) -> None:
        self._forecaster = _forecaster(rubric, settings, model=model, masked=masked)
        self._took = Usage()

    def expected_cost(self, transcript: Transcript) -> float:
        """US dollars for grading this conversation, nothing of it in a provider's cache; 0 without a price."""
        return self._forecaster.cost_of(transcript) or 0.0

    def add(self, transcript: Transcript, took: Usage) -> None:
        """Count a conversation that was graded, and what grading it took."""
        self._forecaster.add(transcript)
        self._took += took

    @property
    def comparison(self) -> Comparison:
        """The totals so far."""
        forecast = self._forecaster.forecast()
        return Comparison(forecast.conversations, forecast.usage, self._took)


def predict(
    transcripts: Iterable[Transcript],
    rubrics: RubricChoice,
    judge: Literal["llm", "embedded"],
    settings: Settings,
    *,
    masked: bool = False,
    rewrites: bool = False,
) -> Iterator[str]:
    """A few lines for a person. Raises `RubricError` where no rubric can be chosen for a conversation."""
    counts: dict[str, int] = {}
    forecasters: dict[str, Forecaster] = {}
    for transcript in transcripts:
        rubric = rubrics.rubric_for(transcript)
        counts[rubric.id] = counts.get(rubric.id, 0) + 1
        if judge == "llm":
            if rubric.id not in forecasters:
                forecasters[rubric.id] = _forecaster(rubric, settings, masked=masked)
            forecasters[rubric.id].add(transcript)
    for name, count in counts.items():
        if judge == "embedded":
            yield f"{name}: {count} conversations, graded on this machine: no requests, no cost"
        else:
            yield from _by_endpoint(name, forecasters[name])
    if not counts:
        yield "there is no conversation to grade"
    elif judge == "llm" and rewrites:
        yield "rewrites come on top, at least two requests for each broken turn (--no-rewrites leaves them out)"


def _forecaster(rubric: Rubric, settings: Settings, *, model: str | None = None, masked: bool) -> Forecaster:
    from coach.judges.llm.forecast import Forecaster

    return Forecaster(rubric, settings, model=model, masked=masked)


def _by_endpoint(name: str, forecaster: Forecaster) -> Iterator[str]:
    found = forecaster.forecast()
    yield (
        f"{name}: {found.conversations} conversations, about {found.requests} requests, {found.input_tokens} tokens in "
        f"({found.cached_tokens} of them cacheable), {found.output_tokens} tokens out"
    )
    if found.cost_usd is None:
        yield "cost: not known for this model (name it with --model; prices can be given in a file)"
    else:
        yield f"cost: about {found.cost_usd:.2f} USD, {found.cost_usd_at_most:.2f} USD without the provider's cache"
