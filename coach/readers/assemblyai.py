"""AssemblyAI: a transcript with its utterances.

Promise: speakers are letters or channels, and neither says who it is: `--roles A=agent,B=customer` does. A transcript that was
made without telling speakers apart is refused with what to ask the service for.
"""

from __future__ import annotations

from typing import Any

from pydantic import Field

from coach.readers.conversation import Conversation, Place, Utterance
from coach.readers.format import JsonFormat, Read
from coach.readers.layout import Layout, parse
from coach.readers.options import ReadOptions

__all__ = ["ASSEMBLYAI"]


class _Utterance(Layout):
    speaker: str | None = None
    channel: str | None = None
    start: float
    end: float
    text: str


class _Document(Layout):
    id: str | None = None
    status: str | None = None
    error: str | None = None
    language: str | None = Field(None, alias="language_code")
    utterances: list[_Utterance] | None = None


def _recognises(document: Any) -> bool:
    if not isinstance(document, dict) or "utterances" not in document:
        return False
    utterances = document["utterances"]
    if isinstance(utterances, list) and utterances:
        first = utterances[0]
        return (
            isinstance(first, dict)
            and {"start", "end", "text"} <= first.keys()
            and bool({"speaker", "channel"} & first.keys())
        )
    return "audio_url" in document or {"status", "text"} <= document.keys()


def _read(document: Any, place: Place, _options: ReadOptions) -> Read:
    parsed = parse(_Document, document, place, "an AssemblyAI transcript")
    if parsed.status == "error":
        raise place.error(f"the transcription failed: {parsed.error or 'no reason given'}")
    if not parsed.utterances:
        hint = "transcribe with speaker_labels or multichannel"
        raise place.error("the transcript has no utterances, so nobody can tell who spoke", hint=hint)
    yield Conversation(
        id=parsed.id or place.default_id,
        utterances=[
            Utterance(
                said.speaker or said.channel or "(no speaker)", said.text, start=said.start / 1000, end=said.end / 1000
            )
            for said in parsed.utterances
        ],
        place=place,
        format="assemblyai",
        language=parsed.language.replace("_", "-") if parsed.language else None,
        fragmentary=True,
    )


ASSEMBLYAI = JsonFormat("assemblyai", "AssemblyAI transcript", _recognises, _read)
