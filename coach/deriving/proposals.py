"""Have an LLM propose scenarios and criteria, section by section; keep what can be proved.

Promise: a criterion whose quote is not in the manual is left out and listed, never mended; a section that the endpoint
could not answer keeps the skeleton that needs no endpoint.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from coach.config import Settings
from coach.deriving.passages import Section
from coach.deriving.skeleton import DraftCriterion, DraftRubric, DraftScenario
from coach.errors import EndpointError
from coach.evidence import locate
from coach.judges.llm.client import ChatClient, Request
from coach.judges.llm.judge import connect
from coach.judges.llm.schema import inlined, parse_object, without_bounds
from coach.prompts import load_prompt
from coach.rubric import ALWAYS, Assess, ErrorClass, Severity

__all__ = ["propose"]

_CHARACTERS = 6_000
"""Longer sections are asked about in parts."""

_ANSWER_TOKENS = 4_000
_KEBAB = re.compile(r"[^a-z0-9]+")

Short = Annotated[str, Field(max_length=80)]
Long = Annotated[str, Field(max_length=400)]


class _Answer(BaseModel):
    model_config = ConfigDict(extra="forbid")


class _Scenario(_Answer):
    id: Short
    title: Short
    description: Long


class _Criterion(_Answer):
    quote: Long
    title: Short
    requirement: Long
    scenario: Short
    severity: Severity
    error_class: ErrorClass
    assess: Assess
    compliant: Annotated[list[Annotated[str, Field(max_length=160)]], Field(max_length=2)]
    violating: Annotated[list[Annotated[str, Field(max_length=160)]], Field(max_length=2)]


class _Proposal(_Answer):
    scenarios: Annotated[list[_Scenario], Field(max_length=12)]
    criteria: Annotated[list[_Criterion], Field(max_length=40)]


@dataclass(frozen=True)
class _Format:
    """The schema of an answer, as the client asks for it."""

    @cached_property
    def strict(self) -> dict[str, Any]:
        """With bounds."""
        return inlined(_Proposal.model_json_schema())

    @cached_property
    def unbounded(self) -> dict[str, Any]:
        """Without bounds, for endpoints that refuse them."""
        return without_bounds(self.strict)


async def propose(skeleton: DraftRubric, sections: list[Section], settings: Settings) -> tuple[DraftRubric, str]:
    """The draft with what the LLM of `settings` proposed in place of the skeleton, and how it went in a few words.

    Raises `ConfigError` where the endpoint can answer nothing at all.
    """
    client = await connect(settings)
    try:
        return await _propose(skeleton, sections, client)
    finally:
        await client.close()


async def _propose(skeleton: DraftRubric, sections: list[Section], client: ChatClient) -> tuple[DraftRubric, str]:
    scenarios: dict[str, DraftScenario] = {}
    criteria: list[DraftCriterion] = []
    left_out: list[str] = []
    unanswered = 0
    for number, section in enumerate(sections, 1):
        for part in _parts(section):
            try:
                proposal = await _ask(client, part, sorted(scenarios))
            except EndpointError as error:
                unanswered += 1
                left_out.append(f"section {section.heading!r} was not answered ({error}): its skeleton was kept")
                known = f"section-{number}"
                scenarios.update({s.id: s for s in skeleton.scenarios if s.id == known})
                quotes = {passage.quote for passage in part.passages}
                criteria += [c for c in skeleton.criteria if c.scenario == known and c.quote in quotes]
                continue
            scenarios.update({s.id: s for s in _scenarios(proposal) if s.id not in scenarios})
            criteria += _criteria(proposal, part, skeleton.id, number, scenarios, left_out)
    named = [replace(criterion, id=f"{skeleton.id}:{position}") for position, criterion in enumerate(criteria, 1)]
    used = {criterion.scenario for criterion in named}
    kept = [scenario for scenario in scenarios.values() if scenario.id in used]
    how = f"proposed by {client.model}; {len(left_out)} left out"
    how += f"; {unanswered} parts were not answered and keep their skeleton" if unanswered else ""
    return replace(skeleton, scenarios=kept, criteria=named, left_out=left_out), how


def _parts(section: Section) -> list[Section]:
    parts: list[list[Any]] = [[]]
    size = 0
    for passage in section.passages:
        if size > _CHARACTERS:
            parts.append([])
            size = 0
        parts[-1].append(passage)
        size += len(passage.quote)
    return [Section(section.heading, tuple(part)) for part in parts]


async def _ask(client: ChatClient, section: Section, known: list[str]) -> _Proposal:
    prompt = load_prompt("derive")
    text = "\n".join(passage.quote for passage in section.passages)
    asked = prompt.fill("part", known=", ".join(known) or "none", heading=section.heading, text=text)
    messages = [{"role": "system", "content": prompt.fill("system")}, {"role": "user", "content": asked}]
    reply = await client.ask(Request(messages=messages, format=_Format(), limit=_ANSWER_TOKENS), _read, _read)
    return reply.value


def _read(content: str) -> _Proposal:
    try:
        return _Proposal.model_validate(parse_object(content, partial=False))
    except ValidationError as error:
        raise ValueError(f"the answer has not the asked-for form: {error.errors()[0]['msg']}") from None


def _scenarios(proposal: _Proposal) -> list[DraftScenario]:
    decide = "does it begin and end where this says? Add `begins`, `ends` and `cues`"
    found = [DraftScenario(_slug(s.id), s.title, s.description, decide) for s in proposal.scenarios]
    return [s for s in found if s.id and s.id != ALWAYS and s.title.strip() and s.description.strip()]


def _criteria(
    proposal: _Proposal,
    section: Section,
    name: str,
    number: int,
    scenarios: dict[str, DraftScenario],
    left_out: list[str],
) -> list[DraftCriterion]:
    found: list[DraftCriterion] = []
    for criterion in proposal.criteria:
        quote = next(filter(None, (locate(criterion.quote, passage.quote) for passage in section.passages)), None)
        if quote is None or not criterion.title.strip() or not criterion.requirement.strip():
            left_out.append(f"{criterion.title or 'untitled'}: its quote is not in the manual: {criterion.quote}")
            continue
        scenario = _slug(criterion.scenario)
        decide = ["is the requirement right, and complete?"]
        if scenario != ALWAYS and scenario not in scenarios:
            decide.append(f"the scenario {criterion.scenario!r} was not described; `always` stands in")
            scenario = ALWAYS
        found.append(
            DraftCriterion(
                id=f"{name}:{number}",
                clause=f"({section.heading}), line {_line(quote, section)}",
                quote=quote,
                title=criterion.title,
                requirement=criterion.requirement,
                scenario=scenario,
                compliant=tuple(filter(str.strip, criterion.compliant)),
                violating=tuple(filter(str.strip, criterion.violating)),
                severity=criterion.severity,
                error_class=criterion.error_class,
                assess=criterion.assess,
                decide="; ".join(decide),
            )
        )
    return found


def _line(quote: str, section: Section) -> int:
    return next(passage.line for passage in section.passages if quote in passage.quote)


def _slug(text: str) -> str:
    return _KEBAB.sub("-", text.lower()).strip("-")[:60].strip("-")
