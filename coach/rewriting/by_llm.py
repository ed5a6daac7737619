"""Rewrites proposed by an LLM: one request for a turn with all its broken criteria, one more with what was wrong.

Promise: the model only proposes. What it says goes through the same checks as any other proposal; an answer that cannot be
used is a withheld rewrite, never an error of the audit. Where personal data is masked, the masked text is what is sent.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from coach.findings import Rewrite
from coach.judges.llm.client import ChatClient, Request
from coach.judges.llm.judge import Redactor
from coach.judges.llm.prompt import JudgePrompt, as_said, harmless
from coach.rewriting.task import RewriteTask
from coach.rewriting.trial import Tester, Trial
from coach.rubric import Criterion, Rubric, in_language
from coach.transcript import Transcript, Turn

__all__ = ["ATTEMPTS", "LLMProposer"]

ATTEMPTS = 2
_BEFORE, _AFTER = 14, 4
"""Turns sent around the one in question."""

_LIMIT = 700
_LONGEST = 1_200
_LANGUAGES = {"en": "English", "es": "Spanish", "zh": "Chinese (simplified characters)"}


class _Answer(BaseModel):
    model_config = ConfigDict(extra="forbid")

    place: Literal["replace", "before", "after"]
    text: Annotated[str, Field(max_length=_LONGEST)]


class _Outline(BaseModel):
    model_config = ConfigDict(extra="ignore")

    place: Literal["replace", "before", "after"]
    text: Annotated[str, Field(min_length=1, max_length=2 * _LONGEST)]


@dataclass(frozen=True)
class _Format:
    """The form of an answer, as the client asks for it."""

    @cached_property
    def strict(self) -> dict[str, Any]:
        schema = _Answer.model_json_schema()
        properties = {name: {k: v for k, v in d.items() if k != "title"} for name, d in schema["properties"].items()}
        return {
            "type": "object",
            "properties": properties,
            "required": ["place", "text"],
            "additionalProperties": False,
        }

    @cached_property
    def unbounded(self) -> dict[str, Any]:
        properties = {
            name: {k: v for k, v in d.items() if k != "maxLength"} for name, d in self.strict["properties"].items()
        }
        return {**self.strict, "properties": properties}

    @staticmethod
    def read(content: str) -> _Outline:
        begin, end = content.find("{"), content.rfind("}") + 1
        if begin < 0 or not end:
            raise ValueError("the answer holds no JSON object")
        try:
            return _Outline.model_validate_json(content[begin:end])
        except ValidationError as error:
            raise ValueError(f"the answer has not the asked-for form: {error.errors()[0]['msg']}") from None


class LLMProposer:
    """Asks the model behind `client`. `template` is the prompt's name, name and version, or file."""

    def __init__(
        self, rubric: Rubric, client: ChatClient, *, redactor: Redactor | None = None, template: str = "rewrite"
    ) -> None:
        self._client, self._redactor = client, redactor
        self._prompt = JudgePrompt(rubric, template)
        self._format = _Format()

    @property
    def prompt_hash(self) -> str:
        """Of the template and of how it is filled in."""
        return self._prompt.hash

    async def rewrite(self, task: RewriteTask, tester: Tester) -> tuple[Trial | None, dict[str, str]]:
        """The last trial (the first that passes), and criterion id -> what was wrong. Raises `JudgeError`."""
        trial: Trial | None = None
        for _ in range(ATTEMPTS):
            proposal = await self._ask(task, trial, tester)
            trial = await tester.try_(proposal)
            if trial.passed:
                return trial, {}
        reasons = "; ".join(trial.reasons) if trial else ""
        return trial, dict.fromkeys(task.broken, reasons)

    async def _ask(self, task: RewriteTask, failed: Trial | None, tester: Tester) -> Rewrite:
        # The last proposal and the reasons quote the conversation: they are masked with it, as if they had been said in it.
        proposal, reasons = (failed.rewrite.text, " ".join(failed.reasons)) if failed is not None else ("", "")
        spoken = _followed_by(task.transcript, proposal, reasons) if failed is not None else task.transcript
        redacted = self._redactor.redact(spoken) if self._redactor else None
        if redacted is not None:
            spoken = redacted.transcript
        if failed is not None:
            proposal, reasons = spoken.turns[-2].text, spoken.turns[-1].text
            spoken = spoken.model_copy(update={"turns": spoken.turns[:-2]})
        sent, turn = _around(spoken, task.turn)
        user = self._prompt.conversation(sent, self._task_text(task, turn, proposal, reasons))
        system = self._prompt.prompt.fill("system")
        messages = [{"role": "system", "content": system}, {"role": "user", "content": user}]
        request = Request(messages=messages, format=self._format, limit=_LIMIT, seed=self._client.settings.seed)
        reply = await self._client.ask(request, self._format.read, self._format.read)
        tester.usage += reply.usage
        text = as_said(reply.value.text).strip()
        text = redacted.restore(text) if redacted else text
        place = reply.value.place if task.said.speaker == "agent" or reply.value.place != "replace" else "after"
        return Rewrite(turn=task.turn, place=place, text=text)

    def _task_text(self, task: RewriteTask, turn: int, proposal: str, reasons: str) -> str:
        text = self._prompt.prompt.fill(
            "task",
            turn=str(turn),
            speaker=task.said.speaker,
            language=_LANGUAGES.get(task.language, task.language),
            channel=task.transcript.channel or "not known",
            criteria="\n".join(_clause(criterion, task.language) for criterion in task.criteria),
        )
        if not reasons:
            return text
        again = self._prompt.prompt.fill("again", proposal=harmless(proposal), reasons=harmless(reasons))
        return f"{text}\n\n{again}"


def _clause(criterion: Criterion, language: str) -> str:
    lines = [
        f"- clause {criterion.clause}: {in_language(criterion.requirement, language)}",
        f"  manual: {criterion.quote}",
    ]
    lines += [f"  said well elsewhere: {example}" for example in criterion.examples.compliant[:2]]
    return "\n".join(lines)


def _followed_by(transcript: Transcript, *said: str) -> Transcript:
    """The conversation with further turns of the agent at its end."""
    begin = len(transcript.turns)
    turns = tuple(Turn(index=begin + i, speaker="agent", text=text or "-") for i, text in enumerate(said))
    return transcript.model_copy(update={"turns": (*transcript.turns, *turns)})


def _around(transcript: Transcript, turn: int) -> tuple[Transcript, int]:
    """The turns around `turn`, numbered anew, and the number that `turn` has among them."""
    begin = max(0, turn - _BEFORE)
    chosen: Sequence[Any] = transcript.turns[begin : turn + _AFTER + 1]
    numbered = tuple(t.model_copy(update={"index": index}) for index, t in enumerate(chosen))
    return transcript.model_copy(update={"turns": numbered}), turn - begin
