"""What `coach rewrite` does once its flags are parsed."""

from __future__ import annotations

import asyncio
import json
import sys
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import cast, get_args

from coach.config import Settings
from coach.errors import ConfigError, TranscriptError
from coach.judges.choice import JudgeChoice, JudgeKind
from coach.readers import BadRecord, ReadOptions, read
from coach.reports.plain_text import one_line
from coach.rewriting.sentence import BrokenClause, SentenceCoach, SentenceVerdict
from coach.rubric import Rubric, in_language
from coach.rubric_choice import AUTO, RubricChoice
from coach.rubric_file import load_rubric
from coach.transcript import Transcript

__all__ = ["RewriteCommand"]

_PLACES = {"replace": "instead", "before": "say before it", "after": "say after it"}


@dataclass(frozen=True)
class RewriteCommand:
    """One call of `coach rewrite`; `run` gives the exit code."""

    text: str | None
    rubric: str
    scenario: str | None
    transcript: Path | None
    turn: int | None
    judge: str
    model: str | None
    base_url: str | None
    format: str
    watch: bool

    def run(self) -> int:
        """Answer. Raises `CoachError`."""
        if self.format not in ("text", "json"):
            raise ConfigError(f"--format {self.format!r}: choose text or json")
        if self.transcript is not None:
            self._show(*self._in_conversation())
            return 0
        if self.turn is not None:
            raise ConfigError("--turn needs --transcript FILE")
        if self.rubric == AUTO:
            raise ConfigError("a sentence alone does not say which rubric fits: name one with --rubric")
        coach = SentenceCoach(load_rubric(self.rubric), self.scenario)
        if self.watch:
            return self._watch(coach)
        said = sys.stdin.read() if self.text in (None, "-") else self.text
        lines = [line for line in (said or "").splitlines() if line.strip()]
        if not lines:
            raise ConfigError("there is no sentence: give one, or - and standard input")
        for line in lines:
            self._show(coach.rubric, coach.answer(line), None)
        return 0

    def _watch(self, coach: SentenceCoach) -> int:
        # The first lookup in a rubric compiles its patterns; better now than under the agent's first sentence.
        coach.warm_up()
        for line in sys.stdin:
            if line.strip():
                self._show(coach.rubric, coach.answer(line.strip()), None)
                sys.stdout.flush()
        return 0

    def _in_conversation(self) -> tuple[Rubric, SentenceVerdict, str | None]:
        """The verdict on one turn of a conversation, from gradings of the whole of it."""
        assert self.transcript is not None
        if self.turn is None:
            raise ConfigError("--transcript needs --turn N")
        if self.judge not in get_args(JudgeKind):
            raise ConfigError(f"--judge {self.judge!r}: choose one of {', '.join(get_args(JudgeKind))}")
        said = sys.stdin.read().strip() if self.text == "-" else self.text
        transcript = _with_turn(_first(self.transcript), self.turn, said)
        rubric = RubricChoice(self.rubric).rubric_for(transcript)
        judges = JudgeChoice(cast(JudgeKind, self.judge), Settings.read(model=self.model, base_url=self.base_url))
        return asyncio.run(_graded(transcript, self.turn, rubric, judges))

    def _show(self, rubric: Rubric, verdict: SentenceVerdict, place: str | None) -> None:
        if self.format == "json":
            print(json.dumps(_as_json(rubric, verdict, place), ensure_ascii=False))
            return
        print("\n".join(_lines(rubric, verdict, place)))


async def _graded(
    transcript: Transcript, turn: int, rubric: Rubric, judges: JudgeChoice
) -> tuple[Rubric, SentenceVerdict, str | None]:
    from coach.auditor import audit

    await judges.prepare()
    try:
        judge = judges.judge(rubric)
        graded = await audit(transcript, judge)
        graded = graded.model_copy(
            update={"findings": tuple(f for f in graded.findings if _concerns(f.evidence, turn, f.verdict))}
        )
        rewritten = (await judges.rewriter(judge).rewrite(transcript, graded)).audit
    finally:
        await judges.close()
    here = [f for f in rewritten.violated() if any(e.turn == turn for e in f.evidence)]
    broken = tuple(BrokenClause(rubric.by_id[f.criterion], f.evidence[0].quote, ()) for f in here)
    shown = next((f.rewrite for f in here if f.rewrite is not None), None)
    withheld = None if shown else next((f.withheld for f in here if f.withheld), None)
    text = transcript.turns[turn].text
    return (
        rubric,
        SentenceVerdict(text, broken, shown.text if shown else None, withheld),
        shown.place if shown else None,
    )


def _concerns(evidence: Iterable[object], turn: int, verdict: str) -> bool:
    """Everything that is not violated stays, to be compared with; of what is violated, what this turn breaks."""
    return verdict != "violated" or any(getattr(e, "turn", None) == turn for e in evidence)


def _first(path: Path) -> Transcript:
    for record in read([str(path)], ReadOptions()):
        if isinstance(record, BadRecord):
            raise record.error
        return record
    raise TranscriptError("there is no conversation in the file", source=path)


def _with_turn(transcript: Transcript, turn: int, said: str | None) -> Transcript:
    if turn >= len(transcript.turns):
        raise ConfigError(f"--turn {turn}: the conversation has turns 0 to {len(transcript.turns) - 1}")
    if said is None:
        return transcript
    turns = list(transcript.turns)
    turns[turn] = turns[turn].model_copy(update={"text": said})
    return transcript.model_copy(update={"turns": tuple(turns)})


def _lines(rubric: Rubric, verdict: SentenceVerdict, place: str | None) -> Iterable[str]:
    yield f"“{one_line(verdict.text)}”"
    if not verdict.broken:
        yield "  breaks nothing that can be told from it"
    for clause in verdict.broken:
        criterion = clause.criterion
        title = in_language(criterion.title, rubric.language)
        scenario = rubric.scenario_by_id.get(criterion.scenario)
        where = (
            ""
            if scenario is None or place is not None
            else f", if this is: {in_language(scenario.title, rubric.language)}"
        )
        yield f"  breaks {criterion.id} ({criterion.severity}{where}): {title} [clause {one_line(criterion.clause)}]"
        yield f"    manual: “{one_line(criterion.quote)}”"
    if verdict.rewrite is not None:
        yield f"  {_PLACES[place or 'replace']}: {one_line(verdict.rewrite)}"
    elif verdict.broken:
        yield f"  no rewrite: {verdict.withheld}"
        for example in verdict.broken[0].examples:
            yield f"    the manual's example: {example}"


def _as_json(rubric: Rubric, verdict: SentenceVerdict, place: str | None) -> dict[str, object]:
    return {
        "text": verdict.text,
        "rubric": rubric.id,
        "broken": [
            {
                "criterion": clause.criterion.id,
                "clause": clause.criterion.clause,
                "title": in_language(clause.criterion.title, rubric.language),
                "severity": clause.criterion.severity,
                "scenario": clause.criterion.scenario,
                "manual": clause.criterion.quote,
                "words": clause.quote,
                "examples": list(clause.examples),
            }
            for clause in verdict.broken
        ],
        "rewrite": verdict.rewrite,
        "place": None if verdict.rewrite is None else place or "replace",
        "withheld": verdict.withheld,
    }
