"""The LLM judge: one request for a conversation, what comes back checked, what does not hold asked again once.

Promise (that of `coach.judges.base`): findings only for the criteria asked about, each at most once; every `violated` with
words of the agent that stand in the transcript; an answer that does not hold twice becomes `not_assessed` with the reason.
"""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Coroutine, Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any, Protocol, TypeVar

import httpx2

from coach.config import Settings
from coach.errors import ConfigError, EndpointError
from coach.findings import Finding, JudgeInfo, Occurrence, Usage
from coach.judges.base import Judgement
from coach.judges.llm.check import Checked, Problem, check, unsettled
from coach.judges.llm.client import ChatClient, Reply
from coach.judges.llm.confidence import majority, token_confidence
from coach.judges.llm.faults import TooLong
from coach.judges.llm.plan import Group, Planner
from coach.judges.llm.prompt import as_said
from coach.judges.llm.schema import MAXIMUM_QUOTE, MAXIMUM_REASON, Answers
from coach.rubric import ALWAYS, Criterion, Rubric
from coach.transcript import Transcript

__all__ = ["LLMJudge", "Redacted", "Redactor", "connect", "open_judge"]

T = TypeVar("T")


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
class _Conversation:
    """A conversation as it is and, where personal data is masked, as it may be sent."""

    transcript: Transcript
    redacted: Redacted | None

    @property
    def sent(self) -> Transcript:
        """What may be sent."""
        return self.redacted.transcript if self.redacted else self.transcript

    def restore(self, text: str) -> str:
        """A model's words with what was masked put back."""
        said = as_said(text)
        return self.redacted.restore(said) if self.redacted else said


@dataclass(frozen=True)
class _Graded:
    checked: Checked
    usage: Usage


class LLMJudge:
    """Grades with the model behind `client`. `settings` of the client say how: group size, temperature, seed, prompt.

    A rubric that the model cannot hold is divided: each request then carries only the criteria that it asks about, half
    as many until it fits; how many fit is remembered.
    """

    def __init__(self, rubric: Rubric, client: ChatClient, *, redactor: Redactor | None = None) -> None:
        self._rubric = rubric
        self._client = client
        self._redactor = redactor
        self._planner = Planner(rubric, client.settings, masked=redactor is not None)
        self._fits: int | None = None

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
            self._planner.prompt.hash,
            settings.group_size,
            settings.samples,
            settings.sampling_temperature,
            settings.logprobs,
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
        chosen = self._planner.chosen(criteria)
        if not chosen:
            return Judgement((), ())
        redacted = self._redactor.redact(transcript) if self._redactor else None
        conversation = _Conversation(transcript, redacted)
        count = self._client.settings.samples
        if count == 1:
            return await self._grade_whole(chosen, conversation, 0)
        samples = await _all(self._grade_whole(chosen, conversation, sample) for sample in range(count))
        return majority(samples, self._rubric)

    async def _grade_whole(self, chosen: tuple[Criterion, ...], conversation: _Conversation, sample: int) -> Judgement:
        """One judgement; the rubric is divided until the model can hold it."""
        fits = self._fits
        while True:
            groups = self._planner.groups(chosen, fits)
            try:
                graded = await _all(self._grade_group(group, conversation, sample) for group in groups)
                return self._judgement(graded)
            except TooLong:
                largest = max(len(group.criteria) for group in groups)
                if largest == 1:
                    raise
                # Groups carry the whole rubric until it is divided, which may be all that is needed.
                whole = fits is None and len(groups) > 1
                fits = largest if whole else largest // 2
                if len(groups[0].system) > sum(len(turn.text) for turn in conversation.transcript.turns):
                    # The rubric is what does not fit, so it will not fit with the next conversation either.
                    self._fits = min(fits, self._fits or fits)

    async def _grade_group(self, group: Group, conversation: _Conversation, sample: int) -> _Graded:
        request = self._planner.first(group, conversation.sent, sample)
        reply = await self._client.ask(request, group.format.read, group.format.read_partial)
        # Requests that wait for a place leave first; checking can be done while they are answered.
        await asyncio.sleep(0)
        checked = check(reply.value, group.by_code, conversation.transcript, restore=conversation.restore)
        _add_confidence(checked, group, reply)
        usage = reply.usage
        if checked.problems:
            usage += await self._ask_again(group, checked, conversation, sample)
        return _Graded(checked, usage)

    async def _ask_again(self, group: Group, checked: Checked, conversation: _Conversation, sample: int) -> Usage:
        """One more request for what is missing or did not hold; what then still does not is `not_assessed`."""
        first = checked.problems
        problems = [(problem.criterion, problem.request) for problem in first]
        request = self._planner.again(group, conversation.sent, problems, sample)
        try:
            reply = await self._client.ask(request, group.format.read, group.format.read_partial)
        except EndpointError as error:
            # What the first answer settled is paid for and holds; only what was asked again stays open.
            checked.problems = [replace(p, reason=f"{p.reason}; asked again: {error}") for p in first]
            return Usage()
        second = check(
            reply.value,
            group.by_code,
            conversation.transcript,
            restore=conversation.restore,
            only=[problem.criterion for problem in first],
        )
        _add_confidence(second, group, reply)
        checked.findings.update(second.findings)
        checked.left_out.update(second.left_out)
        checked.problems = [_first_reason(problem, first) for problem in second.problems]
        return reply.usage

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


