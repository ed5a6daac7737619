"""What a rubric file may say to the embedded judge: signals, moments and checks.

Everything here is data. A *signal* names words (or a shape) that a single turn can carry; a *moment* is a turn at which
something happens, told by signals, speaker and position; a *check* says what the agent must or must not say at a moment.
`docs/checks.md` explains them with examples; `coach/judges/embedded` carries them out.
"""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_validator

from coach.patterns import parse_pattern
from coach.transcript import Channel

__all__ = [
    "Check",
    "Detection",
    "Forbid",
    "Moment",
    "Require",
    "RequireAfter",
    "RequireBefore",
    "RespondTo",
    "Signal",
    "Timing",
    "Window",
]

Name = Annotated[str, Field(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$", max_length=60)]


def _parsable(pattern: str) -> str:
    parse_pattern(pattern)
    return pattern


Pattern = Annotated[str, Field(min_length=1, max_length=2000), AfterValidator(_parsable)]
Confidence = Annotated[float, Field(ge=0, le=1)]
Position = Literal["any", "first", "opening", "ending", "last"]
Window = Literal["same", "reply", "rest", "before", "opening", "ending", "conversation"]
AnyOf = Name | list[Name]


class _Spec(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Signal(_Spec):
    """Something a single turn can carry. It is there if any of `phrases` matches or any signal of `any` is there, unless
    one of `unless` matches in the same sentence (for `any`: in the same turn). Turns outside the length bounds never carry it.
    """

    description: str = ""
    speaker: Literal["agent", "customer"] | None = None
    phrases: list[Pattern] = Field(default_factory=list)
    any: list[Name] = Field(default_factory=list)
    unless: list[Pattern] = Field(default_factory=list)
    act: Name | None = Field(
        default=None,
        description="The learned act that it is (docs/learned.md): where the recogniser finds it, its absence is less sure.",
    )
    threshold: Annotated[float, Field(gt=0, lt=1)] | None = Field(
        default=None, description="From this probability of the act on, the act itself carries the signal."
    )
    min_characters: Annotated[int, Field(ge=0)] | None = None
    max_characters: Annotated[int, Field(ge=1)] | None = None

    @model_validator(mode="after")
    def _says_something(self) -> Signal:
        if self.threshold is not None and self.act is None:
            raise ValueError("`threshold` is for a signal with an `act`")
        lengths = (self.min_characters, self.max_characters)
        if not self.phrases and not self.any and self.act is None and lengths == (None, None):
            raise ValueError("a signal needs phrases, any, act, min_characters or max_characters")
        return self


class Moment(_Spec):
    """A turn at which something happens: `by` speaks, the turn carries one of `says`, all of `also`, none of `unless`.

    `at` bounds where in the conversation: `first` is that speaker's first speech turn, `opening` the first two, `ending`
    the last three speech turns of that speaker, `last` the last one. `after` asks that an earlier turn (by anyone) carries
    one of these signals, `not_after` that none does; `next_says` and `next_unless` look at the next turn of speech by
    the other speaker. `pause_before` is the least silence, in seconds, between the turn before and this one. `times`
    asks for at least so many such turns: the moments are then that one and those after it.
    """

    by: Literal["agent", "customer", "any"] = "customer"
    says: list[Name] = Field(default_factory=list)
    also: list[AnyOf] = Field(default_factory=list)
    unless: list[Name] = Field(default_factory=list)
    at: Position = "any"
    after: list[Name] = Field(default_factory=list)
    not_after: list[Name] = Field(default_factory=list)
    next_says: list[Name] = Field(default_factory=list)
    next_unless: list[Name] = Field(default_factory=list)
    pause_before: Annotated[float, Field(ge=0)] | None = None
    times: Annotated[int, Field(ge=1)] = 1


class Detection(_Spec):
    """How the embedded judge sees that a scenario arose: `always` (in every conversation of `channels`), or at any moment
    of `any`; never where a moment of `unless` is found or a scenario of `unless_scenarios` arose.

    `confidence` is how sure one may be that it arose when this says so.
    """

    always: bool = False
    any: list[Moment] = Field(default_factory=list)
    unless: list[Moment] = Field(default_factory=list)
    unless_scenarios: list[Name] = Field(default_factory=list)
    channels: list[Channel] = Field(default_factory=list)
    confidence: Confidence = 0.8

    @model_validator(mode="after")
    def _says_when(self) -> Detection:
        if self.always == bool(self.any):
            raise ValueError("a detection needs either `always: true` or moments under `any`")
        return self


class _Check(_Spec):
    """What all checks share. `when` narrows the criterion to moments of its own: no such moment, not applicable; without it
    the moments at which the scenario arose count (for `always`, the whole conversation). `unless` names moments that switch the check off.
    """

    when: list[Moment] = Field(default_factory=list)
    unless: list[Moment] = Field(default_factory=list)
    channels: list[Channel] = Field(default_factory=list, description="Only in these channels; empty: in all.")
    confidence: Confidence = 0.8
    reason: str = Field(default="", max_length=200, description="What a finding by this check says, in one sentence.")


class Forbid(_Check):
    """No agent turn in the window carries any of `says`. `otherwise` is what follows where none does."""

    check: Literal["forbid"]
    says: Annotated[list[Name], Field(min_length=1)]
    unless_also: list[Name] = Field(default_factory=list, description="Signals in the same turn that excuse it.")
    where: Window = "conversation"
    within: Annotated[int, Field(ge=1)] | None = None
    otherwise: Literal["met", "not_assessed", "not_applicable"] = "met"


class _Require(_Check):
    says: Annotated[list[AnyOf], Field(min_length=1, description="All of these; a list inside means any one of it.")]
    at_least: Annotated[int, Field(ge=1)] | None = Field(default=None, description="How many of `says`; default all.")
    within: Annotated[int, Field(ge=1)] | None = Field(default=None, description="At most so many agent turns.")
    missing: Literal["violated", "not_assessed"] = "violated"
    present: Literal["met", "not_assessed", "not_applicable"] = "met"
    evidence: Literal["first", "last", "trigger"] | None = Field(
        default=None,
        description="The turn an omission is pinned to: first or last of the window, or the moment itself.",
    )


class Require(_Require):
    """The agent turns in the window together carry all of `says` (each item, or any one of a list)."""

    check: Literal["require"]
    where: Window = "conversation"


class RespondTo(_Require):
    """After each moment (of `when`, else of the scenario) the agent's reply carries `says`; `within` defaults to 1 turn."""

    check: Literal["respond_to"]


class RequireBefore(_Require):
    """Before the moment, or in its turn, the agent says it; `within` counts agent turns back."""

    check: Literal["require_before"]


class RequireAfter(_Require):
    """After the moment, or in its turn, the agent says it; `within` counts agent turns on."""

    check: Literal["require_after"]


class Timing(_Check):
    """A figure from the turn times lies within bounds; without times `not_assessed`.

    `pause_after`: seconds between the end of the moment's turn and the next turn. `hang_up_wait`: seconds between the
    last words and the agent's hang-up event. `silence`: seconds of silence before an agent turn, where no signal of
    `announced_by` in the agent's turns just before announces it. `overlap`: seconds by which the agent starts before the
    customer has finished. `answer_delay`: seconds before the agent's first words. `rate`: the agent's speaking rate,
    characters (zh) or words (others) a minute over all turns of speech.
    """

    check: Literal["timing"]
    measure: Literal["pause_after", "hang_up_wait", "silence", "overlap", "answer_delay", "rate"]
    minimum: Annotated[float, Field(ge=0)] | None = None
    maximum: Annotated[float, Field(ge=0)] | None = None
    announced_by: list[Name] = Field(default_factory=list, description="For silence: agent signals that excuse it.")

    @model_validator(mode="after")
    def _bounded(self) -> Timing:
        if self.minimum is None and self.maximum is None:
            raise ValueError("a timing check needs minimum or maximum")
        return self


Check = Annotated[Forbid | Require | RespondTo | RequireBefore | RequireAfter | Timing, Field(discriminator="check")]
