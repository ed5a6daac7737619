"""The LLM judge: one request for a conversation, what comes back checked, what does not hold asked again once.

Promise (that of `coach.judges.base`): findings only for the criteria asked about, each at most once; every `violated` with
words of the agent that stand in the transcript; an answer that does not hold twice becomes `not_assessed` with the reason.
"""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Protocol

from coach.config import Settings
from coach.errors import ConfigError, EndpointError
from coach.findings import Finding, JudgeInfo, Occurrence, Usage
from coach.judges.base import Judgement
from coach.judges.llm.check import Checked, Problem, check, unsettled
from coach.judges.llm.client import ChatClient, Request
from coach.judges.llm.prompt import JudgePrompt
from coach.judges.llm.schema import MAXIMUM_QUOTE, MAXIMUM_REASON, ResponseFormat, codes, response_format
from coach.rubric import ALWAYS, Criterion, Rubric
from coach.transcript import Transcript

__all__ = ["LLMJudge", "Redacted", "Redactor", "connect", "open_judge"]

_BASE_LIMIT = 600
_LIMIT_PER_CRITERION = 25
"""Completion tokens allowed: enough to answer every criterion at some length; a model that loops is stopped there."""


class Redacted(Protocol):
    """A conversation with personal data masked, turn for turn, and the way back."""

    @property
    def transcript(self) -> Transcript:
        """What may be sent: the same turns in the same order, with masked text."""
        ...

    def restore(self, text: str) -> str:
        """`text` with every placeholder replaced by what it stands for."""
        ...


class Redactor(Protocol):
    """Masks what must not leave the machine. `name` says how, for the prompt hash."""

    @property
    def name(self) -> str:
        """Name and version of the masking: another name, another prompt hash."""
        ...

    def redact(self, transcript: Transcript) -> Redacted:
        """Mask one conversation."""
        ...


@dataclass(frozen=True)
class _Group:
    """The criteria of one request."""

    criteria: tuple[Criterion, ...]
    format: ResponseFormat
    by_code: dict[str, Criterion]
    task: str


@dataclass(frozen=True)
class _Graded:
    checked: Checked
    usage: Usage


