"""What is sent to the LLM: the rubric as compact text, the conversation as fenced, numbered data.

Promise: for one rubric the system message is the same, byte for byte, from one conversation to the next, so that
providers can cache it; everything that differs comes after it, the asked-for criteria last of all. No text of a
conversation can end its line, its fence or the message: line breaks, control, invisible and bidirectional characters,
angle brackets and the brackets of chat templates are made harmless, and the fence carries a hash of what it encloses.
"""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from coach.judges.llm.schema import codes
from coach.prompts import Prompt, load_prompt
from coach.rubric import ALWAYS, Criterion, Rubric, in_language
from coach.transcript import Transcript, Turn

__all__ = ["RENDERING", "JudgePrompt", "as_said", "harmless"]

RENDERING = "2"
"""Version of how rubric and conversation are written out; part of every prompt hash. Raise it with any change here."""

_PAUSE = 2.0
"""Seconds of silence before a turn from which on it is pointed out."""

_EXAMPLE = 90
"""Examples longer than this, in characters, are left out of the prompt."""

_BRACKET = re.compile(
    r"\[(?=/?(?:INST|SYS|SYSTEM_PROMPT|MODEL_SETTINGS|AVAILABLE_TOOLS|TOOL_[A-Z]+|ARGS|CALL_ID|THINK|[gs]?MASK)\])"
)
"""Control tokens of chat templates that are written in square brackets; other brackets are events and stay."""

_SPACE = re.compile(r"\s+")

_AGENT = re.compile(r"^The agent\b")
"""Most requirements begin so; the article is a token for each of them."""


def harmless(text: str) -> str:
    """`text` on one line, without characters that hide, reorder or end anything. Words and punctuation are kept.

    `<` and `>` become `‹` and `›`, which also takes the edge off tags and chat-template tokens; `coach.evidence.locate`
    treats both alike, so quotes from the result are found in the original.
    """
    if not text.isascii() or not text.isprintable():
        text = "".join(" " if _breaks(c) else c for c in text if not _invisible(c))
    text = text.replace("<", "‹").replace(">", "›")
    return _SPACE.sub(" ", _BRACKET.sub("[ ", text)).strip()


def as_said(text: str) -> str:
    """Words that a model read in `harmless` form, with the angle brackets that may have been there (for placeholders)."""
    return text.replace("‹", "<").replace("›", ">")


def _breaks(character: str) -> bool:
    return unicodedata.category(character) in ("Cc", "Zl", "Zp")


def _invisible(character: str) -> bool:
    """Format characters (zero width, bidirectional, tags), variation selectors, lone surrogates, private use."""
    category = unicodedata.category(character)
    return category in ("Cf", "Cs", "Co", "Cn") or "\ufe00" <= character <= "\ufe0f" or character >= "\U000e0100"


@dataclass(frozen=True)
class JudgePrompt:
    """The messages for one rubric. `template` is the prompt's name, name and version, or file."""

    rubric: Rubric
    template: str = "judge"

    @cached_property
    def prompt(self) -> Prompt:
        """The template in use."""
        return load_prompt(self.template)

    @cached_property
    def system(self) -> str:
        """The system message: instructions and the whole rubric, the same for every conversation."""
        return self.system_about(self.rubric.assessable)

    def system_about(self, criteria: Sequence[Criterion]) -> str:
        """The system message with only these criteria and their scenarios, for models that cannot hold the whole rubric."""
        return self.prompt.fill("system", rubric=_rubric_text(self.rubric, criteria))

    @property
    def hash(self) -> str:
        """Of the template and of how it is filled in, not of the rubric or a conversation (16 hex digits)."""
        return hashlib.sha256(f"{self.prompt.hash} {RENDERING}".encode()).hexdigest()[:16]

    def conversation(self, transcript: Transcript, task: str, *, masked: bool = False) -> str:
        """The user message: the fenced conversation (`masked`: with placeholders for personal data), then `task`."""
        timed = transcript.timed and any(criterion.assess == "timing" for criterion in self.rubric.criteria)
        turns = "\n".join(_line(transcript, turn, timed=timed) for turn in transcript.turns)
        expected = [transcript.channel] == list(self.rubric.channels)
        facts = [f"channel {transcript.channel}"] if transcript.channel and not expected else []
        if masked:
            facts.append(self.prompt.fill("masked").strip())
        return self.prompt.fill(
            "conversation",
            boundary=_boundary(turns),
            turns=turns,
            facts=f"({', '.join(facts)}) " if facts else "",
            task=task,
        )

    def everything(self) -> str:
        """The task of grading all criteria."""
        return self.prompt.fill("everything")

    def part(self, criteria: Sequence[str]) -> str:
        """The task of grading only the criteria with these codes."""
        return self.prompt.fill("part", criteria=", ".join(criteria))

    def again(self, problems: Sequence[tuple[str, str]]) -> str:
        """The task of answering again: pairs of a code and what was wrong with its answer."""
        return self.prompt.fill("again", problems="\n".join(f"{code}: {problem}" for code, problem in problems))


def _rubric_text(rubric: Rubric, criteria: Sequence[Criterion]) -> str:
    names = codes(rubric)
    blocks = [_block(ALWAYS, "", [c for c in criteria if c.scenario == ALWAYS], names)]
    for scenario in rubric.scenarios:
        of_scenario = [c for c in criteria if c.scenario == scenario.id]
        blocks.append(_block(scenario.id, in_language(scenario.description, "en"), of_scenario, names))
    return "\n".join(filter(None, blocks))


def _block(scenario: str, description: str, criteria: Sequence[Criterion], names: dict[str, str]) -> str:
    if not criteria:
        return ""
    head = f"## {scenario}" + (f": {_one_line(description)}" if description else "")
    return "\n".join([head, *(_criterion(criterion, names[criterion.id]) for criterion in criteria)])


def _criterion(criterion: Criterion, code: str) -> str:
    line = f"{code} {_AGENT.sub('Agent', _one_line(in_language(criterion.requirement, 'en')))}"
    for sign, examples in (("✓", criterion.examples.compliant), ("✗", criterion.examples.violating)):
        short = next((example for example in examples if len(example) <= _EXAMPLE), None)
        line += f" {sign} {_one_line(short)}" if short and _one_line(short) not in line else ""
    return line


def _one_line(text: str) -> str:
    return _SPACE.sub(" ", text).strip()


def _line(transcript: Transcript, turn: Turn, *, timed: bool) -> str:
    said = harmless(turn.text) or "[no words]"
    kind = " event" if turn.is_event else ""
    return f"{turn.index} {turn.speaker}{kind}{_times(transcript, turn) if timed else ''}: {said}"


def _times(transcript: Transcript, turn: Turn) -> str:
    """` 52.7-52.9` (seconds), with the silence before it where that is long: judges subtract badly."""
    start, end = turn.start or 0.0, turn.end or 0.0
    times = f" {_seconds(start)}-{_seconds(end)}"
    before = transcript.turns[turn.index - 1].end if turn.index else 0.0
    silence = start - (before or 0.0)
    return f"{times} after {_seconds(silence)}s silence" if silence >= _PAUSE else times


def _seconds(value: float) -> str:
    return f"{value:.1f}".removesuffix(".0")


def _boundary(turns: str) -> str:
    """A fence that the text cannot hold: it is a hash of the text, checked not to occur in it."""
    salt = 0
    while (mark := hashlib.sha256(f"{salt} {turns}".encode()).hexdigest()[:8]) in turns:
        salt += 1
    return mark
