"""Repeated judgements are put to the vote, and token probabilities give a verdict its confidence."""

from __future__ import annotations

import math

import pytest

from coach.errors import EndpointError
from tests.judges.llm.asking import CALL, by_id, grade
from tests.judges.llm.endpoint import Says, Status, endpoint, grading

MET_1, MET_2 = {"met": "1", "turn": 2}, {"met": "2", "turn": 0}
BLAMED = {"violated": "2", "turn": 2, "quote": "your own fault", "reason": "Blames the customer."}


def test_the_verdict_of_most_samples_stands_with_their_share_as_confidence() -> None:
    with endpoint(grading(MET_1, BLAMED), grading(MET_1, MET_2), grading(MET_1, BLAMED)) as served:
        judgement = grade(served, samples=3, concurrency=1)
    findings = by_id(judgement)
    assert (findings["1"].verdict, findings["1"].confidence) == ("met", 1.0)
    assert (findings["2"].verdict, findings["2"].confidence) == ("violated", 0.6667)
    assert findings["2"].evidence[0].quote == "your own fault"
    assert judgement.usage.requests == 3


def test_samples_that_are_evenly_divided_settle_nothing() -> None:
    with endpoint(grading(MET_1, BLAMED), grading(MET_1, MET_2)) as served:
        finding = by_id(grade(served, samples=2, concurrency=1))["2"]
    assert (finding.verdict, finding.confidence) == ("not_assessed", None)
    assert finding.rationale == "2 judgements disagree: 1 met, 1 violated"


def test_a_scenario_that_one_sample_of_three_sees_did_not_arise() -> None:
    odd = grading(MET_1, MET_2, {"met": "3", "turn": 0}, scenarios={"opening": [0]})
    with endpoint(odd, grading(MET_1, MET_2), grading(MET_1, MET_2)) as served:
        judgement = grade(served, samples=3, concurrency=1)
    assert judgement.scenarios == ()
    assert set(by_id(judgement)) == {"1", "2"}


def test_samples_differ_in_seed_and_are_drawn_above_temperature_zero() -> None:
    with endpoint(grading(MET_1, MET_2)) as served:
        grade(served, samples=3, seed=5)
    assert sorted(request["seed"] for request in served.requests) == [5, 6, 7]
    assert all(request["temperature"] > 0 for request in served.requests)


def test_a_sample_that_fails_is_an_error_of_the_conversation() -> None:
    with endpoint(grading(MET_1, MET_2), Status(500, "")) as served, pytest.raises(EndpointError):
        grade(served, CALL, samples=2, retries=0, concurrency=1)


def test_log_probabilities_of_the_deciding_words_are_the_confidence() -> None:
    tokens = ['{"scenarios":[],"answers":[{"', "met", '":"1","turn":2},{"', "viol", "ated", '":"2","turn":2,']
    tokens += ['"quote":"your own fault","reason":"Blames."}]}']
    probabilities = [1.0, 0.9, 1.0, 0.5, 0.8, 1.0, 1.0]
    pairs = [(token, math.log(p)) for token, p in zip(tokens, probabilities, strict=True)]
    with endpoint(Says("".join(tokens), logprobs=pairs)) as served:
        findings = by_id(grade(served, logprobs=True))
    assert served.requests[0]["logprobs"] is True
    assert (findings["1"].confidence, findings["2"].confidence) == (0.9, 0.4)


def test_without_samples_and_log_probabilities_there_is_no_confidence() -> None:
    with endpoint(grading(MET_1, MET_2)) as served:
        assert {finding.confidence for finding in grade(served).findings} == {None}
