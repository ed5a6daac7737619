"""`coach doctor` learns what an endpoint can do by asking it."""

from __future__ import annotations

import asyncio

import pytest

from coach.config import Settings
from coach.errors import ConfigError
from coach.judges.llm.probe import Capabilities, probe
from tests.judges.llm.endpoint import Endpoint, Says, Status, endpoint

OBEYED_THE_WORDS = Says('{"scenarios": [], "answers": [{"met": "Z", "turn": 3}]}')
OBEYED_THE_SCHEMA = Says('{"scenarios": [], "answers": [{"met": "A", "turn": 3}]}')
NO_FORMAT = Status(400, {"error": {"message": "unknown field response_format"}})


def _probe(served: Endpoint) -> Capabilities:
    return asyncio.run(probe(Settings.read({}, base_url=served.url)))


def test_an_endpoint_that_keeps_to_the_schema_against_the_words_is_strict() -> None:
    with endpoint(OBEYED_THE_SCHEMA) as served:
        found = _probe(served)
    assert (found.form, found.strict, found.model, found.models) == (
        "json_schema",
        True,
        "small-model",
        ("small-model",),
    )


def test_an_endpoint_that_takes_the_schema_and_ignores_it_is_found_out() -> None:
    with endpoint(OBEYED_THE_WORDS) as served:
        assert _probe(served).strict is False


def test_an_endpoint_without_schemas_is_said_to_have_none() -> None:
    with endpoint(NO_FORMAT, NO_FORMAT, OBEYED_THE_WORDS) as served:
        found = _probe(served)
    assert (found.form, found.strict) == ("json_object", None)


def test_an_endpoint_that_is_not_there_is_an_error_that_says_so() -> None:
    with endpoint(OBEYED_THE_SCHEMA) as served:
        pass
    with pytest.raises(ConfigError, match="cannot be reached"):
        _probe(served)
