"""A rubric: the scenarios and criteria that one service manual sets, each criterion traced to a clause and a quote.

Promise: a `Rubric` that exists is consistent. Ids are unique, every criterion's scenario and every signal that a check
names exist, and a criterion that no transcript can settle says what would settle it.
"""

from __future__ import annotations

import hashlib
from functools import cached_property
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, model_validator
from pydantic_core import PydanticCustomError

from coach.checks import Check, Detection, Moment, Name, Signal, Timing
from coach.transcript import Channel

__all__ = [
    "ALWAYS",
    "Assess",
    "Criterion",
    "ErrorClass",
    "Examples",
    "Manual",
    "Rubric",
    "Scenario",
    "Script",
    "Severity",
    "Text",
    "Weights",
    "in_language",
]

ALWAYS = "always"
"""The scenario of criteria that apply throughout every conversation."""

Severity = Literal["critical", "major", "minor"]
ErrorClass = Literal["customer", "business", "compliance"]
Assess = Literal["text", "timing", "audio", "context", "conduct", "metric"]

Problem = tuple[tuple[str | int, ...], str]
"""Where in the file (as Pydantic writes a location), and what is wrong there."""

Line = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1)]
Text = Line | Annotated[dict[Annotated[str, Field(pattern=r"^[a-z]{2,3}$")], Line], Field(min_length=1)]
"""A text in one language (plain string) or in several (`{en: ..., zh: ...}`)."""


def in_language(text: Text, language: str | None) -> str:
    """`text` in `language`, else in English, else in the first language it has."""
    if isinstance(text, str):
        return text
    return text.get(language or "en") or text.get("en") or next(iter(text.values()))


