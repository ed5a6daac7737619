"""Every way in which an endpoint can fail, and what becomes of the conversation."""

from __future__ import annotations

import asyncio
import logging
from email.utils import formatdate
from pathlib import Path
from time import time

import pytest

from coach.config import Settings
from coach.errors import ConfigError, EndpointError
from coach.judges.llm.faults import Refused, retry_after
from coach.judges.llm.judge import connect
from tests.judges.llm.asking import CALL, by_id, grade, grade_all
from tests.judges.llm.endpoint import Drop, Hang, Says, Status, endpoint, grading

GOOD = grading({"met": "1", "turn": 2}, {"met": "2", "turn": 0})
SCHEMA_REFUSED = Status(
    400, {"error": {"message": "response_format json_schema is not supported", "param": "response_format"}}
)


@pytest.mark.parametrize(
    "fault",
    [
        pytest.param(Status(500, "broken"), id="500"),
        pytest.param(Status(502, "<html>bad gateway</html>"), id="502"),
        pytest.param(Status(503, {"error": {"message": "loading"}}), id="503"),
        pytest.param(Status(408, ""), id="408"),
        pytest.param(Status(409, ""), id="409"),
        pytest.param(Status(429, {"error": {"message": "slow down"}}, {"Retry-After": "0"}), id="429"),
        pytest.param(Drop(), id="connection reset"),
        pytest.param(Status(200, ""), id="empty body"),
        pytest.param(Status(200, "<html>hello</html>"), id="not JSON"),
        pytest.param(Status(200, {"object": "something else"}), id="no chat completion"),
        pytest.param(Says(""), id="empty answer"),
        pytest.param(Says(None), id="no answer"),
        pytest.param(Says("I think the agent did well."), id="prose"),
        pytest.param(Says('{"scenarios": [], "answers": ['), id="malformed JSON"),
        pytest.param(Says('{"grade": "A"}'), id="another form"),
        pytest.param(Says('{"scenarios": [', finish="length"), id="cut off"),
    ],
)
def test_a_passing_fault_is_tried_again_and_the_conversation_graded(fault: object) -> None:
    with endpoint(fault, GOOD) as served:  # type: ignore[arg-type]
        assert {f.verdict for f in grade(served).findings} == {"met"}
    assert len(served.requests) == 2


def test_an_answer_that_hangs_is_given_up_and_asked_for_again() -> None:
    with endpoint(Hang(3), GOOD) as served:
        assert {f.verdict for f in grade(served, timeout=0.3).findings} == {"met"}


@pytest.mark.parametrize(
    ("fault", "said"),
    [
        (Status(500, "broken"), "the endpoint failed: 500 broken"),
        (Says("no JSON"), "holds no JSON object"),
        (Says(""), "the answer is empty"),
        (Hang(3), "no answer within 0.3 s"),
        (Drop(), "connection to http"),
    ],
)
def test_a_fault_that_stays_is_an_error_of_this_conversation_and_says_what_it_was(fault: object, said: str) -> None:
    with endpoint(fault) as served, pytest.raises(EndpointError, match=said):  # type: ignore[arg-type]
        grade(served, retries=1, timeout=0.3)
    assert len(served.requests) == 2


@pytest.mark.parametrize("code", [401, 403, 404])
def test_a_wrong_key_model_or_address_fails_at_once_and_says_what_to_check(code: int) -> None:
    checks = {401: "OPENAI_API_KEY", 403: "OPENAI_API_KEY", 404: "--model and --base-url"}
    with endpoint(Status(code, {"error": {"message": "no"}})) as served, pytest.raises(ConfigError, match=checks[code]):
        grade(served)
    assert len(served.requests) == 1


def test_a_403_from_an_endpoint_that_has_answered_is_about_that_conversation_only() -> None:
    with endpoint(GOOD, Status(403, "blocked by the firewall")) as served:
        results, _ = grade_all(served, [CALL, CALL], concurrency=1)
    assert isinstance(results[1], EndpointError)


