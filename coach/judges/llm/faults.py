"""What can go wrong between a request and a readable answer, told apart by what to do about it.

Promise: `Fault` may pass if tried again, `EndpointError` will not for this request, `ConfigError` will not for any.
A response that reads well enough to count is counted, whatever it says.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from typing import Any

import openai
from pydantic import BaseModel, ConfigDict, ValidationError

from coach.errors import CoachError, ConfigError, EndpointError
from coach.findings import Usage
from coach.judges.llm.dialect import Dialect
from coach.judges.llm.pricing import Price

__all__ = [
    "CutOff",
    "DialectRefused",
    "Fault",
    "RawReply",
    "Refused",
    "Throttled",
    "TooLong",
    "Unreachable",
    "Unreadable",
    "fault_of_status",
    "read_reply",
    "retry_after",
]

_PATIENCE = 900.0
"""A Retry-After of more seconds than this is a quota that a run cannot wait out."""

_TRANSIENT = frozenset({408, 409, 425, 429})


class Fault(Exception):
    """It may work the next time."""


class Unreachable(Fault):
    """No connection, or it broke."""


class Unreadable(Fault):
    """There was a (billed) answer, but it is empty or not what was asked for."""


class CutOff(Fault):
    """The answer ran into the limit on completion tokens."""


class Throttled(Fault):
    """429. `retry_after` is in seconds, None where the endpoint does not say."""

    def __init__(self, message: str, retry_after: float | None) -> None:
        super().__init__(message)
        self.retry_after = retry_after

    @property
    def worth_waiting(self) -> bool:
        """False where the wait asked for is longer than a run can spare."""
        return self.retry_after is None or self.retry_after <= _PATIENCE


class Refused(EndpointError):
    """The model or its provider declined to answer this conversation."""


class TooLong(EndpointError):
    """Rubric and conversation do not fit into the model's context."""


class DialectRefused(Exception):
    """The endpoint does not take a parameter; `instead` is how to ask."""

    def __init__(self, instead: Dialect) -> None:
        super().__init__()
        self.instead = instead


def fault_of_status(error: openai.APIStatusError, dialect: Dialect) -> CoachError | Fault | DialectRefused:
    """What a response with an error status means."""
    status, said = error.status_code, f"{error.status_code} {_said(error)}"
    if status == 429 and error.code in ("insufficient_quota", "billing_hard_limit_reached"):
        return ConfigError(f"the account has no quota left: {said}; add credit, or lower --budget and --limit")
    if status == 429:
        return Throttled(f"the endpoint allows no more requests now: {said}", retry_after(error.response.headers))
    if status in _TRANSIENT or status >= 500:
        return Fault(f"the endpoint failed: {said}")
    if 300 <= status < 400:
        to = error.response.headers.get("location", "another address")
        return ConfigError(f"the endpoint sends on to {to}; if conversations may go there, give that as --base-url")
    if status == 401:
        return ConfigError(f"the endpoint does not accept the key: {said}; check OPENAI_API_KEY")
    if status == 403:
        return ConfigError(f"the key may not do this: {said}; check OPENAI_API_KEY and that it may use the model")
    if status == 404:
        return ConfigError(f"there is no such model or address: {said}; check --model and --base-url (it ends in /v1)")
    if error.code == "content_filter" or "content management policy" in said:
        return Refused(f"the provider's content filter refused the conversation: {said}")
    instead = dialect.after_refusal(error.param, said) if status in (400, 422) else None
    if instead is not None:
        return DialectRefused(instead)
    if status == 413 or error.code == "context_length_exceeded" or "context" in said.lower():
        return TooLong(f"conversation and rubric are too long for the model: {said}")
    return EndpointError(f"the endpoint refused the request: {said}")


def _said(error: openai.APIStatusError) -> str:
    message = error.message.removeprefix(f"Error code: {error.status_code}").strip(" -")
    if not message and isinstance(error.body, str):
        message = error.body
    return " ".join(message.split())[:300] or "(no explanation)"


def retry_after(headers: Any) -> float | None:
    """Seconds to wait by `retry-after-ms` or `Retry-After` (seconds or an HTTP date); None where neither can be read."""
    for name, scale in (("retry-after-ms", 1000.0), ("retry-after", 1.0)):
        value = headers.get(name)
        if value is None:
            continue
        try:
            return max(0.0, float(value) / scale)
        except ValueError:
            pass
        try:
            return max(0.0, parsedate_to_datetime(value).timestamp() - time.time())
        except (TypeError, ValueError):
            pass
    return None


class _Loose(BaseModel):
    model_config = ConfigDict(extra="ignore")


class _PromptDetails(_Loose):
    cached_tokens: int | None = 0


class _Usage(_Loose):
    prompt_tokens: int = 0
    completion_tokens: int = 0
    prompt_tokens_details: _PromptDetails | None = None


class _Token(_Loose):
    token: str
    logprob: float


class _Logprobs(_Loose):
    content: list[_Token] | None = None


class _Message(_Loose):
    content: str | None = None
    refusal: str | None = None


class _Choice(_Loose):
    message: _Message
    finish_reason: str | None = None
    logprobs: _Logprobs | None = None


class _Completion(_Loose):
    """The part of a chat completion that is used; endpoints differ in the rest."""

    choices: list[_Choice] = []
    usage: _Usage | None = None


@dataclass(frozen=True)
class RawReply:
    """A chat completion, not yet read. `logprobs` are pairs of a token and its log probability; `refusal` is why there is no answer."""

    content: str
    usage: Usage
    finish: str = ""
    refusal: str = ""
    logprobs: tuple[tuple[str, float], ...] = ()


def read_reply(text: str, price: Price | None) -> RawReply:
    """The completion in a response body. Raises `Fault` for a body that is none."""
    try:
        completion = _Completion.model_validate_json(text)
    except ValidationError:
        raise Fault(f"the endpoint's response is not a chat completion: {text[:80]!r}") from None
    usage = _counted(completion.usage, price)
    if not completion.choices:
        return RawReply("", usage)
    choice = completion.choices[0]
    refusal = ""
    if choice.message.refusal:
        refusal = f"the model refused to grade the conversation: {choice.message.refusal[:200]}"
    elif choice.finish_reason == "content_filter":
        refusal = "the provider's content filter stopped the answer"
    tokens = choice.logprobs.content if choice.logprobs else None
    logprobs = tuple((token.token, token.logprob) for token in tokens or ())
    return RawReply(choice.message.content or "", usage, choice.finish_reason or "", refusal, logprobs)


def _counted(usage: _Usage | None, price: Price | None) -> Usage:
    if usage is None:
        return Usage(requests=1)
    cached = (usage.prompt_tokens_details.cached_tokens or 0) if usage.prompt_tokens_details else 0
    counted = Usage(
        requests=1,
        input_tokens=usage.prompt_tokens,
        cached_tokens=min(cached, usage.prompt_tokens),
        output_tokens=usage.completion_tokens,
    )
    return counted.model_copy(update={"cost_usd": price.cost(counted)}) if price else counted
