"""A practice session: a customer's line, an answer, its grade at once.

Promise: nothing that is typed here is stored or sent anywhere; the embedded judge grades it in the conversation from which
the line comes.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

from coach.coaching.exercises import Exercise, grade
from coach.coaching.words import Words
from coach.judges.embedded.judge import EmbeddedJudge
from coach.reports.plain_text import one_line
from coach.reports.reasons import reason_in
from coach.rubric import Rubric, in_language

__all__ = ["practise"]


def practise(
    exercises: Iterable[Exercise],
    rubric: Rubric,
    ask: Callable[[str], str | None],
    say: Callable[[str], None],
    language: str | None = None,
) -> tuple[int, int]:
    """Go through `exercises`: `ask` shows a line and gives the answer (None ends the session), `say` shows the grade.

    Returns how many answers kept the clause, and how many were given.
    """
    words = Words(language or rubric.language)
    judge = EmbeddedJudge(rubric, calibrated=False)
    kept = answered = 0
    for exercise in exercises:
        answer = ask(words("customer", line=one_line(exercise.line)))
        if answer is None:
            break
        if not answer.strip():
            continue
        answered += 1
        graded = grade(exercise, answer.strip(), rubric, judge)
        kept += graded.kept is True
        if graded.kept:
            say(words("well"))
        elif graded.kept is None:
            say(words("cannot_tell"))
        else:
            say(words("not_yet", reason=reason_in(graded.reason, words.language)))
            criterion = exercise.criterion
            say(words("clause", clause=one_line(criterion.clause), quote=one_line(criterion.quote)))
            rewrite = exercise.finding.rewrite
            if rewrite is not None:
                say(words(rewrite.place, text=one_line(rewrite.text)))
        for other in graded.also:
            say(words("also", title=in_language(other.title, words.language)))
    say(words("score", kept=kept, count=answered))
    return kept, answered