def test_an_exhausted_quota_ends_the_run_instead_of_being_waited_for() -> None:
    quota = Status(429, {"error": {"message": "You exceeded your quota", "code": "insufficient_quota"}})
    with endpoint(quota) as served, pytest.raises(ConfigError, match="no quota left"):
        grade(served)
    assert len(served.requests) == 1


def test_nobody_listening_is_a_wrong_address_after_a_few_conversations() -> None:
    with endpoint(GOOD) as served:
        pass
    results, _ = grade_all(served, [CALL] * 5, retries=0, concurrency=1)
    assert isinstance(results[0], EndpointError)
    assert isinstance(results[-1], ConfigError)
    assert "--base-url" in str(results[-1])


def test_a_refusal_is_not_tried_again_but_counted() -> None:
    with endpoint(Says(None, refusal="I can't help with that.", prompt_tokens=70)) as served:
        (result,), client = grade_all(served, [CALL])
    assert isinstance(result, Refused)
    assert "I can't help with that" in str(result)
    assert (len(served.requests), client.spent.input_tokens) == (1, 70)


@pytest.mark.parametrize(
    "filtered",
    [
        Says("{", finish="content_filter"),
        Status(400, {"error": {"message": "The prompt was filtered", "code": "content_filter"}}),
    ],
)
def test_a_content_filter_is_not_tried_again(filtered: Says | Status) -> None:
    with endpoint(filtered) as served, pytest.raises(Refused, match="content filter"):
        grade(served)
    assert len(served.requests) == 1


TOO_LONG = Status(400, {"error": {"message": "The request exceeds the available context size", "code": 400}})


def test_a_conversation_too_long_for_the_model_is_said_to_be() -> None:
    with endpoint(TOO_LONG) as served, pytest.raises(EndpointError, match="too long for the model"):
        grade(served)


def test_a_rubric_too_long_for_the_model_is_divided_until_it_fits_and_stays_divided() -> None:
    with endpoint(TOO_LONG, GOOD) as served:
        results, _ = grade_all(served, [CALL, CALL], in_turn=True, concurrency=1)
    assert not any(isinstance(result, Exception) for result in results)
    halves = [tuple(code in served.sent(n) for code in ("1 Agent", "4 Agent")) for n in range(5)]
    assert halves == [(True, True), (True, False), (False, True), (True, False), (False, True)]


def test_an_answer_that_ends_with_the_context_before_its_limit_shows_that_the_rubric_has_to_be_divided() -> None:
    no_room = Says('{"scenarios": [', finish="length", completion_tokens=40)
    with endpoint(no_room, no_room, GOOD) as served:
        grade(served, concurrency=1)
    asked = [sum(f"{code} Agent" in served.sent(n) for code in "123456") for n in range(len(served.requests))]
    assert asked[:4] == [6, 6, 3, 3]


def test_an_answer_cut_off_is_asked_for_with_twice_the_room() -> None:
    with endpoint(Says('{"scen', finish="length"), GOOD) as served:
        grade(served)
    assert served.requests[1]["max_tokens"] == 2 * served.requests[0]["max_tokens"]


def test_what_is_complete_in_an_answer_that_was_cut_off_counts_and_the_rest_is_asked_again() -> None:
    content = '{"scenarios": [], "answers": [{"met": "1", "turn": 2}, {"violated": "2", "turn": 2, "quote": "That'
    with endpoint(Says(content, finish="length"), grading({"met": "2", "turn": 0})) as served:
        findings = by_id(grade(served))
    assert {code: finding.verdict for code, finding in findings.items()} == {"1": "met", "2": "met"}
    assert "\n2: no answer was given" in served.sent(1)


def test_an_answer_cut_off_again_before_anything_is_complete_is_an_error() -> None:
    endless = Says('{"scenarios": [', finish="length", completion_tokens=5_000)
    with endpoint(endless) as served, pytest.raises(EndpointError, match="cut off"):
        grade(served, retries=0)
    assert len(served.requests) == 2


