"""What a run will take, before anything is sent: requests, tokens and cost.

Promise: the requests forecast are the very ones that the judge will send (the same planner writes them); only the length
of the answers, the share asked again and the number of tokens are estimates, and say so.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass

from coach.config import Settings
from coach.findings import Usage
from coach.judges.llm.plan import Group, Planner
from coach.judges.llm.pricing import PriceList, load_prices
from coach.judges.llm.tokens import estimate_tokens
from coach.rubric import ALWAYS, Rubric
from coach.transcript import Transcript

__all__ = ["Forecast", "forecast"]

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


def forecast(
    transcripts: Iterable[Transcript],
    rubric: Rubric,
    settings: Settings,
    *,
    model: str | None = None,
    prices: PriceList | None = None,
) -> Forecast:
    """Predict grading `transcripts` on the whole of `rubric`. `model` names the price; default that of `settings`."""
    planner = Planner(rubric, settings)
    groups = planner.groups(planner.chosen())
    prefixes = [estimate_tokens(group.system) for group in groups]
    conversations = 0
    requests = fresh = output = 0.0
    repeats = settings.samples * (1 + _ASKED_AGAIN)
    for transcript in transcripts:
        conversations += 1
        for group in groups:
            said = estimate_tokens(planner.prompt.conversation(transcript, group.task))
            requests += repeats
            fresh += said * repeats
            output += _answer_tokens(group) * settings.samples * (1 + _ASKED_AGAIN / 4)
    shared = sum(prefixes) * conversations * repeats
    unseen = sum(prefixes) * min(settings.concurrency, conversations) / max(1, len(groups))
    cached = max(0.0, shared - unseen) if max(prefixes, default=0) >= _CACHED_FROM else 0.0
    usage = Usage(
        requests=math.ceil(requests),
        input_tokens=round(shared + fresh),
        cached_tokens=round(cached),
        output_tokens=round(output),
    )
    price = (prices or load_prices(settings.prices)).of(model or settings.model or "")
    return Forecast(
        conversations=conversations,
        requests=usage.requests,
        input_tokens=usage.input_tokens,
        cached_tokens=usage.cached_tokens,
        output_tokens=usage.output_tokens,
        cost_usd=price.cost(usage) if price else None,
        cost_usd_at_most=price.cost(usage.model_copy(update={"cached_tokens": 0})) if price else None,
    )


def _answer_tokens(group: Group) -> float:
    always = sum(criterion.scenario == ALWAYS for criterion in group.criteria)
    answered = always + _ANSWERED * (len(group.criteria) - always)
    scenarios = 1 + _ANSWERED * len(group.format.scenarios)
    each = _MET_TOKENS * (1 - _VIOLATED) + _VIOLATED_TOKENS * _VIOLATED
    return _FRAME_TOKENS + answered * each + scenarios * _SCENARIO_TOKENS
