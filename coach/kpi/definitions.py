"""What a KPI is: two counts of records, the limit for their ratio and the clause that asks for it, as data in YAML.

`manuals/` holds one file per manual that sets such figures. Promise: a figure that the manual prints wrongly says so under
`reading`, with what it must mean; the manual's own words stay beside it.
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from coach.errors import ConfigError
from coach.yaml_file import describe_validation_error, read_yaml

__all__ = ["Fact", "Kind", "KpiSet", "Limit", "Metric", "Population", "Target", "kpi_set_names", "load_kpi_set"]

Kind = Literal["call", "consultation", "complaint"]
Fact = Literal["connected", "needs_agent", "answered", "timely", "repeat", "satisfied", "category"]
"""What a metric may ask of a record; `timely` is worked out from times, the others are columns."""


class _Spec(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Population(_Spec):
    """The records of a kind for which all of `where` holds."""

    kind: Kind
    where: dict[Fact, bool | str] = Field(default_factory=dict)


class Target(_Spec):
    """The limit for a ratio, in percent: a least or a greatest value."""

    at_least: Annotated[float, Field(ge=0, le=100)] | None = None
    at_most: Annotated[float, Field(ge=0, le=100)] | None = None

    @model_validator(mode="after")
    def _one(self) -> Target:
        if (self.at_least is None) == (self.at_most is None):
            raise ValueError("a target has either at_least or at_most")
        return self


class Limit(_Spec):
    """How many hours an answer may take; `category` narrows it to records of that category."""

    kind: Kind
    category: str | None = None
    hours: Annotated[float, Field(gt=0)]
    clause: str


class Metric(_Spec):
    """value = 100 x numerator / denominator. `target` is None where the manual names no figure to reach."""

    clause: str
    title: str
    quote: str
    reading: str | None = None
    numerator: Population
    denominator: Population
    target: Target | None = None


class KpiSet(_Spec):
    """The figures of one manual."""

    id: str
    title: str
    limits: list[Limit] = Field(default_factory=list)
    metrics: Annotated[list[Metric], Field(min_length=1)]

    def hours(self, kind: str, category: str | None) -> float | None:
        """The limit for a record; one for its category goes before one for its kind. None where the manual sets none."""
        of_kind = [limit for limit in self.limits if limit.kind == kind]
        exact = [limit.hours for limit in of_kind if limit.category is not None and limit.category == category]
        general = [limit.hours for limit in of_kind if limit.category is None]
        return next(iter([*exact, *general]), None)


_FOLDER = Path(__file__).parent / "manuals"


def kpi_set_names() -> list[str]:
    """The manuals whose figures come with coach."""
    return sorted(path.stem for path in _FOLDER.glob("*.yaml"))


def load_kpi_set(name_or_path: str) -> KpiSet:
    """The figures of a manual by name, or of a file of one's own. Raises `ConfigError` or `RubricError` with the line."""
    path = _FOLDER / f"{name_or_path}.yaml"
    if not path.is_file():
        path = Path(name_or_path)
        if not path.is_file():
            names = ", ".join(kpi_set_names())
            raise ConfigError(f"no KPIs named {name_or_path!r}; there are {names}, or give the path of a .yaml file")
    data, node = read_yaml(path)
    try:
        return KpiSet.model_validate(data)
    except ValidationError as error:
        raise describe_validation_error(error, path, node) from error
