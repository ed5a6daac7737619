"""One connection to an OpenAI-compatible endpoint, for the whole process: ask, wait, try again, count what it costs.

Promise: what `ask` returns has been read successfully, or it raises: `EndpointError` where this one request could not be
answered, `ConfigError` where no request could (wrong key, model or address). No fault of the endpoint passes for an answer,
every billed response is counted, and the API key appears in no message.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Generic, TypeVar
from urllib.parse import parse_qsl, urlsplit

import httpcore2  # noqa: F401  (httpx2 would load it while the first request waits)
import httpx2
import openai
from tenacity import AsyncRetrying, RetryCallState, retry_if_exception_type, wait_random_exponential

from coach.config import Settings
from coach.errors import ConfigError, EndpointError
from coach.findings import Usage
from coach.judges.llm.dialect import Dialect
from coach.judges.llm.faults import (
    CutOff,
    DialectRefused,
    Fault,
    RawReply,
    Refused,
    Throttled,
    TooLong,
    Unreachable,
    Unreadable,
    fault_of_status,
    read_reply,
)
from coach.judges.llm.limiter import InFlightLimiter
from coach.judges.llm.pricing import PriceList, load_prices
from coach.judges.llm.schema import AnswerFormat

__all__ = ["ChatClient", "Reply", "Request"]

T = TypeVar("T")

_MAXIMUM_THROTTLES = 40
"""So many 429s for one request and it is given up: at the longest waits that is over half an hour."""

_MAXIMUM_UNREADABLE = 2
"""So many repeats of answers that cannot be read: each is paid for, and a model that cannot do it will not learn to."""

_MAXIMUM_UNREACHED = 3
"""So many requests that nobody ever answered, and no other is tried."""

_OUTAGE = 4
"""An endpoint that has answered before and is gone gets so many times the usual retries to come back: some minutes."""

_MAXIMUM_HEADROOM = 32_768

_ROOM_USED = 0.9
"""An answer cut off with less than this share of its tokens used has not met its limit, but the end of the context."""

_THROTTLE_BACKOFF = wait_random_exponential(multiplier=1, max=60)
_BACKOFF = wait_random_exponential(multiplier=0.5, max=30)


@dataclass(frozen=True)
class Request:
    """What to ask: messages, the form of the answer, a limit on completion tokens, and how to sample."""

    messages: list[dict[str, str]]
    format: AnswerFormat
    limit: int
    temperature: float = 0.0
    seed: int | None = None
    logprobs: bool = False


@dataclass(frozen=True)
class Reply(Generic[T]):
    """A response that was read. `usage` counts every response that was billed on the way to it."""

    value: T
    usage: Usage
    logprobs: tuple[tuple[str, float], ...] = ()
    cut_off: bool = False


class ChatClient:
    """Asks one model of one endpoint. Use within one event loop; `close` when done."""

    dialect: Dialect
    """How the endpoint wants to be asked, as far as it is known by now."""

    headroom: int
    """Completion tokens allowed besides the answer, for models that think first."""

    spent: Usage
    """What all requests have cost so far, those of conversations that could not be graded included."""

    def __init__(
        self,
        settings: Settings,
        *,
        model: str,
        prices: PriceList | None = None,
        transport: httpx2.AsyncBaseTransport | None = None,
    ) -> None:
        self.model = model
        self.settings = settings
        self.dialect = Dialect(token_limit="max_tokens" if settings.base_url else "max_completion_tokens")
        self.limiter = InFlightLimiter(settings.concurrency)
        self.headroom = 0
        self.spent = Usage()
        self._unreached = 0
        self._price = (prices or load_prices(settings.prices)).of(model)
        self._answered = False
        self._openai = _connect(settings, transport)
        self._headers = _headers(settings)

    @property
    def priced(self) -> bool:
        """True where the price of the model is known, so that `spent` has a cost."""
        return self._price is not None

    async def close(self) -> None:
        """Close the connections."""
        await self._openai.close()

    async def models(self) -> list[str]:
        """The models that the endpoint lists. Raises `ConfigError` where it cannot be reached or refuses."""
        try:
            async with asyncio.timeout(min(30.0, self.settings.timeout)):
                page = await self._openai.models.list(extra_headers=self._headers)
        except (openai.APIConnectionError, TimeoutError) as error:
            raise ConfigError(f"{self.settings.endpoint} cannot be reached: {_cause(error)}") from None
        except openai.APIStatusError as error:
            raise self._refusal(error) from None
        except (openai.OpenAIError, ValueError) as error:
            raise ConfigError(f"{self.settings.endpoint} does not list models: {error}") from None
        return [model.id for model in page.data or []]

    async def ask(self, request: Request, read: Callable[[str], T], partial: Callable[[str], T]) -> Reply[T]:
        """Send `request` until an answer can be read, and return what `read` makes of it.

        `read` and `partial` raise `ValueError` for content that they cannot read; `partial` gets what there is of an
        answer that was cut off. Raises `EndpointError` or `ConfigError`; `spent` counts what was paid.
        """
        attempt = _Attempts(request)
        retrying = AsyncRetrying(retry=retry_if_exception_type(Fault), wait=_wait, stop=self._give_up, reraise=True)
        async with self.limiter.slot():
            try:
                return await retrying(self._try, attempt, read, partial)
            except Fault as fault:
                raise self._final(fault, attempt) from fault

    def _final(self, fault: Fault, attempt: _Attempts) -> EndpointError | ConfigError:
        """What is raised when trying again is over: an endpoint that nobody has ever reached ends the run, not a conversation."""
        if isinstance(fault, Unreachable) and not self._answered:
            self._unreached += 1
            if self._unreached >= _MAXIMUM_UNREACHED:
                return ConfigError(f"{fault}; check --base-url and that the endpoint is running")
        return EndpointError(f"{fault} ({attempt.count} request{'s' if attempt.count > 1 else ''})")

    async def _try(self, attempt: _Attempts, read: Callable[[str], T], partial: Callable[[str], T]) -> Reply[T]:
        while True:
            dialect = self.dialect
            try:
                raw = await self._post(attempt, dialect)
                break
            except DialectRefused as refusal:
                if self.dialect == dialect:
                    self.dialect = refusal.instead
        self._answered = True
        attempt.usage += raw.usage
        self.spent += raw.usage
        self.limiter.answered()
        if raw.refusal:
            raise Refused(raw.refusal)
        if raw.finish == "length":
            if not raw.content.strip() and self.headroom < _MAXIMUM_HEADROOM:
                # A model that thinks first has used up the limit on its thoughts: it needs room in every request.
                self.headroom = max(self.headroom, min(_MAXIMUM_HEADROOM, 4 * (attempt.request.limit + self.headroom)))
                raise CutOff("the answer was cut off before it began")
            return Reply(self._rescued(raw, attempt, partial), attempt.usage, raw.logprobs, cut_off=True)
        return Reply(_read(read, raw.content), attempt.usage, raw.logprobs)

    def _rescued(self, raw: RawReply, attempt: _Attempts, partial: Callable[[str], T]) -> T:
        """What is complete in an answer that was cut off: it is paid for. Where nothing is, twice the room is tried, once."""
        try:
            return partial(raw.content)
        except ValueError as error:
            if attempt.longer and 0 < raw.usage.output_tokens < _ROOM_USED * self._limit(attempt):
                raise TooLong("the answer was cut off: rubric and conversation leave the model no room") from None
            if attempt.longer:
                raise Unreadable(f"the answer was cut off: {error}") from None
            attempt.longer = True
            raise CutOff("the answer was cut off") from None

    def _limit(self, attempt: _Attempts) -> int:
        """Completion tokens that a request may take."""
        return attempt.request.limit * (2 if attempt.longer else 1) + self.headroom

    async def _post(self, attempt: _Attempts, dialect: Dialect) -> RawReply:
        request = attempt.request
        extra: dict[str, Any] = {"temperature": request.temperature}
        if request.seed is not None:
            extra["seed"] = request.seed
        if request.logprobs:
            extra["logprobs"] = True
        body = dialect.body(
            model=self.model,
            messages=request.messages,
            format=request.format,
            limit=self._limit(attempt),
            extra=extra,
        )
        attempt.count += 1
        sent = time.monotonic()
        try:
            async with asyncio.timeout(self.settings.timeout):
                # The raw response: building the library's models for each one would double the processor time.
                response = await self._openai.post(
                    "/chat/completions", cast_to=httpx2.Response, body=body, options={"headers": self._headers}
                )
        except (openai.APITimeoutError, TimeoutError):
            raise Fault(f"no answer within {self.settings.timeout:g} s") from None
        except openai.APIConnectionError as error:
            raise Unreachable(f"connection to {self.settings.endpoint} failed: {_cause(error)}") from None
        except openai.APIStatusError as error:
            raise self._judge_status(error, sent, dialect) from None
        return read_reply(response.text, self._price)

    def _judge_status(self, error: openai.APIStatusError, sent: float, dialect: Dialect) -> Exception:
        fault = fault_of_status(error, dialect)
        if isinstance(fault, Throttled):
            self.limiter.throttled(sent)
        if isinstance(fault, ConfigError) and self._answered and error.status_code in (403, 404):
            # It has answered before, so key, model and address are right: this is about this one request.
            return EndpointError(f"the endpoint refused this request: {error.status_code} {error.message}")
        return fault

    def _refusal(self, error: openai.APIStatusError) -> ConfigError:
        fault = fault_of_status(error, self.dialect)
        return fault if isinstance(fault, ConfigError) else ConfigError(f"{self.settings.endpoint}: {fault}")

    def _give_up(self, state: RetryCallState) -> bool:
        attempt: _Attempts = state.args[0]
        fault = state.outcome.exception() if state.outcome else None
        if isinstance(fault, Throttled):
            attempt.throttles += 1
            return attempt.throttles > _MAXIMUM_THROTTLES or not fault.worth_waiting
        if isinstance(fault, Unreadable):
            attempt.unreadable += 1
            return attempt.unreadable > min(_MAXIMUM_UNREADABLE, self.settings.retries)
        if isinstance(fault, CutOff):
            return False
        attempt.faults += 1
        outage = isinstance(fault, Unreachable) and self._answered
        return attempt.faults > self.settings.retries * (_OUTAGE if outage else 1)


class _Attempts:
    """The state of one `ask`: what was sent and spent so far."""

    def __init__(self, request: Request) -> None:
        self.request = request
        self.usage = Usage()
        self.count = self.faults = self.throttles = self.unreadable = 0
        self.longer = False


def _read(read: Callable[[str], T], content: str) -> T:
    if not content.strip():
        raise Unreadable("the answer is empty")
    try:
        return read(content)
    except ValueError as error:
        raise Unreadable(str(error)) from None


def _wait(state: RetryCallState) -> float:
    fault = state.outcome.exception() if state.outcome else None
    if isinstance(fault, CutOff):
        return 0.0
    if isinstance(fault, Throttled):
        asked = fault.retry_after
        return _THROTTLE_BACKOFF(state) if asked is None else asked + _BACKOFF(state) / 4
    return _BACKOFF(state)


def _cause(error: BaseException) -> str:
    cause = error.__cause__ or error
    return str(cause) or type(cause).__name__


def _headers(settings: Settings) -> dict[str, str | openai.Omit]:
    """Azure's addresses with a deployment want the key in a header of its own, as `openai.AzureOpenAI` sends it. Its newer
    ones (`/openai/v1/`) take what every other endpoint takes.
    """
    return {"api-key": settings.key(), "Authorization": openai.Omit()} if settings.deployment is not None else {}


def _connect(settings: Settings, transport: httpx2.AsyncBaseTransport | None) -> openai.AsyncOpenAI:
    """The one client. What stands behind `?` in the address (Azure's `api-version`) goes with every request.

    A redirect is not followed: conversations go to the address that was configured, and the key with them, or nowhere.
    """
    parts = urlsplit(settings.endpoint)
    room = settings.concurrency + 4
    return openai.AsyncOpenAI(
        api_key=settings.key(),
        base_url=parts._replace(query="", fragment="").geturl(),
        default_query=dict(parse_qsl(parts.query)) or None,
        max_retries=0,
        timeout=settings.timeout,
        http_client=openai.DefaultAsyncHttpxClient(
            timeout=settings.timeout,
            transport=transport,
            follow_redirects=False,
            verify=parts.scheme != "http",  # reading the certificates takes longer than many a request on loopback
            limits=httpx2.Limits(max_connections=room, max_keepalive_connections=room, keepalive_expiry=30),
        ),
    )
