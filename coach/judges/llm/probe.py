"""What an endpoint can do, found out by asking it: for `coach doctor`.

Promise: one or a few tiny requests, and no conversation in them. Whether a strict schema is honoured is tested by asking
for something that the schema forbids: an endpoint that takes the schema and ignores it is found out.
"""

from __future__ import annotations

import time
from dataclasses import dataclass

from pydantic import ValidationError

from coach.config import Settings
from coach.errors import CoachError
from coach.judges.llm.client import ChatClient, Request
from coach.judges.llm.dialect import Form
from coach.judges.llm.judge import connect
from coach.judges.llm.schema import ResponseFormat

__all__ = ["Capabilities", "probe"]

_ASK = (
    'Answer with exactly this JSON object: {"scenarios": [], "answers": [{"met": "Z", "turn": 3}]} and nothing else. '
    "Begin your answer with {."
)


@dataclass(frozen=True)
class Capabilities:
    """What was found. `models` is empty where the endpoint lists none; `form` is how it takes the form of an answer.

    `strict` is True where an answer kept to the schema against the words of the request, False where it did not, None
    where no schema could be sent. `without` names parameters that it does not take; `seconds` is the time of one answer.
    """

    endpoint: str
    models: tuple[str, ...]
    model: str
    form: Form
    strict: bool | None
    without: tuple[str, ...]
    reports_usage: bool
    seconds: float


async def probe(settings: Settings) -> Capabilities:
    """Ask the endpoint what it can do. Raises `ConfigError` or `EndpointError` where it gives no answer at all."""
    client = await connect(settings)
    try:
        models = await _listed(client)
        form = ResponseFormat(criteria=("A", "B"), scenarios=("S",))
        request = Request([{"role": "user", "content": _ASK}], form, limit=200)
        begun = time.monotonic()
        reply = await client.ask(request, _as_it_is, _as_it_is)
        return Capabilities(
            endpoint=settings.endpoint,
            models=models,
            model=client.model,
            form=client.dialect.form,
            strict=_kept_to(form, reply.value) if client.dialect.form.startswith("json_schema") else None,
            without=tuple(sorted(client.dialect.without)),
            reports_usage=reply.usage.input_tokens > 0,
            seconds=time.monotonic() - begun,
        )
    finally:
        await client.close()


async def _listed(client: ChatClient) -> tuple[str, ...]:
    """The models listed; a gateway that lists none can still answer."""
    try:
        return tuple(await client.models())
    except CoachError:
        return ()


def _as_it_is(content: str) -> str:
    return content


def _kept_to(form: ResponseFormat, content: str) -> bool:
    try:
        form.model.model_validate_json(content)
    except ValidationError:
        return False
    return True
