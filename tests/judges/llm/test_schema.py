"""The schema sent keeps inside what strict modes document, and answers are read without guessing."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest

from coach.judges.llm.schema import MAXIMUM_ENUM_VALUES, Answer, codes, response_format
from coach.rubric import Rubric
from tests.builders import criterion, rubric
from tests.judges.llm.rubrics import catalogue_rubric, small_rubric

MANUALS = ("tea-city", "yingsheng", "shenzhou-tianhai", "sto-express", "hubei-rcu")
ALLOWED = {
    "type",
    "properties",
    "required",
    "additionalProperties",
    "items",
    "anyOf",
    "enum",
    "maxItems",
    "maxLength",
    "minimum",
    "maximum",
}


def _nodes(node: Any, depth: int = 0) -> Iterator[tuple[dict[str, Any], int]]:
    """Every schema in a schema, with how many objects enclose it."""
    yield node, depth
    inner = depth + (node.get("type") == "object")
    for child in [*node.get("properties", {}).values(), *node.get("anyOf", []), *filter(None, [node.get("items")])]:
        yield from _nodes(child, inner)


@pytest.fixture(params=MANUALS)
def strict(request: pytest.FixtureRequest) -> dict[str, Any]:
    whole = catalogue_rubric(request.param)
    return response_format(whole, whole.assessable).strict


def test_every_object_forbids_other_properties_and_requires_all_of_its_own(strict: dict[str, Any]) -> None:
    for node, _ in _nodes(strict):
        if node.get("type") == "object":
            assert node["additionalProperties"] is False
            assert set(node["required"]) == set(node["properties"])


def test_only_documented_keywords_are_used(strict: dict[str, Any]) -> None:
    assert {keyword for node, _ in _nodes(strict) for keyword in node} <= ALLOWED


def test_the_schema_of_a_whole_manual_is_within_the_documented_limits(strict: dict[str, Any]) -> None:
    nodes = list(_nodes(strict))
    enums = [node["enum"] for node, _ in nodes if "enum" in node]
    properties = [name for node, _ in nodes for name in node.get("properties", {})]
    assert sum(map(len, enums)) <= MAXIMUM_ENUM_VALUES
    assert max(depth for _, depth in nodes) <= 5
    assert sum(map(len, [*properties, *(value for enum in enums for value in enum)])) <= 15_000


def test_branches_are_told_apart_by_their_first_key(strict: dict[str, Any]) -> None:
    branches = strict["properties"]["answers"]["items"]["anyOf"]
    first = [next(iter(branch["properties"])) for branch in branches]
    assert first == ["met", "violated", "not_applicable", "not_assessed"]


def test_strings_arrays_and_numbers_are_bounded(strict: dict[str, Any]) -> None:
    for node, _ in _nodes(strict):
        if node.get("type") == "array":
            assert "maxItems" in node
        if node.get("type") == "string":
            assert "enum" in node or "maxLength" in node
        if node.get("type") == "integer":
            assert "maximum" in node


def test_a_rubric_with_more_criteria_than_enums_may_have_gets_bounded_strings() -> None:
    huge = rubric(*(criterion(str(number)) for number in range(400)))
    form = response_format(huge, huge.assessable)
    assert not any("enum" in node for node, _ in _nodes(form.strict))
    assert form.read(
        '{"scenarios": [], "answers": [{"met": "399", "turn": 0}, {"met": "400", "turn": 0}]}'
    ).answers == (Answer("399", "met", 0),)


def test_criteria_have_short_codes_where_these_are_unique_and_whole_ids_where_not() -> None:
    assert codes(small_rubric())["shop:1"] == "1"
    mixed: Rubric = rubric(criterion("1"), {**criterion("1"), "id": "other:1"})
    assert list(codes(mixed).values()) == ["demo:1", "other:1"]


def _read(content: str) -> Any:
    return response_format(small_rubric(), small_rubric().assessable).read(content)


def test_a_fenced_answer_with_words_around_it_is_read() -> None:
    read = _read('Sure!\n```json\n{"scenarios": [{"scenario": "opening", "turns": [0]}], "answers": []}\n```\nDone.')
    assert read.scenarios == (("opening", (0,)),)


@pytest.mark.parametrize("content", ["", "no", "[]", '{"answers": []}', '{"scenarios": 1, "answers": []}', '{"a": '])
def test_what_has_not_the_asked_for_form_is_not_read(content: str) -> None:
    with pytest.raises(ValueError, match="answer"):
        _read(content)


@pytest.mark.parametrize("turn", [True, "0", -1, 1.5, None])
def test_a_turn_that_is_no_turn_number_is_no_turn(turn: object) -> None:
    read = _read(json.dumps({"scenarios": [], "answers": [{"met": "1", "turn": turn}]}))
    assert read.answers[0].turn is None


def test_a_whole_id_where_its_code_was_asked_for_is_understood() -> None:
    assert _read('{"scenarios": [], "answers": [{"met": "shop:1", "turn": 0}]}').answers[0].code == "1"
