"""What WebVTT and SRT share: a name before the words of a cue, and cues that go on with the speaker before.

Promise: a name says who spoke, not on which side. It is agent or customer only if it is on the list of `plain_text` or in
`--roles`.
"""

from __future__ import annotations

import re

from coach.errors import ConfigError
from coach.readers.conversation import Conversation, Place, Utterance
from coach.readers.plain_text import looks_like_speaker, role_of_label

__all__ = ["NO_SPEAKER", "captioned", "missing_library", "spoken_lines"]

NO_SPEAKER = "(no speaker)"

_PREFIX = re.compile(r"^(?:[-–]\s*)?(?P<label>[^\s:：][^:：]{0,59}?)\s*[:：](?!//)\s*(?P<text>.*)$")


def spoken_lines(text: str, speaker: str | None) -> list[tuple[str | None, str]]:
    """The (speaker, words) of one cue's lines. A prefix begins a new speaker; other lines go on with `speaker`."""
    said: list[tuple[str | None, str]] = []
    for line in text.splitlines():
        found = _PREFIX.match(line.strip())
        if found and looks_like_speaker(found["label"]):
            said.append((found["label"], found["text"]))
        elif line.strip():
            if said:
                said[-1] = said[-1][0], f"{said[-1][1]} {line.strip()}".strip()
            else:
                said.append((speaker, line.strip()))
    return said


def captioned(cues: list[tuple[str | None, str, float, float]], place: Place, name: str) -> Conversation:
    """The conversation of (speaker, words, start, end); a cue without a speaker goes on with the one before."""
    utterances: list[Utterance] = []
    current: str | None = None
    for speaker, text, start, end in cues:
        current = speaker or current
        label = current or NO_SPEAKER
        utterances.append(Utterance(label, text, role=role_of_label(label), start=start, end=end))
    return Conversation(place.default_id, utterances, place, name, fragmentary=True)


def missing_library(what: str) -> ConfigError:
    """The error for captions that cannot be read without the extra."""
    return ConfigError(f"the library that reads {what} is not installed: pip install 'coach[formats]'")
