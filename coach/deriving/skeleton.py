"""A rubric draft as YAML text that says at every place what a person has to decide.

Promise: the draft passes the rubric schema as it stands; every quote in it is verbatim in the manual; nothing that was
made up is presented as the manual's.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from coach.deriving.passages import Section
from coach.rubric import ALWAYS, Assess, ErrorClass, Severity

__all__ = ["DraftCriterion", "DraftRubric", "DraftScenario", "as_yaml", "skeleton"]

_TITLE = 60


@dataclass(frozen=True)
class DraftScenario:
    """A situation, as far as it is known."""

    id: str
    title: str
    description: str
    decide: str = ""


@dataclass(frozen=True)
class DraftCriterion:
    """A rule, as far as it is known. `decide` says what is left to a person."""

    id: str
    clause: str
    quote: str
    title: str
    requirement: str
    scenario: str
    compliant: tuple[str, ...] = ()
    violating: tuple[str, ...] = ()
    severity: Severity = "major"
    error_class: ErrorClass = "customer"
    assess: Assess = "text"
    decide: str = ""


@dataclass(frozen=True)
class DraftRubric:
    """A whole draft. `left_out` lists proposals that were dropped, with the reason."""

    id: str
    title: str
    language: str
    manual: str
    scenarios: Sequence[DraftScenario]
    criteria: Sequence[DraftCriterion]
    left_out: Sequence[str] = field(default_factory=tuple)
    language_unknown: bool = False


def skeleton(name: str, title: str, language: str, manual: str, sections: Sequence[Section]) -> DraftRubric:
    """The draft that needs no endpoint: a scenario per section, a criterion per passage, phrases as examples."""
    scenarios: list[DraftScenario] = []
    criteria: list[DraftCriterion] = []
    for number, section in enumerate(sections, 1):
        heading = section.heading or title
        scenario = DraftScenario(
            f"section-{number}",
            heading[:_TITLE],
            f"What the manual says under {heading!r}.",
            "which situation is this, when does it begin and end? Rules for every conversation go under `always`",
        )
        scenarios.append(scenario)
        for position, passage in enumerate(section.passages, 1):
            criteria.append(
                DraftCriterion(
                    id=f"{name}:{number}.{position}",
                    clause=" ".join(filter(None, (passage.number, f"({heading[:_TITLE]}), line {passage.line}"))),
                    quote=passage.quote,
                    title=_title(passage.text),
                    requirement=passage.text,
                    scenario=scenario.id,
                    compliant=passage.say,
                    violating=passage.never_say,
                    decide="severity, error_class, assess (text, timing, audio, context, conduct, metric), examples",
                )
            )
    return DraftRubric(name, title, language, manual, scenarios, criteria)


def _title(text: str) -> str:
    text = re.sub(r"\s+", " ", text).strip("*- ")
    return text if len(text) <= _TITLE else text[: _TITLE - 1].rstrip() + "…"


def as_yaml(draft: DraftRubric) -> str:
    """The draft as a YAML file, with `# DECIDE:` wherever a person has to."""
    return "\n".join(_lines(draft)) + "\n"


def _lines(draft: DraftRubric) -> Iterator[str]:
    yield "# yaml-language-server: $schema=rubric.schema.json"
    yield f"# A draft, made by `coach rubric derive` from {draft.manual}. Every `# DECIDE:` is for a person; then delete the line."
    for reason in draft.left_out:
        yield f"# LEFT OUT: {_one_line(reason)}"
    yield f"id: {draft.id}"
    yield f"title: {_scalar(draft.title)}"
    if draft.language_unknown:
        yield "# DECIDE: the language could not be told from the text (--language, or pip install 'coach[language]')"
    yield f"language: {draft.language}"
    yield "# DECIDE: phone, phone-outbound, chat, in-person"
    yield "channels: [phone]"
    yield "version: 0.1.0"
    yield f"manual: {{title: {_scalar(draft.title)}, file: {_scalar(draft.manual)}}}"
    yield "\nscenarios:"
    for scenario in draft.scenarios:
        yield f"  - id: {scenario.id}"
        yield f"    title: {_scalar(scenario.title)}"
        if scenario.decide:
            yield f"    # DECIDE: {scenario.decide}"
        yield f"    description: {_scalar(scenario.description)}"
    if not draft.scenarios:
        yield "  []"
    yield "\ncriteria:"
    for criterion in draft.criteria:
        yield from _criterion(criterion)


def _criterion(criterion: DraftCriterion) -> Iterator[str]:
    yield f"  - id: {criterion.id}"
    yield f"    clause: {_scalar(criterion.clause)}"
    yield f"    quote: {_scalar(criterion.quote)}"
    yield f"    title: {_scalar(criterion.title)}"
    yield f"    requirement: {_scalar(criterion.requirement)}"
    if criterion.decide:
        yield f"    # DECIDE: {criterion.decide}"
    yield f"    scenario: {criterion.scenario or ALWAYS}"
    yield f"    severity: {criterion.severity}"
    yield f"    error_class: {criterion.error_class}"
    yield f"    assess: {criterion.assess}"
    if criterion.assess not in ("text", "timing"):
        yield "    needs: what would settle it # DECIDE"
    for kind, examples in (("compliant", criterion.compliant), ("violating", criterion.violating)):
        if examples:
            if kind == "compliant" or not criterion.compliant:
                yield "    examples:"
            yield f"      {kind}:"
            yield from (f"        - {_scalar(example)}" for example in examples)


def _scalar(text: str) -> str:
    """`text` as a double-quoted YAML scalar: JSON strings are."""
    return json.dumps(_one_line(text), ensure_ascii=False)


def _one_line(text: str) -> str:
    return re.sub(r"\s+", " ", text).strip()
