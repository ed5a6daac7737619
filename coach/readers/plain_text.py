"""Transcripts that a person typed or a tool printed: `Agent: ...` and `Customer: ...`, one turn after the other.

Promise: a prefix counts as a speaker only if it is on the documented list or in `--roles`. Anything else that looks like
one is refused with the flag that would settle it, never given to somebody.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from coach.readers.conversation import BadRecord, Conversation, Place, Utterance
from coach.readers.format import Read, TextFormat
from coach.readers.options import ReadOptions
from coach.readers.times import CLOCK, clock_seconds

__all__ = ["KNOWN_LABELS", "PLAIN_TEXT", "looks_like_speaker", "role_of_label"]

KnownRole = Literal["agent", "customer", "bot"]

KNOWN_LABELS: dict[KnownRole, tuple[str, ...]] = {
    "agent": (
        "agent", "advisor", "adviser", "representative", "rep", "operator", "csr", "support", "support agent",
        "customer service", "service agent", "call center agent", "客服", "坐席", "座席", "客服代表", "客服人员", "客服专员",
        "人工客服", "话务员", "接线员", "客服人員", "agente", "asesor", "asesora", "operador", "operadora", "teleoperador",
        "teleoperadora", "ejecutivo", "ejecutiva", "atención al cliente", "atendente",
    ),
    "customer": (
        "customer", "client", "caller", "user", "客户", "顾客", "用户", "来电者", "客人", "客戶", "顧客", "用戶", "cliente",
        "clienta", "usuario", "usuaria", "llamante",
    ),
    "bot": ("bot", "chatbot", "ivr", "virtual agent", "virtual assistant", "机器人", "智能客服", "機器人", "asistente virtual"),
}  # fmt: skip
"""The prefixes that say who speaks. A number may follow (`Agent 2`), or a name in brackets (`Agente (Ana)`)."""

_LONGEST_LABEL = 80
_DAY = 86_400.0

_ROLES: dict[str, KnownRole] = {label: role for role, labels in KNOWN_LABELS.items() for label in labels}
_NUMBERED = re.compile(r"^(?P<label>.+?)\s*(?:[#_-]?\s*\d{1,6}号?|[(（][^()（）]*[)）])$")
_LINE = re.compile(
    rf"^(?:[\[(]?\s*(?P<start>{CLOCK})\s*(?:(?:-|–|-->|~)\s*(?P<end>{CLOCK})\s*)?[\])]?(?:\s*[-–]\s|\s*))?"
    r"(?P<label>[^\s:：\[\]【】][^:：\[\]【】]{0,59}?)\s*[:：](?!//)\s*(?P<text>.*)$"
)
_EVENT = re.compile(rf"^\s*(?:[\[(]?(?P<start>{CLOCK})[\])]?\s*)?(?P<text>(?:[\[［【][^\]］】]*[\]］】]\s*)+)$")
_ONLY_CLOCK = re.compile(rf"^\s*[\[［【]?\s*{CLOCK}\s*[\]］】]?\s*$")
_SEPARATOR = re.compile(r"^\s*-{3,}\s*$")


def role_of_label(label: str) -> KnownRole | None:
    """Who a prefix on the documented list stands for, or None."""
    key = label.strip().casefold()
    if len(key) > _LONGEST_LABEL:
        return None
    if key in _ROLES:
        return _ROLES[key]
    numbered = _NUMBERED.match(key)
    return _ROLES.get(numbered["label"]) if numbered else None


def looks_like_speaker(label: str) -> bool:
    """True for a prefix on the list, and for anything that could be a name: such a one is asked about, never guessed."""
    return role_of_label(label) is not None or _could_be_a_name(label)


@dataclass(slots=True)
class _Prefix:
    label: str
    text: str
    start: float | None
    end: float | None


def _recognises(head: str) -> bool:
    return any(_prefix(line, ReadOptions()) is not None for line in head.splitlines())


def _prefix(line: str, options: ReadOptions) -> _Prefix | None:
    """The speaker prefix that a line begins with, if it looks like one at all. An indented one has to be known."""
    found = _LINE.match(line.strip())
    if found is None:
        return None
    label = found["label"].strip()
    known = options.role_of(label) or role_of_label(label)
    if not known and (line[0].isspace() or not _could_be_a_name(label)):
        return None
    start, end = (clock_seconds(found[name]) if found[name] else None for name in ("start", "end"))
    return _Prefix(label, found["text"].strip(), start, end)


def _could_be_a_name(label: str) -> bool:
    """A name, a title or an identifier: one word, or up to four that do not begin in lower case; no sentence marks."""
    first, words = label[0], label.split()
    if not (first.isalpha() or first.isdigit()) or label.isdigit() or (first.islower() and len(words) > 1):
        return False
    if any(mark in label for mark in ',;!?。，；！？…"“”'):
        return False
    return len(words) <= 4 and (first.isascii() or first.isupper() or len(label) <= 10)


def _read(text: str, place: Place, options: ReadOptions) -> Read:
    dialogues = list(_dialogues(text))
    for number, lines in enumerate(dialogues, start=1):
        name = place.default_id if len(dialogues) == 1 else f"{place.default_id}#{number}"
        here = place.at(lines[0][0])
        utterances = _utterances(lines, options)
        if not any(said.speaker for said in utterances):
            message = "no line begins with a speaker, as in Agent: or Customer:"
            yield BadRecord(here.error(message, hint="write who speaks, or name the prefixes with --roles"))
            continue
        yield Conversation(name, utterances, here, "text")


def _dialogues(text: str) -> Iterator[list[tuple[int, str]]]:
    """The numbered lines of each dialogue; a line of dashes stands between two."""
    lines: list[tuple[int, str]] = []
    for number, line in enumerate(text.splitlines(), start=1):
        if _SEPARATOR.match(line):
            if lines:
                yield lines
            lines = []
        elif line.strip():
            lines.append((number, line))
    if lines:
        yield lines


def _utterances(lines: list[tuple[int, str]], options: ReadOptions) -> list[Utterance]:
    said: list[Utterance] = []
    for number, line in lines:
        event = _EVENT.match(line)
        if event and not _ONLY_CLOCK.match(line):
            start = clock_seconds(event["start"]) if event["start"] else None
            said.append(Utterance("", event["text"].strip(), start=start, line=number, event=True))
            continue
        prefix = _prefix(line, options)
        if prefix is None or options.role_of(prefix.label) == "text":
            _continue(said, line.strip(), number)
            continue
        role = role_of_label(prefix.label)
        said.append(Utterance(prefix.label, prefix.text, role=role, start=prefix.start, end=prefix.end, line=number))
    _past_midnight(said)
    return said


def _past_midnight(said: list[Utterance]) -> None:
    """A clock that falls back by more than half a day has begun a new one."""
    days, before = 0, 0.0
    for utterance in said:
        if utterance.start is None:
            continue
        days += before - utterance.start > _DAY / 2
        before = utterance.start
        utterance.start += days * _DAY
        if utterance.end is not None:
            utterance.end += days * _DAY


def _continue(said: list[Utterance], text: str, line: int) -> None:
    """A line without a prefix goes on with the turn before it. Before the first turn it is a heading, and no speech."""
    spoken = next((turn for turn in reversed(said) if not turn.event), None)
    if spoken is None:
        return
    if said[-1].event:
        said.append(Utterance(spoken.speaker, text, role=spoken.role, line=line))
    else:
        spoken.text = f"{spoken.text}\n{text}" if spoken.text else text


PLAIN_TEXT = TextFormat("text", "plain text with speaker prefixes", _recognises, _read)