async def _all(work: Iterable[Coroutine[Any, Any, T]]) -> list[T]:
    """All results, or the first error once everything else has been called off."""
    first, *more = work
    if not more:
        return [await first]
    try:
        async with asyncio.TaskGroup() as tasks:
            running = [tasks.create_task(one) for one in (first, *more)]
    except ExceptionGroup as failed:
        raise failed.exceptions[0] from None
    return [task.result() for task in running]


def _add_confidence(checked: Checked, group: Group, reply: Reply[Answers]) -> None:
    """Where the endpoint gave log probabilities, verdicts carry that of the words that decided them."""
    if reply.logprobs:
        for code, probability in token_confidence(reply.logprobs).items():
            criterion = group.by_code.get(code)
            finding = checked.findings.get(criterion.id) if criterion else None
            if finding is not None and finding.verdict in ("met", "violated"):
                checked.findings[finding.criterion] = finding.model_copy(update={"confidence": probability})


def _first_reason(problem: Problem, earlier: Sequence[Problem]) -> Problem:
    """What was wrong the first time says more than that there was no second answer."""
    if problem.reason != "no answer from the judge":
        return problem
    return next(p for p in earlier if p.criterion is problem.criterion)


async def connect(settings: Settings, *, transport: httpx2.AsyncBaseTransport | None = None) -> ChatClient:
    """A client for the endpoint that `settings` name. Where they name no model, it is the deployment in the address, or the
    only model that the endpoint has.
    `transport` carries the requests instead of the network (`coach.evals.recording`).

    Raises `ConfigError` where there is no endpoint, key or model to use.
    """
    named = settings.model or settings.deployment
    if named is not None:
        return ChatClient(settings, model=named, transport=transport)
    if settings.base_url is None:
        raise ConfigError("no model: set --model or COACH_MODEL (for example gpt-4.1-mini)")
    client = ChatClient(settings, model="", transport=transport)
    try:
        models = await client.models()
    finally:
        await client.close()
    if len(models) != 1:
        listed = f"{', '.join(models[:8])}{', ...' if len(models) > 8 else ''}" if models else "none"
        raise ConfigError(f"no model: set --model or COACH_MODEL ({settings.endpoint} has {listed})")
    return ChatClient(settings, model=models[0], transport=transport)


async def open_judge(rubric: Rubric, settings: Settings, *, redactor: Redactor | None = None) -> LLMJudge:
    """A judge on the endpoint that `settings` name. Raises `ConfigError` as `connect` does."""
    return LLMJudge(rubric, await connect(settings), redactor=redactor)
