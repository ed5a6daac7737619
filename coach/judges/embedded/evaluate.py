"""Carry out the declarative checks of a rubric on a scene.

Promise: every outcome says in its reason which check decided, on which signal and at which turn; an outcome of
`violated` always cites a turn and words that stand in it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from coach.checks import Check, Forbid, Require, RequireAfter, RequireBefore, RespondTo, Timing
from coach.judges.embedded import timing
from coach.judges.embedded.acts import FAULT
from coach.judges.embedded.outcome import Outcome, combine
from coach.judges.embedded.scene import START, Scene

__all__ = ["evaluate"]

_Requirement = Require | RespondTo | RequireBefore | RequireAfter


def evaluate(check: Check, scene: Scene, moments: Sequence[int]) -> Outcome:
    """What `check` says of `scene`, where the criterion's scenario arose at `moments` (`START`: from the beginning)."""
    channel = scene.transcript.channel
    if check.channels and channel is not None and channel not in check.channels:
        return Outcome("not_applicable", reason="the check is for other channels")
    if check.unless and scene.moments(check.unless):
        return Outcome("not_applicable", reason="switched off by an exception of the check")
    if check.when:
        allowed = scene.moments(check.when)
        moments = [moment for moment in allowed if START in moments or moment >= min(moments)]
    if not moments:
        return Outcome("not_applicable", reason="its own condition did not arise")
    if isinstance(check, Forbid):
        outcome = _forbid(check, scene, moments)
    elif isinstance(check, Timing):
        outcome = _timing(check, scene, moments)
    else:
        outcome = combine(_requirements(check, scene, moments))
    return replace(outcome, kind=check.check)


def _forbid(check: Forbid, scene: Scene, moments: Sequence[int]) -> Outcome:
    looked = {turn for moment in moments for turn in scene.window(check.where, moment, check.within, inclusive=True)}
    for turn in sorted(looked):
        carried = scene.signals[turn]
        for name in check.says:
            if name in carried and not carried[name].quoted and not scene.carries(turn, check.unless_also):
                reason = check.reason or f"the agent says what the rule forbids ({name})"
                quote, rude = scene.quote(turn, carried[name]), scene.heard([turn], [FAULT])
                return Outcome("violated", check.confidence, turn, quote, reason, learned=rude)
    if not looked:
        return Outcome("not_applicable", reason="the agent does not speak there")
    best = max(looked, key=lambda turn: len(scene.transcript.turns[turn].text))
    reason = f"none of {', '.join(check.says)} in the agent's turns {_listed(sorted(looked))}"
    return Outcome(check.otherwise, check.confidence, best, reason=reason)


def _requirements(check: _Requirement, scene: Scene, moments: Sequence[int]) -> Iterator[Outcome]:
    if isinstance(check, Require):
        looked = sorted({t for m in moments[:1] for t in scene.window(check.where, m, check.within, inclusive=True)})
        yield _require(check, scene, looked, moments[0])
        return
    for moment in moments:
        if isinstance(check, RespondTo):
            looked = scene.window("reply", moment, check.within)
        elif isinstance(check, RequireBefore):
            looked = scene.window("before", moment, check.within, inclusive=True)
        else:
            looked = scene.window("rest", moment, check.within, inclusive=True)
        yield _require(check, scene, looked, moment)


def _require(check: _Requirement, scene: Scene, looked: Sequence[int], moment: int) -> Outcome:
    if not looked and not isinstance(check, RequireBefore):
        return Outcome("not_applicable", reason="the agent does not speak after it")
    missing: list[str] = []
    unsaid: list[str] = []
    carried_by: list[int] = []
    for item in check.says:
        names = [item] if isinstance(item, str) else item
        turns = [turn for turn in looked if scene.carries(turn, names)]
        if turns:
            carried_by.append(turns[0])
        else:
            missing.append(scene.finder.described(names))
            unsaid += names
    needed = check.at_least or len(check.says)
    if len(check.says) - len(missing) >= needed:
        reason = f"said in turn {_listed(sorted(set(carried_by)))}"
        return Outcome(check.present, check.confidence, max(carried_by), reason=reason)
    turn = _omission_turn(check, looked, moment)
    reason = check.reason or f"missing in turn {_listed(looked) or turn}: {'; '.join(missing)}"
    perhaps = scene.heard(looked, scene.finder.acts_of(unsaid)) if check.missing == "violated" else None
    return Outcome(check.missing, check.confidence, turn, scene.quote(turn), reason, learned=perhaps)


def _omission_turn(check: _Requirement, looked: Sequence[int], moment: int) -> int:
    """The turn where the words should have been."""
    place = check.evidence
    if place is None and isinstance(check, Require):
        place = "last" if check.where in ("ending", "before") else "first"
        # In a wide window: the agent's words at the moment that asked for them, not those that came before it.
        looked = [turn for turn in looked if turn >= moment] or looked if place == "first" else looked
    elif place is None:
        place = "trigger" if isinstance(check, RequireBefore) else "first"
    if place == "trigger" and moment >= 0:
        return moment
    if not looked:
        return max(moment, 0)
    return looked[-1] if place == "last" else looked[0]


def _timing(check: Timing, scene: Scene, moments: Sequence[int]) -> Outcome:
    figures = _figures(check, scene, moments)
    if figures is None:
        return Outcome("not_applicable", reason="nothing to time")
    if not figures:
        return Outcome("not_assessed", reason="the conversation has no turn times")
    low = min(figures)
    high = max(figures)
    unit = "a minute" if check.measure == "rate" else "s"
    if check.minimum is not None and low[0] < check.minimum:
        value, turn, limit = *low, f"at least {check.minimum:g} {unit}"
    elif check.maximum is not None and high[0] > check.maximum:
        value, turn, limit = *high, f"at most {check.maximum:g} {unit}"
    else:
        value, turn = high if check.maximum is not None else low
        return Outcome("met", check.confidence, turn, reason=f"{check.measure}: {value:.1f} {unit}")
    reason = f"{check.measure}: {value:.1f} {unit}, {limit} is asked"
    return Outcome("violated", check.confidence, turn, scene.quote(turn), reason)


def _figures(check: Timing, scene: Scene, moments: Sequence[int]) -> list[timing.Figure] | None:
    """The figures to hold against the bounds; empty where times are missing, None where there is nothing to time."""
    if not any(turn.end is not None for turn in scene.transcript.turns):
        return []
    if check.measure == "pause_after":
        return timing.pauses_after(scene, moments) or None
    if check.measure == "silence":
        return timing.silences(scene, check.announced_by) or None
    if check.measure == "overlap":
        return timing.overlaps(scene) or None
    one = {
        "hang_up_wait": timing.hang_up_wait,
        "answer_delay": timing.answer_delay,
        "rate": timing.speaking_rate,
    }[check.measure](scene)
    return [one] if one is not None else None


def _listed(turns: Sequence[int]) -> str:
    return ", ".join(map(str, turns[:6])) + (", ..." if len(turns) > 6 else "")
