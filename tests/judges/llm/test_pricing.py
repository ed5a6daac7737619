"""Prices are data; what has no price has no cost."""

from __future__ import annotations

from pathlib import Path

import pytest

from coach.errors import ConfigError
from coach.findings import Usage
from coach.judges.llm.pricing import Price, load_prices


def test_cached_tokens_cost_what_the_provider_takes_for_them() -> None:
    usage = Usage(requests=1, input_tokens=1_000_000, cached_tokens=400_000, output_tokens=100_000)
    assert Price(input=2.0, cached=0.5, output=8.0).cost(usage) == pytest.approx(1.2 + 0.2 + 0.8)
    assert Price(input=2.0, output=8.0).cost(usage) == pytest.approx(2.0 + 0.8)


@pytest.mark.parametrize("name", ["gpt-4o-mini", "gpt-4o-mini-2024-07-18", "openai/gpt-4o-mini"])
def test_a_snapshot_and_a_providers_prefix_have_the_price_of_the_model(name: str) -> None:
    prices = load_prices()
    assert prices.of(name) == prices.models["gpt-4o-mini"]


def test_a_model_that_is_not_listed_has_no_price() -> None:
    assert load_prices().of("gpt-4o-mini-but-not-really") is None


def test_a_users_file_adds_models_and_wins(tmp_path: Path) -> None:
    own = tmp_path / "prices.yaml"
    own.write_text("models:\n  mine: {input: 1, output: 2}\n  gpt-4o: {input: 9, output: 9}\n")
    prices = load_prices(own)
    assert prices.of("mine") == Price(input=1, output=2)
    assert prices.of("gpt-4o") == Price(input=9, output=9)
    assert prices.of("gpt-4o-mini") is not None


def test_a_wrong_price_file_is_refused_with_file_and_line(tmp_path: Path) -> None:
    own = tmp_path / "prices.yaml"
    own.write_text("models:\n  mine: {input: 1}\n")
    with pytest.raises(ConfigError, match=r"prices\.yaml:2: .*output"):
        load_prices(own)
