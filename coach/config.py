"""Settings: what flags and environment variables say, checked once and passed on.

Promise: a flag beats a variable, a variable beats the default, and the API key never shows in a message, a log or a repr.
"""

from __future__ import annotations

import ipaddress
import os
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any
from urllib.parse import unquote, urlsplit

from pydantic import BaseModel, ConfigDict, Field, SecretStr, ValidationError, field_validator

from coach.errors import ConfigError

__all__ = ["DEFAULT_BASE_URL", "Settings"]

DEFAULT_BASE_URL = "https://api.openai.com/v1"
_DUMMY_KEY = "none-needed"
_DEPLOYMENT = re.compile(r"/openai/deployments/([^/]+)/?$")
_VARIABLES = {
    "api_key": "OPENAI_API_KEY",
    "base_url": "OPENAI_BASE_URL",
    "model": "COACH_MODEL",
    "db": "COACH_DB",
}
"""Setting -> the environment variable that it is read from where no flag is given."""


class Settings(BaseModel):
    """How to reach the LLM and how to run. Times are in seconds; None means "not set"."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    model: str | None = None
    base_url: str | None = None
    api_key: SecretStr | None = None
    db: Path | None = None
    timeout: Annotated[float, Field(gt=0)] = 120.0
    concurrency: Annotated[int, Field(ge=1, le=1024)] = 16
    retries: Annotated[int, Field(ge=0, le=50)] = 5
    group_size: Annotated[int, Field(ge=1)] | None = None
    samples: Annotated[int, Field(ge=1, le=25)] = 1
    temperature: Annotated[float, Field(ge=0, le=2)] = 0.0
    seed: int | None = None
    logprobs: bool = False
    prompt: str = "judge"
    prices: Path | None = None

    @field_validator("base_url")
    @classmethod
    def _a_web_address(cls, value: str | None) -> str | None:
        if value is not None and (urlsplit(value).scheme not in ("http", "https") or not urlsplit(value).hostname):
            raise ValueError("must be a web address such as http://127.0.0.1:8080/v1")
        return value

    @classmethod
    def read(cls, environment: Mapping[str, str] | None = None, **flags: Any) -> Settings:
        """Settings from flags (None: not given), then from the environment. Raises `ConfigError` naming the flag or variable."""
        environment = os.environ if environment is None else environment
        given = {name: value for name, value in flags.items() if value is not None}
        for name, variable in _VARIABLES.items():
            value = environment.get(variable, "").strip()
            if value and name not in given:
                given[name] = value
        try:
            return cls.model_validate(given)
        except ValidationError as error:
            first = error.errors(include_url=False, include_input=False)[0]
            name = str(first["loc"][0])
            flag = f"--{name.replace('_', '-')}"
            origin = flag if flags.get(name) is not None else _VARIABLES.get(name, flag)
            raise ConfigError(f"{origin}: {first['msg'].removeprefix('Value error, ')}") from None

    @property
    def endpoint_configured(self) -> bool:
        """True where `--judge auto` means the LLM: a base URL or a key is there."""
        return self.base_url is not None or self.api_key is not None

    @property
    def sampling_temperature(self) -> float:
        """The temperature in use: repeated judgements at 0 would be one judgement paid for several times."""
        return 0.7 if self.samples > 1 and self.temperature == 0 else self.temperature

    @property
    def endpoint(self) -> str:
        """The base URL in use."""
        return self.base_url or DEFAULT_BASE_URL

    @property
    def deployment(self) -> str | None:
        """The deployment that an Azure-style address names (`.../openai/deployments/NAME?api-version=...`), else None."""
        found = _DEPLOYMENT.search(urlsplit(self.endpoint).path)
        return unquote(found[1]) if found else None

    @property
    def local(self) -> bool:
        """True where the endpoint is on this machine (loopback): nothing leaves it, and no key is needed."""
        host = urlsplit(self.endpoint).hostname or ""
        if host == "localhost" or host.endswith(".localhost"):
            return True
        try:
            return ipaddress.ip_address(host).is_loopback
        except ValueError:
            return False

    def key(self) -> str:
        """The API key to send. Raises `ConfigError` where the endpoint needs one and there is none."""
        if self.api_key is not None:
            return self.api_key.get_secret_value()
        if self.base_url is not None:
            return _DUMMY_KEY
        raise ConfigError("no API key: set OPENAI_API_KEY, or --base-url for an endpoint of your own")
