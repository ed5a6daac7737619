"""What tokens cost: prices are data (`prices.yaml`, or a file of the user's own), never code.

Promise: a model without a price has no cost (None), not a cost of zero; a dated snapshot (`gpt-4o-2024-08-06`) has the
price of its family unless it is listed itself.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from coach.errors import ConfigError, RubricError
from coach.findings import Usage
from coach.yaml_file import describe_validation_error, read_yaml

__all__ = ["Price", "PriceList", "load_prices"]

_OWN = Path(__file__).with_name("prices.yaml")
_SNAPSHOT = re.compile(r"-(\d{4}-\d{2}-\d{2}|\d{8}|\d{4}|latest)$")

Dollars = Annotated[float, Field(ge=0, allow_inf_nan=False)]


class Price(BaseModel):
    """US dollars per million tokens. `cached` is for prompt tokens that the provider had in its cache; default `input`."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    input: Dollars
    output: Dollars
    cached: Dollars | None = None

    def cost(self, usage: Usage) -> float:
        """What `usage` costs, in US dollars."""
        cached = self.input if self.cached is None else self.cached
        fresh = usage.input_tokens - usage.cached_tokens
        return (fresh * self.input + usage.cached_tokens * cached + usage.output_tokens * self.output) / 1e6


class _PriceFile(BaseModel):
    model_config = ConfigDict(extra="forbid")

    models: dict[str, Price]


@dataclass(frozen=True)
class PriceList:
    """Prices by model name."""

    models: dict[str, Price]

    def of(self, model: str) -> Price | None:
        """The price of a model, None where it is not known. A provider's prefix (`openai/gpt-4o`) is passed over."""
        for name in (model, model.rsplit("/", 1)[-1]):
            for candidate in (name, _SNAPSHOT.sub("", name)):
                if candidate in self.models:
                    return self.models[candidate]
        return None


def load_prices(own: Path | None = None) -> PriceList:
    """The prices that come with coach, those in `own` added or put in their place. Raises `ConfigError` with file and line."""
    models = dict(_read(_OWN))
    if own is not None:
        models.update(_read(own))
    return PriceList(models)


def _read(path: Path) -> dict[str, Price]:
    try:
        data, node = read_yaml(path)
        try:
            return _PriceFile.model_validate(data).models
        except ValidationError as error:
            raise describe_validation_error(error, path, node) from error
    except RubricError as error:
        raise ConfigError(f"price file {error}") from None
