"""Masks the personal data of one conversation before it is sent, and undoes it in what comes back.

Promise: the same conversation always gives the same masked one; turns, speakers and times stay as they are, and so does
every character that is not personal data.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from coach.privacy.addresses import find_addresses
from coach.privacy.chinese_names import ChineseNames
from coach.privacy.cues import Cue, Expectation, find_cues
from coach.privacy.dates import find_birth_dates
from coach.privacy.identifiers import find_emails, find_identifiers
from coach.privacy.kinds import NUMBERED, Found, Kind, without_overlaps
from coach.privacy.latin_names import LatinNames, name_key
from coach.privacy.numbering import Numbering
from coach.privacy.numbers import find_numbers, is_quantity
from coach.privacy.numerals import Numeral, find_numerals
from coach.privacy.placeholders import Mask, Placeholders, reserved
from coach.transcript import Transcript

__all__ = ["VERSION", "PersonalDataRedactor", "Redaction"]

VERSION = "1"
"""Raise it with every change to what is masked: it is part of the hash of every audit's prompt."""

_MAYBE_NUMBER = re.compile(
    r"\d|[零〇○一二三四五六七八九幺两]|(?i:\b(?:oh|zero|one|two|three|four|five|six|seven|eight|nine|ten|\w+teen|\w+ty|"
    r"cero|uno|dos|tres|cuatro|cinco|seis|siete|ocho|nueve|\w+[ec]e|\w+nta|\w+cientos|veinti\w+|dieci\w+)\b)"
)
_LAST_AFTER = re.compile(r",? (?:at the end|al final|is the end|结尾)|结尾|是尾号", re.IGNORECASE)


@dataclass(frozen=True)
class Redaction:
    """A conversation with personal data masked, turn for turn, and the way back.

    `transcript` is what may be sent; it has neither the agent's name nor metadata, which no judge needs. `id` is kept:
    it is not sent, and tells which conversation this is.
    """

    transcript: Transcript
    masks: tuple[tuple[Mask, ...], ...]
    placeholders: Placeholders = field(repr=False)

    def restore(self, text: str) -> str:
        """`text` with every placeholder replaced by what it stands for (see `Placeholders.restore`)."""
        return self.placeholders.restore(text)

    def masked(self) -> Iterator[tuple[Kind, str]]:
        """Kind and original words of every place that was masked, in order."""
        for turn, masks in zip(self.placeholders.turns, self.masks, strict=True):
            for mask in masks:
                yield mask.kind, turn.original[mask.start : mask.end]


class PersonalDataRedactor:
    """Masks names, numbers, addresses and dates of birth in English, Spanish and Chinese; see docs/privacy.md."""

    @property
    def name(self) -> str:
        """Name and version of the masking."""
        return f"personal-data-{VERSION}"

    def redact(self, transcript: Transcript) -> Redaction:
        """Mask one conversation. Any transcript is accepted."""
        search = _Search(transcript)
        found = search.found()
        numbering = Numbering(reserved(turn.text for turn in transcript.turns))
        numbering.learn(found, [turn.speaker for turn in transcript.turns])
        masks = tuple(tuple(numbering.masks(finds, search.lasts(turn, finds))) for turn, finds in enumerate(found))
        placeholders = Placeholders(transcript, masks)
        turns = tuple(
            turn if not found else turn.model_copy(update={"text": masked.masked})
            for turn, masked, found in zip(transcript.turns, placeholders.turns, masks, strict=True)
        )
        # Copied without validation: a placeholder may make a turn longer than an export may be.
        sent = transcript.model_copy(update={"turns": turns, "agent": None, "metadata": {}})
        return Redaction(sent, masks, placeholders)


@dataclass
class _Turn:
    """What a turn says that numbers can be told by."""

    text: str
    cues: list[Cue]
    numerals: list[Numeral]
    found: list[Found] = field(default_factory=list)


