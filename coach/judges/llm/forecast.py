"""What a run will take, before anything is sent: requests, tokens and cost.

Promise: the requests forecast are the very ones that the judge will send (the same planner writes them); only the length
of the answers, the share asked again and the number of tokens are estimates, and say so.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from coach.config import Settings
from coach.findings import Usage
from coach.judges.llm.plan import Group, Planner
from coach.judges.llm.pricing import PriceList, load_prices
from coach.judges.llm.tokens import estimate_tokens
from coach.rubric import ALWAYS, Rubric
from coach.transcript import Transcript

__all__ = ["Forecast", "Forecaster", "forecast"]

_CACHED_FROM = 1024
"""Providers cache beginnings of at least so many tokens (OpenAI's guide to prompt caching)."""

_ANSWERED = 0.15
"""Share of the criteria outside `always` that apply to a conversation; 5% to 35% in the labelled ones."""

_VIOLATED = 0.15
"""Share of the answers that are violations, with quote and reason."""

_ASKED_AGAIN = 0.05
"""Share of the requests that are followed by a second one."""

_MET_TOKENS, _VIOLATED_TOKENS, _SCENARIO_TOKENS, _FRAME_TOKENS = 11, 47, 15, 12


@dataclass(frozen=True)
class Forecast:
    """Expected totals of a run. `cost_usd` counts on the provider's cache, `cost_usd_at_most` on none; None without a price.

    `cached_tokens` are those of `input_tokens` that a caching provider will have seen before.
    """

    conversations: int
    requests: int
    input_tokens: int
    cached_tokens: int
    output_tokens: int
    cost_usd: float | None
    cost_usd_at_most: float | None

    @property
    def usage(self) -> Usage:
        """The totals as they are compared with what was spent."""
        return Usage(
            requests=self.requests,
            input_tokens=self.input_tokens,
            cached_tokens=self.cached_tokens,
            output_tokens=self.output_tokens,
            cost_usd=self.cost_usd,
        )


class Forecaster:
    """Predicts grading conversations on the whole of `rubric`, one after the other, without keeping them.

    `model` names the price (default: that of `settings`); `masked` says that personal data is masked in what is sent.
    """

    def __init__(
        self,
        rubric: Rubric,
        settings: Settings,
        *,
        model: str | None = None,
        prices: PriceList | None = None,
        masked: bool = False,
    ) -> None:
        self._planner = Planner(rubric, settings, masked=masked)
        self._groups = self._planner.groups(self._planner.chosen())
        self._prefixes = [estimate_tokens(group.system) for group in self._groups]
        self._repeats = settings.samples * (1 + _ASKED_AGAIN)
        self._answer = sum(map(_answer_tokens, self._groups)) * settings.samples * (1 + _ASKED_AGAIN / 4)
        self._concurrency = settings.concurrency
        self._price = (prices or load_prices(settings.prices)).of(model or settings.model or settings.deployment or "")
        self._conversations = 0
        self._fresh = 0.0

    def add(self, transcript: Transcript) -> None:
        """Count one more conversation."""
        self._conversations += 1
        self._fresh += self._said(transcript)

    def cost_of(self, transcript: Transcript) -> float | None:
        """What this conversation costs in US dollars, nothing of it cached; None without a price."""
        tokens = sum(self._prefixes) * self._repeats + self._said(transcript)
        usage = Usage(input_tokens=round(tokens), output_tokens=round(self._answer))
        return self._price.cost(usage) if self._price else None

    def _said(self, transcript: Transcript) -> float:
        """Tokens of what is sent of a conversation, in all of its requests."""
        prompt = self._planner.prompt
        said = (prompt.conversation(transcript, group.task, masked=self._planner.masked) for group in self._groups)
        return sum(map(estimate_tokens, said)) * self._repeats

    def forecast(self) -> Forecast:
        """What the conversations so far take."""
        shared = sum(self._prefixes) * self._conversations * self._repeats
        at_once = min(self._concurrency, self._conversations)
        unseen = sum(self._prefixes) * at_once / max(1, len(self._groups))
        cached = max(0.0, shared - unseen) if max(self._prefixes, default=0) >= _CACHED_FROM else 0.0
        usage = Usage(
            requests=round(self._conversations * len(self._groups) * self._repeats),
            input_tokens=round(shared + self._fresh),
            cached_tokens=round(cached),
            output_tokens=round(self._conversations * self._answer),
        )
        return Forecast(
            conversations=self._conversations,
            requests=usage.requests,
            input_tokens=usage.input_tokens,
            cached_tokens=usage.cached_tokens,
            output_tokens=usage.output_tokens,
            cost_usd=self._price.cost(usage) if self._price else None,
            cost_usd_at_most=self._price.cost(usage.model_copy(update={"cached_tokens": 0})) if self._price else None,
        )


def forecast(
    transcripts: Iterable[Transcript],
    rubric: Rubric,
    settings: Settings,
    *,
    model: str | None = None,
    prices: PriceList | None = None,
    masked: bool = False,
) -> Forecast:
    """Predict grading `transcripts`, as `Forecaster` does."""
    forecaster = Forecaster(rubric, settings, model=model, prices=prices, masked=masked)
    for transcript in transcripts:
        forecaster.add(transcript)
    return forecaster.forecast()


def _answer_tokens(group: Group) -> float:
    always = sum(criterion.scenario == ALWAYS for criterion in group.criteria)
    answered = always + _ANSWERED * (len(group.criteria) - always)
    scenarios = 1 + _ANSWERED * len(group.format.scenarios)
    each = _MET_TOKENS * (1 - _VIOLATED) + _VIOLATED_TOKENS * _VIOLATED
    return _FRAME_TOKENS + answered * each + scenarios * _SCENARIO_TOKENS