def test_a_model_that_thinks_first_gets_room_to_think_from_then_on() -> None:
    with endpoint(Says("", finish="length"), GOOD) as served:
        grade_all(served, [CALL, CALL], concurrency=1)
    first, *later = (request["max_tokens"] for request in served.requests)
    assert min(later) > 2 * first


def test_an_endpoint_without_strict_schemas_is_asked_for_plain_json_and_not_asked_twice() -> None:
    with endpoint(*[SCHEMA_REFUSED] * 2, GOOD) as served:
        results, client = grade_all(served, [CALL, CALL], concurrency=1)
    assert not any(isinstance(result, Exception) for result in results)
    forms = [request["response_format"]["type"] for request in served.requests]
    assert forms == ["json_schema", "json_schema", "json_object", "json_object"]
    assert client.dialect.form == "json_object"


def test_a_strict_mode_without_length_keywords_gets_the_schema_without_them() -> None:
    with endpoint(SCHEMA_REFUSED, GOOD) as served:
        grade(served)
    first, second = (str(request["response_format"]) for request in served.requests)
    assert "maxLength" in first
    assert "maxLength" not in second
    assert "json_schema" in second


def test_an_endpoint_that_takes_no_response_format_at_all_is_asked_in_plain_text() -> None:
    with endpoint(*[SCHEMA_REFUSED] * 3, Says(f"Here you are:\n```json\n{GOOD.content}\n```")) as served:
        assert {f.verdict for f in grade(served).findings} == {"met"}
    assert "response_format" not in served.requests[-1]


@pytest.mark.parametrize(
    ("message", "gone", "instead"),
    [
        (
            "Unsupported parameter: 'max_tokens'. Use 'max_completion_tokens' instead.",
            "max_tokens",
            "max_completion_tokens",
        ),
        ("Unsupported value: 'temperature' does not support 0.0 with this model.", "temperature", None),
        ("seed: extra fields not permitted", "seed", None),
    ],
)
def test_a_parameter_that_the_model_does_not_take_is_left_out_from_then_on(
    message: str, gone: str, instead: str | None
) -> None:
    with endpoint(Status(400, {"error": {"message": message}}), GOOD) as served:
        grade_all(served, [CALL, CALL], concurrency=1, seed=7)
    assert gone in served.requests[0]
    assert all(gone not in request for request in served.requests[1:])
    assert instead is None or all(instead in request for request in served.requests[1:])


def test_retry_after_is_waited_for() -> None:
    with endpoint(Status(429, "", {"Retry-After": "0.6"}), GOOD) as served:
        grade(served)
    assert served.times[1] - served.times[0] >= 0.6


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({"retry-after": "12"}, 12.0),
        ({"retry-after": "0.5"}, 0.5),
        ({"retry-after-ms": "250", "retry-after": "9"}, 0.25),
        ({"retry-after": "Wed, 21 Oct 2015 07:28:00 GMT"}, 0.0),
        ({"retry-after": "soon"}, None),
        ({}, None),
    ],
)
def test_retry_after_is_read_in_seconds_and_milliseconds(headers: dict[str, str], seconds: float | None) -> None:
    assert retry_after(headers) == seconds


def test_retry_after_as_a_date_is_so_many_seconds_from_now() -> None:
    assert retry_after({"retry-after": formatdate(time() + 60, usegmt=True)}) == pytest.approx(60, abs=5)


def test_a_retry_after_of_hours_is_not_waited_for() -> None:
    with endpoint(Status(429, "daily limit", {"Retry-After": "7200"})) as served, pytest.raises(EndpointError):
        grade(served)
    assert len(served.requests) == 1


def test_many_429s_are_waited_out_however_few_retries_other_faults_get() -> None:
    with endpoint(*[Status(429, "", {"Retry-After": "0"})] * 12, GOOD) as served:
        assert {f.verdict for f in grade(served, retries=0).findings} == {"met"}


def test_no_more_requests_are_in_flight_than_asked_for() -> None:
    with endpoint(GOOD, delay=0.05) as served:
        grade_all(served, [CALL] * 12, concurrency=3)
    assert served.most == 3