class LLMJudge:
    """Grades with the model behind `client`. `settings` of the client say how: group size, temperature, seed, prompt."""

    def __init__(self, rubric: Rubric, client: ChatClient, *, redactor: Redactor | None = None) -> None:
        self._rubric = rubric
        self._client = client
        self._redactor = redactor
        self._prompt = JudgePrompt(rubric, client.settings.prompt)
        self._codes = codes(rubric)
        self._groups: dict[tuple[str, ...], tuple[_Group, ...]] = {}

    @property
    def rubric(self) -> Rubric:
        """The rubric that it grades against."""
        return self._rubric

    @property
    def client(self) -> ChatClient:
        """The connection; `client.spent` is what it has cost so far, failed conversations included."""
        return self._client

    @property
    def info(self) -> JudgeInfo:
        """Model, and a hash of the prompt and of every setting that can change an answer."""
        settings = self._client.settings
        parts = (
            self._prompt.hash,
            settings.group_size,
            settings.samples,
            settings.temperature,
            settings.seed,
            MAXIMUM_QUOTE,
            MAXIMUM_REASON,
            self._redactor.name if self._redactor else None,
        )
        digest = hashlib.sha256(repr(parts).encode()).hexdigest()[:16]
        return JudgeInfo(kind="llm", model=self._client.model, prompt_hash=digest)

    async def close(self) -> None:
        """Close the connections."""
        await self._client.close()

    async def grade(self, transcript: Transcript, criteria: Sequence[Criterion] | None = None) -> Judgement:
        """Grade `transcript` on `criteria` (default: all that a transcript can settle).

        Raises `EndpointError` where the endpoint gives no usable answer, `ConfigError` where it can give none at all.
        """
        groups = self._plan(criteria)
        if not groups:
            return Judgement((), ())
        redacted = self._redactor.redact(transcript) if self._redactor else None
        sent = redacted.transcript if redacted else transcript
        restore = redacted.restore if redacted else _unchanged
        try:
            async with asyncio.TaskGroup() as tasks:
                running = [tasks.create_task(self._grade_group(group, transcript, sent, restore)) for group in groups]
        except ExceptionGroup as failed:
            raise failed.exceptions[0] from None
        return self._judgement([task.result() for task in running])

    def _plan(self, criteria: Sequence[Criterion] | None) -> tuple[_Group, ...]:
        """The requests for `criteria`, in the order of the prompt (by scenario), and the same ones every time."""
        asked = {criterion.id for criterion in (self._rubric.assessable if criteria is None else criteria)}
        order = {ALWAYS: -1, **{scenario.id: i for i, scenario in enumerate(self._rubric.scenarios)}}
        chosen = sorted(
            (criterion for criterion in self._rubric.assessable if criterion.id in asked),
            key=lambda criterion: order[criterion.scenario],
        )
        key = tuple(criterion.id for criterion in chosen)
        if key not in self._groups:
            size = self._client.settings.group_size or len(chosen) or 1
            parts = [tuple(chosen[i : i + size]) for i in range(0, len(chosen), size)]
            self._groups[key] = tuple(self._group(part) for part in parts)
        return self._groups[key]

    def _group(self, criteria: tuple[Criterion, ...]) -> _Group:
        names = [self._codes[criterion.id] for criterion in criteria]
        whole = len(criteria) == len(self._rubric.assessable)
        return _Group(
            criteria=criteria,
            format=response_format(self._rubric, criteria),
            by_code=dict(zip(names, criteria, strict=True)),
            task=self._prompt.everything() if whole else self._prompt.part(names),
        )

    async def _grade_group(
        self, group: _Group, transcript: Transcript, sent: Transcript, restore: Callable[[str], str]
    ) -> _Graded:
        reply = await self._client.ask(
            self._request(group, sent, group.task, len(group.criteria)), group.format.read, group.format.read_partial
        )
        checked = check(reply.value, group.by_code, transcript, restore=restore)
        usage = reply.usage
        if checked.problems:
            usage += await self._ask_again(group, checked, transcript, sent, restore)
        return _Graded(checked, usage)

    async def _ask_again(
        self,
        group: _Group,
        checked: Checked,
        transcript: Transcript,
        sent: Transcript,
        restore: Callable[[str], str],
    ) -> Usage:
        """One more request for what is missing or did not hold; what then still does not is `not_assessed`."""
        open_problems = checked.problems
        task = self._prompt.again([(self._codes[p.criterion.id], p.request) for p in open_problems])
        request = self._request(group, sent, task, len(open_problems))
        try:
            reply = await self._client.ask(request, group.format.read, group.format.read_partial)
        except EndpointError as error:
            # What the first answer settled is paid for and holds; only what was asked again stays open.
            checked.problems = [replace(p, reason=f"{p.reason}; asked again: {error}") for p in open_problems]
            return Usage()
        criteria = [problem.criterion for problem in open_problems]
        second = check(reply.value, group.by_code, transcript, restore=restore, only=criteria)
        checked.findings.update(second.findings)
        checked.left_out.update(second.left_out)
        checked.problems = [_first_reason(problem, open_problems) for problem in second.problems]
        return reply.usage

    def _request(self, group: _Group, sent: Transcript, task: str, answers: int) -> Request:
        settings = self._client.settings
        return Request(
            messages=[
                {"role": "system", "content": self._prompt.system},
                {"role": "user", "content": self._prompt.conversation(sent, task)},
            ],
            format=group.format,
            limit=_BASE_LIMIT + _LIMIT_PER_CRITERION * answers,
            temperature=settings.temperature,
            seed=settings.seed,
            logprobs=settings.logprobs,
        )

    def _judgement(self, graded: Sequence[_Graded]) -> Judgement:
        """The groups put together, in the rubric's order."""
        findings: dict[str, Finding] = {}
        turns: dict[str, set[int]] = {}
        usage = Usage()
        for part in graded:
            findings.update(part.checked.findings)
            findings.update({p.criterion.id: unsettled(p) for p in part.checked.problems})
            for occurrence in part.checked.occurrences:
                turns.setdefault(occurrence.scenario, set()).update(occurrence.turns)
            usage += part.usage
        for finding in findings.values():
            # A verdict on a criterion says that its situation arose, whether or not the judge listed it.
            if finding.scenario != ALWAYS and finding.verdict in ("met", "violated"):
                turns.setdefault(finding.scenario, set()).update(e.turn for e in finding.evidence[:1])
        scenarios = tuple(
            Occurrence(scenario=scenario.id, turns=tuple(sorted(turns[scenario.id])))
            for scenario in self._rubric.scenarios
            if scenario.id in turns
        )
        ordered = tuple(findings[c.id] for c in self._rubric.assessable if c.id in findings)
        return Judgement(scenarios, ordered, usage)


def _unchanged(text: str) -> str:
    return text


def _first_reason(problem: Problem, earlier: Sequence[Problem]) -> Problem:
    """What was wrong the first time says more than that there was no second answer."""
    if problem.reason != "no answer from the judge":
        return problem
    return next(p for p in earlier if p.criterion is problem.criterion)


async def connect(settings: Settings) -> ChatClient:
    """A client of the endpoint that `settings` name. Where they name no model, the only one that the endpoint has is taken.

    Raises `ConfigError` where there is no endpoint, key or model to use.
    """
    if settings.model is None and settings.base_url is None:
        raise ConfigError("no model: set --model or COACH_MODEL (for example gpt-4.1-mini)")
    if settings.model is not None:
        return ChatClient(settings, model=settings.model)
    client = ChatClient(settings, model="")
    try:
        models = await client.models()
    finally:
        await client.close()
    if len(models) != 1:
        listed = f"{', '.join(models[:8])}{', ...' if len(models) > 8 else ''}" if models else "none"
        raise ConfigError(f"no model: set --model or COACH_MODEL ({settings.endpoint} has {listed})")
    return ChatClient(settings, model=models[0])


async def open_judge(rubric: Rubric, settings: Settings, *, redactor: Redactor | None = None) -> LLMJudge:
    """A judge with a connection of its own. Raises `ConfigError` like `connect`."""
    return LLMJudge(rubric, await connect(settings), redactor=redactor)
