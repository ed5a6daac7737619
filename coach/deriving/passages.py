"""Cut a manual into the passages that ask something of an agent.

Promise: a passage's `quote` is verbatim in the manual file; headings and mere description do not become passages, and
nothing that is numbered, bulleted, quoted as speech or worded as a rule is left out.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from coach.deriving.manual_file import Line, repair

__all__ = ["Passage", "Section", "sections"]

_MARKER = re.compile(
    r"^\s*(?:[-*•●]\s+)?(?:\*\*)?\s*"
    r"(?P<number>\d{1,2}(?:\.\d{1,3}){1,4}|[(（]?(?:\d{1,3}|[一二三四五六七八九十]{1,3}|[a-z]|[ivx]{1,4}|one|two|three|four|five|six"
    r"|seven|eight|nine|ten|eleven|twelve)[)）.、:：]{1,2}|第[一二三四五六七八九十\d]+[步条點点])"
    r"\s*(?:\*\*)?[、.:：]?\s*",
    re.IGNORECASE,
)
_BULLET = re.compile(r"^\s*[-*•●]\s+")
_BARE_HEADING = re.compile(r"^(?:第[一二三四五六七八九十\d]+[章节部部分].*|[一二三四五六七八九十]{1,3}、.{1,24})$")
_LABEL = re.compile(r"[\u3400-\u9fff（）()]{2,16}[。.]?")
"""A numbered line of Chinese that is a name and not a sentence: `3.1 基本规范`."""

_SENTENCE = re.compile(r".+?(?:[。！？!?;；]+[”\"’」』)）]*|\.(?=[\s”\"]|$)[”\"]?|$)", re.S)
_QUOTED = re.compile(r"[“\"「『«]([^“”\"「」『』«»]{2,300})[”\"」』»]")
_RULE = re.compile(
    r"\b(?:must|should|shall|never|always|do not|don't|cannot|can not|may not|need to|avoid|please|try to|ask|thank|answer|speak|use)\b"
    r"|不得|不要|不能|不可|不许|不准|严禁|禁止|切忌|避免|应|须|必须|要|请|使用|注意|主动|及时|认真|耐心|学会|保持|尽量"
    r"|\b(?:debe|deben|no (?:diga|digas|puede|puedes|se puede|hable|hables|responda|culpe)|hay que|tiene que|nunca|siempre)\b",
    re.IGNORECASE,
)
_FORBIDDING = re.compile(
    r"(?:never|do not|don't|not|avoid|no)\s*(?:say|use|answer|:)?[^“\"]{0,20}$"
    r"|(?:不得|不要|不能|不可以?|不许|严禁|禁止|切忌|避免|忌)[^“\"「『]{0,16}$"
    r"|\bno (?:puede[s]?|diga[s]?|se puede)[^“\"«]{0,30}$",
    re.IGNORECASE,
)
_SHORTEST = 4
_LONGEST_HEADING = 40


@dataclass(frozen=True)
class Passage:
    """One rule. `number` is the manual's own (empty where it has none), `quote` verbatim, `text` repaired."""

    line: int
    number: str
    quote: str
    text: str
    say: tuple[str, ...] = ()
    never_say: tuple[str, ...] = ()


@dataclass(frozen=True)
class Section:
    """A heading and the passages under it."""

    heading: str
    passages: tuple[Passage, ...]


def sections(lines: Iterable[Line]) -> list[Section]:
    """The sections of a manual that hold at least one passage, in order."""
    found: list[tuple[str, list[Passage]]] = [("", [])]
    for line in lines:
        if line.heading or _is_heading(line.text):
            found.append((line.text.lstrip("# ").strip("* "), []))
            continue
        found[-1][1].extend(_passages(line))
    return [Section(heading, tuple(passages)) for heading, passages in found if passages]


def _is_heading(text: str) -> bool:
    if len(text) > _LONGEST_HEADING or _QUOTED.search(text):
        return False
    if marker := _MARKER.match(text):
        rest = text[marker.end() :]
        if _LABEL.fullmatch(rest) and not _RULE.search(rest):
            return True
    return bool(_BARE_HEADING.match(text)) and not re.search(r"[。；;!！]$", text)


def _passages(line: Line) -> Iterator[Passage]:
    marker = _MARKER.match(line.raw)
    listed = marker is not None or _BULLET.match(line.raw) is not None
    number = marker["number"].strip("()（）.、:：") if marker else ""
    body = line.raw[marker.end() :] if marker else _BULLET.sub("", line.raw)
    for sentence in _sentences(body):
        text = repair(sentence)
        if len(re.sub(r"\W", "", text)) < _SHORTEST:
            continue
        if listed or _QUOTED.search(text) or _RULE.search(text):
            say, never = _speech(text)
            yield Passage(line.number, number, sentence, text, say, never)


def _sentences(body: str) -> Iterator[str]:
    """Sentences of `body`; a stop inside quotation marks does not end one."""
    held = body
    for match in _QUOTED.finditer(body):
        inside = re.sub(r"[。！？!?;；.]", "\0", match[0][1:-1])
        held = held[: match.start() + 1] + inside + held[match.end() - 1 :]
    position = 0
    for match in _SENTENCE.finditer(held):
        sentence = body[match.start() : match.end()].strip()
        position = match.end()
        if sentence:
            yield sentence
    if rest := body[position:].strip():
        yield rest


def _speech(text: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The quoted phrases to say, and those not to say."""
    say: list[str] = []
    never: list[str] = []
    for match in _QUOTED.finditer(text):
        before = text[max(0, match.start() - 60) : match.start()]
        (never if _FORBIDDING.search(before) else say).append(match[1].strip())
    return tuple(say), tuple(never)
