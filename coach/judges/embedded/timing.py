"""Figures from turn times, in seconds; None where the conversation does not give them.

A figure comes with the turn that shows it. Sources: the measures are named in `coach.checks.Timing`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from itertools import pairwise

from coach.judges.embedded.scene import Scene
from coach.transcript import Turn

__all__ = ["Figure", "answer_delay", "hang_up_wait", "overlaps", "pauses_after", "silences", "speaking_rate"]

Figure = tuple[float, int]
"""A value and the index of the turn that shows it."""

_CJK = re.compile(r"[\u3400-\u9fff]")
_WORD = re.compile(r"[^\W_]+(?:['’-][^\W_]+)*")


def _gap(before: Turn, after: Turn) -> float | None:
    if before.end is None or after.start is None:
        return None
    return after.start - before.end


def _next_sound(turns: Sequence[Turn], index: int) -> Turn | None:
    """The next turn that ends a silence: speech by anyone or an event of the agent's (a hang-up), not a customer's event."""
    return next((turn for turn in turns[index + 1 :] if not (turn.is_event and turn.speaker == "customer")), None)


def pauses_after(scene: Scene, moments: Sequence[int]) -> list[Figure]:
    """Seconds from the end of each moment's turn to the next sound, pinned to the moment."""
    turns = scene.transcript.turns
    found: list[Figure] = []
    for moment in moments:
        following = _next_sound(turns, moment) if moment >= 0 else None
        gap = _gap(turns[moment], following) if following is not None else None
        if gap is not None:
            found.append((gap, moment))
    return found


def hang_up_wait(scene: Scene) -> Figure | None:
    """Seconds from the agent's last words to the agent's closing event; None where the agent does not hang up."""
    turns = scene.transcript.turns
    last = turns[-1]
    if not last.is_event or last.speaker != "agent" or len(turns) < 2 or last.start is None:
        return None
    words = next((turn for turn in reversed(turns[:-1]) if not turn.is_event and turn.speaker == "agent"), None)
    if words is None or words.end is None:
        return None
    return last.start - words.end, last.index


def silences(scene: Scene, announced_by: Iterable[str]) -> list[Figure]:
    """Seconds of silence before each agent turn, unless the agent announced it in the turns just before."""
    turns, names = scene.transcript.turns, list(announced_by)
    found: list[Figure] = []
    before: Turn | None = None
    for turn in turns:
        if turn.is_event and turn.speaker == "customer":
            continue
        if before is not None and turn.speaker == "agent" and not turn.is_event:
            gap = _gap(before, turn)
            recent = [t.index for t in turns[max(0, turn.index - 3) : turn.index] if t.speaker == "agent"]
            if gap is not None and not any(scene.carries(index, names) for index in recent):
                found.append((gap, turn.index))
        before = turn
    return found


def overlaps(scene: Scene) -> list[Figure]:
    """Seconds by which an agent turn starts before the customer's turn has ended."""
    turns = scene.transcript.turns
    found: list[Figure] = []
    for before, turn in pairwise(turns):
        if turn.speaker == "agent" and before.speaker == "customer" and not turn.is_event and not before.is_event:
            gap = _gap(before, turn)
            if gap is not None:
                found.append((max(0.0, -gap), turn.index))
    return found


def answer_delay(scene: Scene) -> Figure | None:
    """Seconds before the agent's first words."""
    first = next((turn for turn in scene.transcript.turns if turn.speaker == "agent" and not turn.is_event), None)
    return None if first is None or first.start is None else (first.start, first.index)


def speaking_rate(scene: Scene) -> Figure | None:
    """The agent's characters (Chinese) or words (other languages) a minute over all timed turns of speech, pinned to the longest."""
    spoken, seconds, longest = 0, 0.0, (0.0, 0)
    chinese = scene.transcript.primary_language == "zh"
    for turn in scene.transcript.turns:
        if turn.speaker != "agent" or turn.is_event or turn.start is None or turn.end is None:
            continue
        spoken += len((_CJK if chinese else _WORD).findall(turn.text))
        seconds += turn.end - turn.start
        longest = max(longest, (turn.end - turn.start, turn.index))
    return (60 * spoken / seconds, longest[1]) if seconds else None
