"""A run is predicted from the very requests that it will send."""

from __future__ import annotations

import pytest

from coach.config import Settings
from coach.judges.llm.forecast import forecast
from coach.judges.llm.plan import Planner
from coach.judges.llm.pricing import Price, PriceList
from coach.judges.llm.tokens import estimate_tokens
from tests.judges.llm.asking import CALL
from tests.judges.llm.rubrics import catalogue_rubric, small_rubric

PRICES = PriceList({"m": Price(input=1.0, cached=0.1, output=4.0)})


def test_requests_grow_with_groups_and_samples() -> None:
    rubric = catalogue_rubric("tea-city")
    one = forecast([CALL] * 100, rubric, Settings(model="m"), prices=PRICES)
    many = forecast([CALL] * 100, rubric, Settings(model="m", group_size=20, samples=3), prices=PRICES)
    groups = len(Planner(rubric, Settings(group_size=20)).groups(Planner(rubric, Settings()).chosen()))
    assert one.requests == pytest.approx(105, abs=1)
    assert many.requests == pytest.approx(105 * 3 * groups, abs=1)


def test_what_will_be_cached_is_the_beginning_that_conversations_share() -> None:
    rubric = catalogue_rubric("tea-city")
    prefix = estimate_tokens(Planner(rubric, Settings()).prompt.system)
    found = forecast([CALL] * 100, rubric, Settings(model="m", concurrency=1), prices=PRICES)
    assert found.cached_tokens == pytest.approx(prefix * (found.requests - 1), rel=0.02)
    assert found.cached_tokens < found.input_tokens


def test_a_beginning_too_short_to_be_cached_is_not_counted_as_cached() -> None:
    assert forecast([CALL] * 100, small_rubric(), Settings(model="m"), prices=PRICES).cached_tokens == 0


def test_cost_is_unknown_without_a_price_and_higher_without_a_cache() -> None:
    rubric = catalogue_rubric("tea-city")
    found = forecast([CALL] * 100, rubric, Settings(model="m"), prices=PRICES)
    assert found.cost_usd is not None
    assert found.cost_usd_at_most is not None
    assert found.cost_usd < found.cost_usd_at_most
    assert forecast([CALL], rubric, Settings(model="unknown"), prices=PRICES).cost_usd is None


@pytest.mark.parametrize(
    ("text", "tokens"),
    [
        ("Good morning, Tea City Online, this is Hannah speaking. How may I help you today?", 19),
        ("Lo siento mucho, señora, ahora mismo reviso qué ha pasado con su envío.", 20),
        ("您好，很高兴为您服务，请问有什么可以帮您？", 22),
        ('{"met": "27a", "turn": 3}, {"met": "27b", "turn": 12}', 26),
        ("", 0),
    ],
)
def test_tokens_are_estimated_near_enough_in_every_script(text: str, tokens: int) -> None:
    """The counts are those of the cl100k_base vocabulary."""
    assert estimate_tokens(text) == pytest.approx(tokens, rel=0.25)