def test_usage_counts_every_billed_answer_and_what_the_provider_had_cached() -> None:
    wrong = Says("prose", prompt_tokens=100, completion_tokens=7)
    right = Says(GOOD.content, prompt_tokens=100, cached_tokens=80, completion_tokens=20)
    with endpoint(wrong, Status(500, ""), right) as served:
        usage = grade(served).usage
    assert (usage.requests, usage.input_tokens, usage.cached_tokens, usage.output_tokens) == (2, 200, 80, 27)


def test_a_model_without_a_price_has_no_cost_and_one_with_a_price_has(tmp_path: Path) -> None:
    prices = tmp_path / "prices.yaml"
    prices.write_text("models:\n  small-model: {input: 10, cached: 1, output: 100}\n")
    answer = Says(GOOD.content, prompt_tokens=100_000, cached_tokens=50_000, completion_tokens=10_000)
    with endpoint(answer) as served:
        assert grade(served).usage.cost_usd is None
        assert grade(served, prices=prices).usage.cost_usd == pytest.approx(0.5 + 0.05 + 1.0)


def test_the_key_is_in_no_message_and_no_log(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    with (
        endpoint(Status(401, {"error": {"message": "Incorrect API key"}})) as served,
        pytest.raises(ConfigError) as error,
    ):
        grade(served, api_key="sk-very-secret")
    assert served.headers[0]["authorization"] == "Bearer sk-very-secret"
    assert "sk-very-secret" not in f"{error.value!r} {caplog.text}"


def test_an_azure_address_with_a_deployment_keeps_its_query_and_gets_the_key_in_the_header_that_it_wants() -> None:
    with endpoint(GOOD) as served:
        address = served.url.replace("/v1", "/openai/deployments/mine?api-version=2024-10-21")
        grade(served, base_url=address, api_key="sk-azure")
    assert served.paths == ["/openai/deployments/mine/chat/completions?api-version=2024-10-21"]
    assert served.headers[0]["api-key"] == "sk-azure"
    assert "authorization" not in served.headers[0]


@pytest.mark.parametrize("ending", ["/openai/v1/", "/openai/v1", "/openai/v1/?api-version=preview"])
def test_an_azure_address_without_a_deployment_is_used_like_any_other(ending: str) -> None:
    with endpoint(GOOD) as served:
        grade(served, base_url=served.url.replace("/v1", ending), api_key="sk-azure")
    query = ending.partition("?")[2]
    assert served.paths == ["/openai/v1/chat/completions" + (f"?{query}" if query else "")]
    assert served.headers[0]["authorization"] == "Bearer sk-azure"
    assert "api-key" not in served.headers[0]


def test_the_deployment_in_an_azure_address_is_the_model_where_none_is_named() -> None:
    with endpoint(GOOD) as served:
        address = served.url.replace("/v1", "/openai/deployments/my%20model/?api-version=2024-10-21")
        settings = Settings.read({}, base_url=address)
        assert asyncio.run(_connected_model(settings)) == "my model"
        assert served.requests == []


async def _connected_model(settings: Settings) -> str:
    client = await connect(settings)
    await client.close()
    return client.model


def test_a_redirect_is_not_followed_and_says_where_it_leads() -> None:
    with endpoint(GOOD) as elsewhere:
        away = Status(307, {}, {"Location": f"{elsewhere.url}/chat/completions"})
        with endpoint(away) as served, pytest.raises(ConfigError, match=f"sends on to {elsewhere.url}"):
            grade(served)
        assert elsewhere.requests == []


def test_a_rubric_that_fits_in_the_groups_asked_for_is_divided_into_just_these() -> None:
    with endpoint(TOO_LONG, GOOD) as served:
        grade(served, concurrency=1, group_size=3)
    asked = [sum(f"{code} Agent" in served.sent(n) for code in "123456") for n in range(len(served.requests))]
    assert asked[0] == 6
    assert asked[-2:] == [3, 3]
