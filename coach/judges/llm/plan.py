"""Which requests one conversation takes: all criteria in one, or groups of them that share their beginning.

Promise: the same criteria always make the same requests, in the order of the prompt, so that a run can be predicted and
providers find the beginnings that they have cached.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from coach.config import Settings
from coach.judges.llm.client import Request
from coach.judges.llm.prompt import JudgePrompt
from coach.judges.llm.schema import ResponseFormat, codes, response_format
from coach.rubric import ALWAYS, Criterion, Rubric
from coach.transcript import Transcript

__all__ = ["Group", "Planner"]

_BASE_LIMIT = 600
_LIMIT_PER_CRITERION = 25
"""Completion tokens allowed: enough to answer every criterion at some length; a model that loops is stopped there."""


@dataclass(frozen=True)
class Group:
    """The criteria of one request. `system` is the same for all groups unless the rubric had to be divided."""

    criteria: tuple[Criterion, ...]
    format: ResponseFormat
    by_code: dict[str, Criterion]
    system: str
    task: str


class Planner:
    """Plans requests for one rubric and one prompt. `masked`: personal data is masked in what is sent."""

    def __init__(self, rubric: Rubric, settings: Settings, *, masked: bool = False) -> None:
        self.rubric = rubric
        self.prompt = JudgePrompt(rubric, settings.prompt)
        self.codes = codes(rubric)
        self._settings = settings
        self.masked = masked
        self._plans: dict[tuple[int | None, tuple[str, ...]], tuple[Group, ...]] = {}

    def chosen(self, criteria: Iterable[Criterion] | None = None) -> tuple[Criterion, ...]:
        """Those of `criteria` (default: all) that a transcript can settle, in the order of the prompt: by scenario."""
        asked = {criterion.id for criterion in (self.rubric.assessable if criteria is None else criteria)}
        order = {ALWAYS: -1, **{scenario.id: i for i, scenario in enumerate(self.rubric.scenarios)}}
        chosen = (criterion for criterion in self.rubric.assessable if criterion.id in asked)
        return tuple(sorted(chosen, key=lambda criterion: order[criterion.scenario]))

    def groups(self, chosen: tuple[Criterion, ...], fits: int | None = None) -> tuple[Group, ...]:
        """The requests for these criteria; `fits` is how many of them the model can hold (None: the whole rubric)."""
        key = fits, tuple(criterion.id for criterion in chosen)
        if key not in self._plans:
            size = min(self._settings.group_size or len(chosen), fits or len(chosen))
            parts = [chosen[i : i + size] for i in range(0, len(chosen), size)]
            self._plans[key] = tuple(self._group(part, divided=fits is not None) for part in parts)
        return self._plans[key]

    def _group(self, criteria: tuple[Criterion, ...], *, divided: bool) -> Group:
        names = [self.codes[criterion.id] for criterion in criteria]
        everything = divided or len(criteria) == len(self.rubric.assessable)
        return Group(
            criteria=criteria,
            format=response_format(self.rubric, criteria),
            by_code=dict(zip(names, criteria, strict=True)),
            system=self.prompt.system_about(criteria) if divided else self.prompt.system,
            task=self.prompt.everything() if everything else self.prompt.part(names),
        )

    def first(self, group: Group, sent: Transcript, sample: int = 0) -> Request:
        """The request that grades `group`; `sample` counts repetitions of it from 0."""
        return self._request(group, sent, group.task, len(group.criteria), sample)

    def again(self, group: Group, sent: Transcript, problems: Sequence[tuple[Criterion, str]], sample: int) -> Request:
        """The request that asks again: criteria, and what was wrong with the answer to each."""
        task = self.prompt.again([(self.codes[criterion.id], request) for criterion, request in problems])
        return self._request(group, sent, task, len(problems), sample)

    def _request(self, group: Group, sent: Transcript, task: str, answers: int, sample: int) -> Request:
        settings = self._settings
        return Request(
            messages=[
                {"role": "system", "content": group.system},
                {"role": "user", "content": self.prompt.conversation(sent, task, masked=self.masked)},
            ],
            format=group.format,
            limit=_BASE_LIMIT + _LIMIT_PER_CRITERION * answers,
            temperature=settings.sampling_temperature,
            seed=None if settings.seed is None else settings.seed + sample,
            logprobs=settings.logprobs,
        )