class _Spec(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Examples(_Spec):
    """Sentences by an agent that comply with the criterion, and that break it, in the manual's language."""

    compliant: list[Line] = Field(default_factory=list)
    violating: list[Line] = Field(default_factory=list)


class Script(_Spec):
    """A courteous wording for rewrites: what an agent says here in any conversation, whatever the matter is.

    It states no fact. `{address}` becomes the words by which the customer is called (`Ms. Qiu`), and goes with its comma
    where these are not known; with `{address!}` the script is only for a customer who is called by something. `{said}` is
    the agent's own sentence, where it is a plain order or question.

    `mends`: only what was `said` wrongly, or only what is `missing`. `place`: `instead` of what offends or, where words are
    missing, of all that states no fact and asks nothing; `before` or `after` what was said; `opening` and `closing` before
    and after everything else. `drops` names facts that the clause forbids to state. A script with `swap` says nothing of its
    own: it changes these words of the turn for others (or, for an empty text, leaves them out).
    """

    say: str = ""
    swap: dict[Line, str] = Field(default_factory=dict)
    mends: Literal["said", "missing"] | None = None
    place: Literal["opening", "before", "instead", "after", "closing"] | None = None
    drops: list[Literal["number", "time", "name", "code", "promise"]] = Field(default_factory=list)

    @model_validator(mode="after")
    def _says_or_swaps(self) -> Script:
        if bool(self.say.strip()) == bool(self.swap):
            raise ValueError("a script needs either `say` or `swap`")
        return self


class Scenario(_Spec):
    """A situation of the manual. `begins` and `ends` say where it starts and stops in a conversation."""

    id: Name
    title: Text
    description: Text
    begins: Text | None = None
    ends: Text | None = None
    cues: list[Line] = Field(default_factory=list, description="Typical words from which the situation is recognised.")
    detect: Detection | None = Field(default=None, description="How the embedded judge recognises the situation.")


class Criterion(_Spec):
    """One requirement of the manual. `id` is the clause id of the catalogue, `quote` the manual's own words."""

    id: Annotated[str, Field(pattern=r"^[a-z0-9-]+:[A-Za-z0-9.]+$")]
    clause: Line = Field(description="Where in the manual: the clause number and heading as a reader would look it up.")
    quote: Line = Field(description="The manual's own words, verbatim.")
    title: Text
    requirement: Text
    scenario: Name
    severity: Severity
    weight: Annotated[float, Field(gt=0, le=100)] | None = None
    error_class: ErrorClass
    assess: Assess
    needs: Text | None = Field(default=None, description="Where no transcript settles it: what would.")
    examples: Examples = Examples()
    scripts: list[Line | Script] | None = Field(
        default=None,
        description="Wordings for rewrites; an empty list: none fits unseen. Without it, the compliant examples are tried.",
    )
    checks: list[Check] = Field(default_factory=list)
    unchecked: str | None = Field(default=None, description="Why the embedded judge cannot assess this criterion.")

    @model_validator(mode="after")
    def _consistent(self) -> Criterion:
        if self.assessable and self.needs is not None:
            raise ValueError(f"{self.id}: `needs` is for criteria that no transcript can settle")
        if not self.assessable and self.needs is None:
            raise ValueError(f"{self.id}: assess is {self.assess}, so `needs` must say what would settle it")
        if not self.assessable and (self.checks or self.unchecked):
            raise ValueError(f"{self.id}: assess is {self.assess}, so it can have no checks")
        if self.checks and self.unchecked:
            raise ValueError(f"{self.id}: `unchecked` is for criteria without checks")
        return self

    @property
    def wordings(self) -> list[Script]:
        """The scripts, plain sentences among them in the full form."""
        return [Script(say=script) if isinstance(script, str) else script for script in self.scripts or ()]

    @property
    def assessable(self) -> bool:
        """True where a transcript, with or without times, can settle it."""
        return self.assess in ("text", "timing")


class Weights(_Spec):
    """What a criterion weighs in the score unless it says so itself."""

    critical: Annotated[float, Field(gt=0)] = 5.0
    major: Annotated[float, Field(gt=0)] = 3.0
    minor: Annotated[float, Field(gt=0)] = 1.0


class Manual(_Spec):
    """Where the rubric comes from."""

    title: Line
    file: Line | None = None
    note: str = ""


class Rubric(_Spec):
    """A whole rubric file."""

    id: Name
    title: Text
    language: Annotated[str, Field(pattern=r"^[a-z]{2,3}$")]
    channels: Annotated[list[Channel], Field(min_length=1)]
    version: Annotated[str, Field(pattern=r"^\d+\.\d+\.\d+$")]
    manual: Manual
    match: dict[str, str | list[str]] = Field(
        default_factory=dict, description="For --rubric auto: metadata keys and the values that select this rubric."
    )
    weights: Weights = Weights()
    signals: dict[Name, Signal] = Field(
        default_factory=dict, description="Signals of this manual; those shared by its language are added on loading."
    )
    scenarios: list[Scenario]
    criteria: Annotated[list[Criterion], Field(min_length=1)]

    @model_validator(mode="after")
    def _consistent(self) -> Rubric:
        problems = [*self._repeated_ids(), *self._unknown_references()]
        if problems:
            path, message = problems[0]
            more = f" (and {len(problems) - 1} more)" if len(problems) > 1 else ""
            raise PydanticCustomError("inconsistent", "{message}", {"message": message + more, "path": path})
        return self

    def _repeated_ids(self) -> list[Problem]:
        found: list[Problem] = []
        for place, ids in (
            ("scenarios", [s.id for s in self.scenarios]),
            ("criteria", [c.id for c in self.criteria]),
        ):
            for position, name in enumerate(ids):
                if name in ids[:position]:
                    found.append(((place, position, "id"), f"{name!r} is defined twice"))
                if place == "scenarios" and name == ALWAYS:
                    found.append(((place, position, "id"), f"scenario {ALWAYS!r} is built in and cannot be defined"))
        return found

    def _unknown_references(self) -> list[Problem]:
        found: list[Problem] = []
        scenarios = {scenario.id for scenario in self.scenarios}

        def demand(names: list[str], *path: str | int) -> None:
            found.extend((path, f"there is no signal {name!r}") for name in names if name not in self.signals)

        for name, signal in self.signals.items():
            demand(list(signal.any), "signals", name)
        for position, scenario in enumerate(self.scenarios):
            if scenario.detect is not None:
                moments = [*scenario.detect.any, *scenario.detect.unless]
                demand(_signals_of_moments(moments), "scenarios", position, "detect")
                for other in scenario.detect.unless_scenarios:
                    if other not in scenarios:
                        found.append((("scenarios", position, "detect"), f"there is no scenario {other!r}"))
        for position, criterion in enumerate(self.criteria):
            if criterion.scenario != ALWAYS and criterion.scenario not in scenarios:
                found.append((("criteria", position, "scenario"), f"there is no scenario {criterion.scenario!r}"))
            for number, check in enumerate(criterion.checks):
                demand(_signals_of_check(check), "criteria", position, "checks", number)
        return found

    @cached_property
    def by_id(self) -> dict[str, Criterion]:
        """Criteria by id."""
        return {criterion.id: criterion for criterion in self.criteria}

    @cached_property
    def scenario_by_id(self) -> dict[str, Scenario]:
        """Scenarios by id, `always` not among them."""
        return {scenario.id: scenario for scenario in self.scenarios}

    @cached_property
    def assessable(self) -> tuple[Criterion, ...]:
        """The criteria that a judge is asked about, in the file's order."""
        return tuple(criterion for criterion in self.criteria if criterion.assessable)

    @cached_property
    def used_signals(self) -> frozenset[str]:
        """The signals that a detection or a check names."""
        names: list[str] = []
        for scenario in self.scenarios:
            if scenario.detect is not None:
                names += _signals_of_moments([*scenario.detect.any, *scenario.detect.unless])
        for criterion in self.criteria:
            for check in criterion.checks:
                names += _signals_of_check(check)
        return frozenset(names)

    def weight(self, criterion: Criterion) -> float:
        """What `criterion` weighs in the score: its own weight, else that of its severity."""
        if criterion.weight is not None:
            return criterion.weight
        return float(getattr(self.weights, criterion.severity))

    @cached_property
    def content_hash(self) -> str:
        """SHA-256 (hex) of what a person or an LLM grades by: all but the scripts for rewrites and the embedded judge's
        signals, detections and checks."""
        embedded: Any = {
            "signals": True,
            "scenarios": {"__all__": {"detect"}},
            "criteria": {"__all__": {"checks", "unchecked", "scripts"}},
        }
        return hashlib.sha256(self.model_dump_json(exclude=embedded).encode()).hexdigest()

    @cached_property
    def checks_hash(self) -> str:
        """SHA-256 (hex) of the whole rubric but its scripts for rewrites: what the embedded judge grades by."""
        graded: Any = {"criteria": {"__all__": {"scripts"}}}
        return hashlib.sha256(self.model_dump_json(exclude=graded).encode()).hexdigest()


def _flat(items: list[Any]) -> list[str]:
    return [name for item in items for name in ([item] if isinstance(item, str) else item)]


def _signals_of_moments(moments: list[Moment]) -> list[str]:
    names: list[str] = []
    for m in moments:
        names += [*m.says, *_flat(m.also), *m.unless, *m.after, *m.not_after, *m.next_says, *m.next_unless]
    return names


def _signals_of_check(check: Check) -> list[str]:
    names = _signals_of_moments([*check.when, *check.unless])
    if isinstance(check, Timing):
        return [*names, *check.announced_by]
    return [*names, *_flat(list(check.says)), *getattr(check, "unless_also", [])]
