"""What the LLM may answer: a response model built from the rubric, and the strict JSON Schema that makes it keep to it.

Promise: the schema stays inside what strict modes document: objects that forbid other properties and require all of
theirs, no `$ref`, `anyOf` only below the root with branches told apart by their first key, 3 levels of nesting, and never
more than `MAXIMUM_ENUM_VALUES` enum values. Limits checked against: OpenAI's guide to structured outputs (5,000
properties, 10 levels, 1,000 enum values, 120,000 characters of names and enum values), llama.cpp's grammar converter.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Annotated, Any, Literal, Protocol

from pydantic import BaseModel, ConfigDict, Field, ValidationError, create_model
from pydantic_core import from_json

from coach.rubric import ALWAYS, Criterion, Rubric

__all__ = [
    "MAXIMUM_ENUM_VALUES",
    "MAXIMUM_QUOTE",
    "MAXIMUM_REASON",
    "Answer",
    "AnswerFormat",
    "Answers",
    "ResponseFormat",
    "codes",
    "inlined",
    "parse_object",
    "response_format",
    "without_bounds",
]

MAXIMUM_ENUM_VALUES = 1_000
MAXIMUM_QUOTE = 200
MAXIMUM_REASON = 160
MAXIMUM_TURN = 9_999
"""The highest turn number that can be cited: without a bound, weak models write digits without end."""

MAXIMUM_TURNS = 8
"""Turns listed for one scenario."""

_BOUNDS = frozenset({"maxLength", "maxItems", "minimum", "maximum"})
_KINDS = ("met", "violated", "not_applicable", "not_assessed")


class AnswerFormat(Protocol):
    """The form of an answer, as a request asks for it: a strict JSON Schema, with and without bounds on lengths."""

    @property
    def strict(self) -> dict[str, Any]: ...

    @property
    def unbounded(self) -> dict[str, Any]: ...


@dataclass(frozen=True)
class Answer:
    """One answer as the judge gave it, not yet checked. `code` names the criterion as the prompt does."""

    code: str
    verdict: Literal["met", "violated", "not_applicable", "not_assessed"]
    turn: int | None = None
    quote: str = ""
    reason: str = ""


@dataclass(frozen=True)
class Answers:
    """What one response says: scenarios with their turns, and answers in the order given."""

    scenarios: tuple[tuple[str, tuple[int, ...]], ...]
    answers: tuple[Answer, ...]


@dataclass(frozen=True)
class ResponseFormat:
    """The response model of one request and its schemas. `criteria` and `scenarios` are the codes that it may name."""

    criteria: tuple[str, ...]
    scenarios: tuple[str, ...]

    @cached_property
    def _known(self) -> frozenset[str]:
        return frozenset(self.criteria)

    @cached_property
    def model(self) -> type[BaseModel]:
        """The Pydantic model that the strict schema is written from."""
        criterion, scenario = _names(self.criteria, self.scenarios)
        turn = Annotated[int, Field(ge=0, le=MAXIMUM_TURN)]
        quote = Annotated[str, Field(max_length=MAXIMUM_QUOTE)]
        reason = Annotated[str, Field(max_length=MAXIMUM_REASON)]
        kinds = (
            _object("Met", met=criterion, turn=turn),
            _object("Violated", violated=criterion, turn=turn, quote=quote, reason=reason),
            _object("NotApplicable", not_applicable=criterion),
            _object("NotAssessed", not_assessed=criterion, reason=reason),
        )
        answer: Any = kinds[0] | kinds[1] | kinds[2] | kinds[3]
        occurrence = _object(
            "Occurrence", scenario=scenario, turns=Annotated[list[turn], Field(max_length=MAXIMUM_TURNS)]
        )
        return _object(
            "Grading",
            scenarios=Annotated[list[occurrence], Field(max_length=len(self.scenarios))],  # type: ignore[valid-type]
            answers=Annotated[list[answer], Field(max_length=len(self.criteria) + 4)],
        )

    @cached_property
    def strict(self) -> dict[str, Any]:
        """The strict JSON Schema, with bounded strings and arrays."""
        return inlined(self.model.model_json_schema())

    @cached_property
    def unbounded(self) -> dict[str, Any]:
        """The strict schema without lengths and ranges, for endpoints that refuse these."""
        return without_bounds(self.strict)

    def read(self, content: str) -> Answers:
        """The answers in `content`. Lenient where nothing can be misread: a fenced or prefixed JSON object is found,
        entries with unknown ids or missing parts are left out (what is missing is asked again).

        Raises `ValueError` where there is no JSON object with the two lists.
        """
        return self._answers(parse_object(content, partial=False))

    def read_partial(self, content: str) -> Answers:
        """The complete entries of an answer that was cut off. Raises `ValueError` where there is none."""
        data = parse_object(content, partial=True)
        if isinstance(data, dict) and isinstance(data.get("answers"), list):
            data["answers"] = data["answers"][:-1]
        answers = self._answers(data)
        if not answers.answers:
            raise ValueError("the answer has no complete entry")
        return answers

    def _answers(self, data: Any) -> Answers:
        try:
            outline = _Outline.model_validate(data)
        except ValidationError as error:
            raise ValueError(f"the answer has not the asked-for form: {error.errors()[0]['msg']}") from None
        scenarios = (self._scenario(entry) for entry in outline.scenarios)
        answers = (self._answer(entry) for entry in outline.answers)
        return Answers(tuple(filter(None, scenarios)), tuple(filter(None, answers)))

    def _scenario(self, entry: Any) -> tuple[str, tuple[int, ...]] | None:
        if not isinstance(entry, dict) or entry.get("scenario") not in self.scenarios:
            return None
        turns = entry.get("turns")
        listed = turns if isinstance(turns, list) else []
        return str(entry["scenario"]), tuple(turn for turn in listed if type(turn) is int and turn >= 0)

    def _answer(self, entry: Any) -> Answer | None:
        if not isinstance(entry, dict):
            return None
        kind = next((kind for kind in _KINDS if kind in entry), None)
        if kind is None:
            return None
        code = str(entry[kind]).strip()
        if code not in self._known:
            code = code.rpartition(":")[2]  # where no schema holds it, a model may write out the whole id
        if code not in self._known:
            return None
        turn, quote, reason = entry.get("turn"), entry.get("quote", ""), entry.get("reason", "")
        return Answer(
            code=code,
            verdict=kind,  # type: ignore[arg-type]
            turn=turn if type(turn) is int and turn >= 0 else None,
            quote=quote[: 2 * MAXIMUM_QUOTE] if isinstance(quote, str) else "",
            reason=reason[: 2 * MAXIMUM_REASON] if isinstance(reason, str) else "",
        )


class _Outline(BaseModel):
    """The two lists that every answer must have; their entries are read one by one, so that one bad entry spoils no other."""

    model_config = ConfigDict(extra="ignore")

    scenarios: list[Any]
    answers: list[Any]


def codes(rubric: Rubric) -> dict[str, str]:
    """Criterion id -> the short code that stands for it in prompt and answer: the part after the colon where that is unique."""
    short = [criterion.id.split(":", 1)[1] for criterion in rubric.criteria]
    unique = len(set(short)) == len(short)
    return {c.id: code if unique else c.id for c, code in zip(rubric.criteria, short, strict=True)}


def response_format(rubric: Rubric, criteria: Sequence[Criterion]) -> ResponseFormat:
    """The format for a request about `criteria`: their codes, and the scenarios that they belong to."""
    names = codes(rubric)
    asked = {criterion.scenario for criterion in criteria} - {ALWAYS}
    return ResponseFormat(
        criteria=tuple(names[criterion.id] for criterion in criteria),
        scenarios=tuple(scenario.id for scenario in rubric.scenarios if scenario.id in asked),
    )


def _names(criteria: Sequence[str], scenarios: Sequence[str]) -> tuple[Any, Any]:
    """Types for a criterion's and a scenario's name: enums, or bounded strings where a strict mode would refuse so many."""
    if len(_KINDS) * len(criteria) + len(scenarios) > MAXIMUM_ENUM_VALUES:
        name = Annotated[str, Field(max_length=60)]
        return name, name
    return Literal[tuple(criteria)], Literal[tuple(scenarios)] if scenarios else Annotated[str, Field(max_length=60)]


def _object(title: str, **fields: Any) -> type[BaseModel]:
    definitions: dict[str, Any] = {name: (kind, ...) for name, kind in fields.items()}
    model: type[BaseModel] = create_model(title, __config__=ConfigDict(extra="forbid"), **definitions)
    return model


def inlined(schema: dict[str, Any]) -> dict[str, Any]:
    """`schema` with references written out and titles left off: they cost tokens and tell the judge nothing."""
    definitions = schema.get("$defs", {})

    def resolve(node: Any, *, names: bool = False) -> Any:
        if isinstance(node, list):
            return [resolve(item) for item in node]
        if not isinstance(node, dict):
            return node
        if "$ref" in node:
            return resolve(definitions[node["$ref"].rsplit("/", 1)[1]])
        if "const" in node and not names:
            node = {"type": "string", "enum": [node["const"]]}
        kept = node if names else {key: value for key, value in node.items() if key not in ("title", "$defs")}
        return {key: resolve(value, names=key == "properties") for key, value in kept.items()}

    plain: dict[str, Any] = resolve(schema)
    return plain


def without_bounds(schema: dict[str, Any]) -> dict[str, Any]:
    """`schema` without lengths and ranges, for endpoints that refuse these."""

    def strip(node: Any) -> Any:
        if isinstance(node, list):
            return [strip(item) for item in node]
        if isinstance(node, dict):
            return {key: strip(value) for key, value in node.items() if key not in _BOUNDS}
        return node

    stripped: dict[str, Any] = strip(schema)
    return stripped


def parse_object(content: str, *, partial: bool) -> Any:
    """The JSON object in `content`, whatever stands around it; with `partial` one that was cut off. Raises `ValueError`."""
    begin = content.find("{")
    if begin < 0:
        raise ValueError("the answer holds no JSON object")
    end = len(content) if partial else content.rfind("}") + 1
    try:
        return from_json(content[begin:end], allow_partial=partial)
    except ValueError as error:
        raise ValueError(f"the answer is not valid JSON: {error}") from None
