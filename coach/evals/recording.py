"""An endpoint's answers kept as files, and given again without a network: so CI can grade with a real judge's answers.

A recording is a folder: `answers/KEY.json` for every request, `refusals.json` for parameters that the endpoint does not
take, `recording.json` that says whether personal data was masked in what was sent (a replay masks alike). The key is a
SHA-256 of what decides an answer: model, messages, form of the answer, sampling. The limit on tokens is left out, because
it grows while a run learns how long the model thinks. Both transports stand where the network would be, below the real
client, so a replayed run goes through the same retries, checks and counts as a live one.

Promise: a request that was not recorded is never answered. It is refused with the reason (instructions, rubric, form or
model changed), and `Replay.stale` counts the reasons. No key or address of an endpoint is kept.
"""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx2
import openai
from pydantic import BaseModel, ConfigDict, ValidationError

from coach.errors import InputError
from coach.judges.llm.dialect import Dialect

__all__ = ["Recorder", "Replay"]

_MANIFEST = "recording.json"
_LIMITS = ("max_tokens", "max_completion_tokens")


class _Answer(BaseModel):
    model_config = ConfigDict(extra="forbid")

    status: int
    body: Any


class _Recorded(BaseModel):
    """One request and what it got, in the order in which it was sent."""

    model_config = ConfigDict(extra="forbid")

    model: str
    instructions: str
    form: str
    sampling: dict[str, Any]
    asked: str
    answers: list[_Answer]

    def difference(self, other: _Recorded) -> str:
        """What of `other`, a request about the same conversation, is not as recorded here."""
        parts = {
            "the model": self.model == other.model,
            "the instructions or the rubric": self.instructions == other.instructions,
            "the form of the answer": self.form == other.form,
            "the sampling": self.sampling == other.sampling,
        }
        return " and ".join(name for name, same in parts.items() if not same) or "the request"


def _hash(data: Any) -> str:
    return hashlib.sha256(json.dumps(data, ensure_ascii=False, sort_keys=True).encode()).hexdigest()


def _described(body: dict[str, Any]) -> tuple[str, _Recorded]:
    """The key of a request, and the parts of it that are kept."""
    decisive = {name: value for name, value in body.items() if name not in _LIMITS}
    sampling = {n: v for n, v in decisive.items() if n not in ("model", "messages", "response_format")}
    messages = body.get("messages", [])
    recorded = _Recorded(
        model=str(body.get("model", "")),
        instructions=_hash(messages[:-1])[:16],
        form=_hash(body.get("response_format"))[:16],
        sampling=sampling,
        asked=str(messages[-1]["content"]) if messages else "",
        answers=[],
    )
    return _hash(decisive)[:32], recorded


def _signature(body: dict[str, Any]) -> str:
    """How a request asks, whatever it asks: names of parameters and the form of the answer."""
    form = body.get("response_format") or {}
    bounded = "maxLength" in json.dumps(form)
    return f"{','.join(sorted(body))} {form.get('type', 'text')}{' bounded' if bounded else ''}"


def _refuses_parameter(body: Any, status: int) -> bool:
    """Whether an answer refuses a way of asking, which holds for every request, and not this one request."""
    error = body.get("error", body) if isinstance(body, dict) else body
    parameter, message = (
        (error.get("param"), str(error.get("message", ""))) if isinstance(error, dict) else (None, error)
    )
    return status in (400, 422) and Dialect().after_refusal(parameter, str(message)) is not None