class _Search:
    """The finds of one conversation: first by where they stand, then again wherever what was found comes up."""

    def __init__(self, transcript: Transcript) -> None:
        self._transcript = transcript
        letters = Counter(c.isupper() for turn in transcript.turns for c in turn.text if c.isascii() and c.isalpha())
        self._latin = LatinNames(cased=letters[True] * 200 > letters[False])
        self._has_latin = letters.total() > 0
        self._chinese = ChineseNames()
        self._turns: list[_Turn] = []

    def found(self) -> list[list[Found]]:
        """For each turn its finds, in order and without overlaps."""
        expectation = Expectation()
        for turn in self._transcript.turns:
            self._turns.append(self._first(turn.text, turn.speaker, expectation))
        if self._transcript.agent and re.search(r"[^\W\d_]{2}", self._transcript.agent):
            self._learn_agent(self._transcript.agent)
        known = self._known_numbers()
        return [self._second(turn, known) for turn in self._turns]

    def lasts(self, turn: int, finds: Sequence[Found]) -> set[int]:
        """Starts of the finds that are said to be the end of a number."""
        here = self._turns[turn]
        return {find.start for find in finds if self._is_last(here, find.start, find.end)}

    @staticmethod
    def _is_last(turn: _Turn, start: int, end: int) -> bool:
        if any(cue.kind == "LAST" and 0 <= start - cue.end <= 12 for cue in turn.cues):
            return True
        return _LAST_AFTER.match(turn.text, end) is not None

    def _first(self, text: str, speaker: str, expectation: Expectation) -> _Turn:
        cues = find_cues(text)
        numerals = find_numerals(text) if _MAYBE_NUMBER.search(text) else []
        turn = _Turn(text, cues, numerals)
        answer = bool(expectation.kinds)
        expected = expectation.kinds
        finds = [
            *find_emails(text),
            *find_birth_dates(text, cues, expected if answer else ()),
        ]
        if numerals or any(cue.kind in ("ADDRESS", "ORDER", "ACCOUNT", "PLATE") for cue in cues):
            numbers = find_numbers(text, numerals, cues, expectation, answer=answer)
            finds += find_identifiers(text, cues, expectation, answer=answer)
            finds += find_addresses(text, cues, expected if answer else ())
            finds += numbers
        else:
            finds += find_addresses(text, cues, expected if answer else ())
        asked = "NAME" in expected and expectation.speaker != speaker
        finds += self._names(text, asked=asked)
        turn.found = without_overlaps(finds)
        expectation.after(text, cues, speaker, answered=any(find.kind != "NAME" for find in turn.found))
        return turn

    def _names(self, text: str, *, asked: bool) -> Iterator[Found]:
        spans = list(self._chinese.introduced(text, asked=asked))
        if self._has_latin:
            spans += self._latin.introduced(text, asked=asked)
        for start, end in spans:
            yield _name(text, start, end)

    def _learn_agent(self, agent: str) -> None:
        """Names in the transcript's `agent` count as known; ids (A-107) do not."""
        if not any(c.isdigit() for c in agent):
            for word in re.findall(r"[A-ZÀ-Þ][^\W\d_]{2,}", agent):
                self._latin.known.add(word)

    def _known_numbers(self) -> dict[str, Kind]:
        known: dict[str, Kind] = {}
        for turn in self._turns:
            for find in turn.found:
                if find.kind in NUMBERED and len(find.digits) >= (3 if find.kind == "AGENT_ID" else 4):
                    known.setdefault(find.digits, find.kind)
        return known

    def _second(self, turn: _Turn, known: dict[str, Kind]) -> list[Found]:
        """The turn's finds, and what became known in other turns."""
        finds = list(turn.found)
        for numeral in turn.numerals:
            digits = numeral.digits
            if digits in known and not is_quantity(turn.text, numeral):
                finds.append(Found(numeral.start, numeral.end, known[digits], digits, digits))
            elif 2 <= len(digits) <= 6 and self._is_last(turn, numeral.start, numeral.end):
                kind = next((kind for whole, kind in known.items() if whole.endswith(digits)), None)
                if kind is not None:
                    finds.append(Found(numeral.start, numeral.end, kind, digits, digits))
        spans = [*self._chinese.again(turn.text), *(self._latin.again(turn.text) if self._has_latin else ())]
        finds += [_name(turn.text, start, end) for start, end in spans]
        return without_overlaps(finds)


def _name(text: str, start: int, end: int) -> Found:
    said = text[start:end]
    letters = re.sub(r"[^\w]", "", said) if re.search(r"^\w(?:\W+\w)+$", said) else said
    return Found(start, end, "NAME", name_key(letters.rstrip(".")))
