"""Customer lines to answer: real ones, from the conversations in which a habit showed.

Promise: an exercise is a turn that a customer really said just before the agent's words in question, and its answer is
graded in that conversation, by the judge that needs no endpoint, on the clause that was broken there.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from coach.coaching.habits import Habit
from coach.findings import Finding, Rewrite
from coach.judges.embedded.judge import EmbeddedJudge
from coach.rewriting.draft import in_place
from coach.rubric import Criterion, Rubric
from coach.transcript import Transcript

__all__ = ["Exercise", "Grade", "exercises_of", "grade"]

_PER_HABIT = 3
_FEW_LETTERS = 12


@dataclass(frozen=True)
class Exercise:
    """Answer `line` as the agent: `turn` of `transcript` is what was said then, `finding` what it broke."""

    transcript: Transcript
    turn: int
    line: str
    criterion: Criterion
    finding: Finding


@dataclass(frozen=True)
class Grade:
    """`kept`: True, False, or None where the judge cannot tell. `also` are other clauses that the answer newly breaks."""

    kept: bool | None
    reason: str
    also: tuple[Criterion, ...] = ()


def exercises_of(habits: Iterable[Habit], load: Callable[[int], Transcript]) -> list[Exercise]:
    """Up to three lines for each habit, no line twice. `load` gives the conversation of a row of the store."""
    found: list[Exercise] = []
    lines: set[str] = set()
    for habit in habits:
        own = 0
        offered = [
            exercise
            for seen in habit.seen
            if (exercise := _exercise(load(seen.stored.transcript_id), habit.criterion, seen.finding)) is not None
        ]
        # A name or a number gives nobody anything to answer; such a line is asked only where there is no other.
        for exercise in sorted(offered, key=lambda exercise: _letters(exercise.line) < _FEW_LETTERS):
            if exercise.line not in lines and own < _PER_HABIT and (_letters(exercise.line) >= _FEW_LETTERS or not own):
                lines.add(exercise.line)
                found.append(exercise)
                own += 1
    return found


def _letters(line: str) -> int:
    """Letters of a line; a Chinese character says as much as three."""
    return sum(3 if "\u4e00" <= character <= "\u9fff" else character.isalpha() for character in line)


def _exercise(transcript: Transcript, criterion: Criterion, finding: Finding) -> Exercise | None:
    if not finding.evidence or criterion.assess == "timing":
        return None
    turn = finding.evidence[0].turn
    before = [t for t in transcript.turns[:turn] if t.speaker == "customer" and not t.is_event]
    if transcript.turns[turn].speaker != "agent" or not before:
        return None
    return Exercise(transcript, turn, before[-1].text.strip(), criterion, finding)


def grade(exercise: Exercise, answer: str, rubric: Rubric, judge: EmbeddedJudge) -> Grade:
    """Grade `answer` in the place of what was said."""
    placed = in_place(exercise.transcript, Rewrite(turn=exercise.turn, place="replace", text=answer))
    before = {f.criterion for f in judge.judge(exercise.transcript).findings if f.verdict == "violated"}
    after = {f.criterion: f for f in judge.judge(placed).findings}
    also = tuple(rubric.by_id[name] for name, f in after.items() if f.verdict == "violated" and name not in before)
    finding = after.get(exercise.criterion.id)
    if finding is None or finding.verdict in ("not_applicable", "not_assessed"):
        return Grade(None, finding.rationale if finding else "", also)
    if finding.verdict == "met":
        return Grade(True, finding.rationale, also)
    here = any(evidence.turn == exercise.turn for evidence in finding.evidence)
    return Grade(not here, finding.rationale, also)
