"""Looks through inputs and says what is in them: formats, speakers, languages, times, problems.

Promise: it reads with the same code as an audit, but a speaker whose role nobody knows is shown, with lines to tell them by,
instead of refused. Memory does not grow with the number of conversations.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass, field, replace

from coach.errors import TranscriptError
from coach.readers.assembly import role_in
from coach.readers.conversation import BadRecord, Conversation, Ready
from coach.readers.notices import Notices
from coach.readers.options import ReadOptions, Role
from coach.readers.reading import Ids, read_unsettled, settle
from coach.readers.sources import find_sources
from coach.transcript import Transcript

__all__ = ["SpeakerSeen", "Survey", "survey"]

_SAMPLES = 2
_MAX_SPEAKERS = 50
_MAX_PROBLEMS = 20


@dataclass(slots=True)
class SpeakerSeen:
    """A label of the input: its role (None: nobody says), its turns, and its first lines."""

    label: str
    role: Role | None
    turns: int = 0
    samples: list[str] = field(default_factory=list)


@dataclass(slots=True)
class Survey:
    """What there is. `times` counts conversations by what their turns have: `start and end`, `start`, `none`.

    `speakers` has the first 50 labels, by label and role. `unreadable` counts all problems, of which `problems` holds the
    first 20. A conversation with a speaker whose role is still to be given is counted in `without_roles`: no problem of the
    input.
    """

    formats: Counter[str] = field(default_factory=Counter)
    conversations: int = 0
    speakers: dict[tuple[str, Role | None], SpeakerSeen] = field(default_factory=dict)
    languages: Counter[str] = field(default_factory=Counter)
    channels: Counter[str] = field(default_factory=Counter)
    times: Counter[str] = field(default_factory=Counter)
    without_roles: int = 0
    unreadable: int = 0
    problems: list[TranscriptError] = field(default_factory=list)
    notices: list[str] = field(default_factory=list)

    @property
    def unknown(self) -> list[str]:
        """The labels whose role has to be given with `--roles`."""
        return [seen.label for seen in self.speakers.values() if seen.role is None]


def survey(inputs: Sequence[str], options: ReadOptions) -> Survey:
    """Read all of `inputs` and say what they hold. Raises `TranscriptError` for an input that names nothing."""
    found = Survey()
    notices = Notices(found.notices.append)
    with closing(Ids()) as ids:
        for item in read_unsettled(find_sources(inputs), options, notices):
            if isinstance(item, BadRecord):
                _problem(found, item)
                continue
            found.conversations += 1
            found.formats["native" if isinstance(item, Ready) else item.format] += 1
            unknown = _meet(found, item, options) if isinstance(item, Conversation) else set()
            found.without_roles += bool(unknown)
            settled = settle(item, _stood_in(unknown, options), ids, notices)
            if isinstance(settled, BadRecord):
                found.conversations -= 1
                _problem(found, settled)
            else:
                _count(found, settled, isinstance(item, Ready))
    notices.close()
    return found


def _problem(found: Survey, record: BadRecord) -> None:
    found.unreadable += 1
    if len(found.problems) < _MAX_PROBLEMS:
        found.problems.append(record.error)


def _stood_in(unknown: set[str], options: ReadOptions) -> ReadOptions:
    """Options under which the conversation can be looked at, although somebody's role is still to be given."""
    return replace(options, roles={**options.roles, **dict.fromkeys(unknown, "customer")}) if unknown else options


def _meet(found: Survey, conversation: Conversation, options: ReadOptions) -> set[str]:
    """Note who speaks, and give the labels whose role is not known."""
    unknown = set()
    for said in conversation.utterances:
        if said.event and not said.speaker:
            continue
        role = role_in(said, options)
        if role is None:
            unknown.add(said.speaker)
        _note(found, said.speaker, role, said.text)
    return unknown


def _note(found: Survey, label: str, role: Role | None, text: str) -> None:
    seen = found.speakers.get((label, role))
    if seen is None:
        if len(found.speakers) >= _MAX_SPEAKERS:
            return
        seen = found.speakers[label, role] = SpeakerSeen(label, role)
    seen.turns += 1
    if len(seen.samples) < _SAMPLES and text.strip():
        seen.samples.append(" ".join(text.split()))


def _count(found: Survey, transcript: Transcript, native: bool) -> None:
    found.languages[transcript.language or "unknown"] += 1
    found.channels[transcript.channel or "unknown"] += 1
    started = all(turn.start is not None for turn in transcript.turns)
    found.times["start and end" if transcript.timed else "start" if started else "none"] += 1
    if native:
        for turn in transcript.turns:
            _note(found, turn.speaker, turn.speaker, turn.text)
