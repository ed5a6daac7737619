"""A flag beats a variable, a variable beats the default, and the key stays secret."""

from __future__ import annotations

import pytest

from coach.config import Settings
from coach.errors import ConfigError


def test_a_flag_beats_a_variable() -> None:
    environment = {"COACH_MODEL": "from-variable", "OPENAI_BASE_URL": "http://127.0.0.1:1/v1"}
    settings = Settings.read(environment, model="from-flag", base_url=None)
    assert (settings.model, settings.base_url) == ("from-flag", "http://127.0.0.1:1/v1")


def test_an_empty_variable_is_not_set() -> None:
    assert Settings.read({"OPENAI_API_KEY": " ", "COACH_MODEL": ""}).endpoint_configured is False


@pytest.mark.parametrize("variable", ["OPENAI_API_KEY", "OPENAI_BASE_URL"])
def test_a_key_or_an_address_configures_the_endpoint(variable: str) -> None:
    assert Settings.read({variable: "http://127.0.0.1:8080/v1"}).endpoint_configured


@pytest.mark.parametrize(
    ("url", "local"),
    [
        ("http://127.0.0.1:8080/v1", True),
        ("http://localhost:11434/v1", True),
        ("http://[::1]:8000/v1", True),
        ("http://10.0.0.5:8000/v1", False),
        ("https://localhost.example.com/v1", False),
        ("https://api.openai.com/v1", False),
    ],
)
def test_only_loopback_is_local(url: str, local: bool) -> None:
    assert Settings.read({}, base_url=url).local is local


def test_no_key_is_needed_for_an_address_of_ones_own_and_one_is_without() -> None:
    assert Settings.read({}, base_url="http://127.0.0.1:8080/v1").key()
    with pytest.raises(ConfigError, match="OPENAI_API_KEY"):
        Settings.read({}).key()


def test_the_key_shows_in_no_representation() -> None:
    settings = Settings.read({"OPENAI_API_KEY": "sk-very-secret"})
    assert settings.key() == "sk-very-secret"
    assert "sk-very-secret" not in f"{settings!r} {settings} {settings.model_dump_json()}"


@pytest.mark.parametrize(
    ("environment", "flags", "named"),
    [
        ({}, {"concurrency": 0}, "--concurrency"),
        ({}, {"base_url": "api.example.com"}, "--base-url"),
        ({"OPENAI_BASE_URL": "ftp://x"}, {}, "OPENAI_BASE_URL"),
        ({}, {"temperature": 3.0}, "--temperature"),
    ],
)
def test_what_cannot_work_is_refused_by_the_name_of_flag_or_variable(
    environment: dict[str, str], flags: dict[str, object], named: str
) -> None:
    with pytest.raises(ConfigError, match=named):
        Settings.read(environment, **flags)