class Recorder(httpx2.AsyncBaseTransport):
    """Sends requests on and keeps what comes back in `folder`. What a request got in earlier runs is replaced. `masked`: what
    is sent has personal data masked."""

    def __init__(self, folder: Path, *, masked: bool = False) -> None:
        self._folder = folder
        self._fresh: dict[str, _Recorded] = {}
        self._network: httpx2.AsyncClient | None = None
        (folder / "answers").mkdir(parents=True, exist_ok=True)
        (folder / _MANIFEST).write_text(json.dumps({"masked": masked}) + "\n", "utf-8")

    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        """Ask the endpoint. Only answers and refusals are kept: that an endpoint was busy is no answer."""
        if self._network is None:
            # A client, not a bare transport: it honours the proxies that the environment names.
            self._network = openai.DefaultAsyncHttpxClient(timeout=None)
        content = await request.aread()
        headers = httpx2.Headers([(n, v) for n, v in request.headers.raw if n.lower() != b"host"])
        extensions = {name: value for name, value in request.extensions.items() if name == "timeout"}
        sent = self._network.build_request(
            request.method, request.url, content=content, headers=headers, extensions=extensions
        )
        answer = await self._network.send(sent)
        if request.method == "POST" and answer.status_code in (200, 400, 413, 422):
            self._keep(json.loads(content), answer)
        kept = [(n, v) for n, v in answer.headers.multi_items() if n not in ("content-encoding", "content-length")]
        return httpx2.Response(answer.status_code, headers=kept, content=answer.content, request=request)

    async def aclose(self) -> None:
        """Close the connections."""
        if self._network is not None:
            await self._network.aclose()
            self._network = None

    def _keep(self, body: dict[str, Any], response: httpx2.Response) -> None:
        try:
            said = response.json()
        except ValueError:
            return
        if _refuses_parameter(said, response.status_code):
            path = self._folder / "refusals.json"
            known = json.loads(path.read_text("utf-8")) if path.exists() else {}
            known[_signature(body)] = {"status": response.status_code, "body": said}
            path.write_text(json.dumps(known, ensure_ascii=False, indent=1, sort_keys=True) + "\n", "utf-8")
            return
        key, recorded = _described(body)
        entry = self._fresh.setdefault(key, recorded)
        entry.answers.append(_Answer(status=response.status_code, body=said))
        text = entry.model_dump_json(indent=1)
        (self._folder / "answers" / f"{key}.json").write_text(text + "\n", "utf-8")


class Replay(httpx2.AsyncBaseTransport):
    """Answers from `folder`. Raises `InputError` where there is no recording or a file of it cannot be read."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._recorded = dict(_read(folder))
        self._refusals = _read_refusals(folder)
        self._served: Counter[str] = Counter()
        self.stale: Counter[str] = Counter()
        self._about: dict[str, list[_Recorded]] = {}
        for each in self._recorded.values():
            self._about.setdefault(each.asked, []).append(each)

    @property
    def masked(self) -> bool:
        """Whether the requests that were recorded had personal data masked."""
        file = self._folder / _MANIFEST
        return bool(json.loads(file.read_text("utf-8")).get("masked")) if file.exists() else False

    @property
    def models(self) -> list[str]:
        """The models whose answers were recorded."""
        return sorted({each.model for each in self._recorded.values()})

    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        """The recorded answer; of several to one request each in turn."""
        if request.method == "GET":
            listed = [{"id": name, "object": "model"} for name in self.models]
            return httpx2.Response(200, json={"object": "list", "data": listed}, request=request)
        body = json.loads(await request.aread())
        refusal = self._refusals.get(_signature(body))
        if refusal is not None:
            return httpx2.Response(refusal.status, json=refusal.body, request=request)
        key, asked = _described(body)
        found = self._recorded.get(key)
        if found is None:
            return httpx2.Response(400, json={"error": {"message": self._missing(asked)}}, request=request)
        answer = found.answers[self._served[key] % len(found.answers)]
        self._served[key] += 1
        return httpx2.Response(answer.status, json=answer.body, request=request)

    def _missing(self, asked: _Recorded) -> str:
        near = self._about.get(asked.asked)
        reason = f"{near[0].difference(asked)} changed" if near else "the conversation or the question about it is new"
        self.stale[reason] += 1
        return f"there is no recorded answer: {reason} since this was recorded"

    def notes(self) -> Iterator[str]:
        """What is stale, and what was recorded and not asked for, one line each."""
        for reason, count in self.stale.most_common():
            yield f"{count} of {count + self._served.total()} requests have no recorded answer in {self._folder}: {reason}"
        if self.stale:
            yield f"the recording is stale: record again with --record {self._folder}"
        unused = len(self._recorded) - len(self._served)
        if unused and not self.stale:
            yield f"{unused} of {len(self._recorded)} recorded answers in {self._folder} were not asked for"


def _read(folder: Path) -> Iterator[tuple[str, _Recorded]]:
    files = sorted((folder / "answers").glob("*.json"))
    if not files:
        raise InputError("there is no recording here", source=folder, hint=f"make one with --record {folder}")
    for file in files:
        try:
            recorded = _Recorded.model_validate_json(file.read_text("utf-8"))
        except (OSError, UnicodeDecodeError, ValidationError) as error:
            raise InputError(f"is no recorded answer: {str(error).splitlines()[0]}", source=file) from error
        if not recorded.answers:
            raise InputError("holds no answer", source=file)
        yield file.stem, recorded


def _read_refusals(folder: Path) -> dict[str, _Answer]:
    file = folder / "refusals.json"
    if not file.exists():
        return {}
    try:
        return {name: _Answer.model_validate(each) for name, each in json.loads(file.read_text("utf-8")).items()}
    except (OSError, ValueError, AttributeError) as error:
        raise InputError(f"cannot be read: {error}", source=file) from error
