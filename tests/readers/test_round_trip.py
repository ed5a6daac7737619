"""What was written is read back, whatever it says."""

from __future__ import annotations

import csv
import json
import tempfile
from pathlib import Path

import pysubs2
import webvtt
from hypothesis import given, settings
from hypothesis import strategies as st

from coach.transcript import Transcript
from tests.readers.inputs import read_one, said, times

# No surrogates, which no file can hold, and none of what ends a line, which some formats cannot hold inside a turn.
WORDS = (
    st.text(st.characters(exclude_categories=("Cs", "Cc", "Zl", "Zp")), min_size=1, max_size=40)
    .map(str.strip)
    .filter(bool)
)
SPEECH = WORDS.map(lambda text: f"x {text}".replace("[", "(").replace("【", "(").replace("［", "("))
SPEAKERS = st.sampled_from(["agent", "customer"])
JSON_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | WORDS, lambda value: st.lists(value, max_size=3)
)


@st.composite
def transcripts(draw: st.DrawFn) -> Transcript:
    said = draw(st.lists(st.tuples(SPEAKERS, SPEECH, st.none() | st.integers(0, 3600)), min_size=1, max_size=6))
    turns = [
        {"index": i, "speaker": speaker, "text": text, "start": start, "end": None if start is None else start + 1}
        for i, (speaker, text, start) in enumerate(said)
    ]
    return Transcript.model_validate(
        {
            "id": draw(WORDS),
            "language": draw(st.sampled_from(["en", "es", "zh-CN"])),
            "channel": draw(st.none() | st.sampled_from(["phone", "chat"])),
            "agent": draw(st.none() | WORDS),
            "turns": turns,
            "metadata": draw(st.dictionaries(WORDS, JSON_VALUES, max_size=3)),
        }
    )


def written(text: str, name: str) -> Path:
    path = Path(tempfile.mkdtemp()) / name
    path.write_text(text, encoding="utf-8", newline="")
    return path


@given(transcripts())
def test_native_lines_give_the_same_transcript_back(transcript: Transcript) -> None:
    path = written(transcript.model_dump_json(exclude_defaults=True) + "\n", "a.jsonl")
    assert read_one(path) == transcript


@given(st.lists(st.tuples(SPEAKERS, SPEECH), min_size=1, max_size=6))
def test_plain_text_gives_the_turns_back(turns: list[tuple[str, str]]) -> None:
    path = written("".join(f"{speaker.title()}: {text}\n" for speaker, text in turns), "a.txt")
    assert said(read_one(path)) == turns


@given(st.lists(st.tuples(SPEAKERS, SPEECH), min_size=1, max_size=6), st.sampled_from([",", ";", "\t", "|"]))
def test_tables_give_the_turns_back(turns: list[tuple[str, str]], delimiter: str) -> None:
    path = written("", "a.csv")
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, delimiter=delimiter)
        writer.writerow(["conversation_id", "speaker", "text", "start"])
        writer.writerows(["c", speaker, text, number] for number, (speaker, text) in enumerate(turns))
    transcript = read_one(path)
    assert said(transcript) == turns
    assert [start for start, _ in times(transcript)] == [float(number) for number in range(len(turns))]


@given(st.lists(st.tuples(st.sampled_from(["user", "assistant"]), SPEECH), min_size=1, max_size=6))
def test_chat_messages_give_the_turns_back(turns: list[tuple[str, str]]) -> None:
    messages = [{"role": role, "content": text} for role, text in turns]
    path = written(json.dumps({"messages": messages}), "a.json")
    roles = {"user": "customer", "assistant": "agent"}
    assert said(read_one(path)) == [(roles[role], text) for role, text in turns]


PLAIN_WORDS = st.lists(st.from_regex(r"[a-z]{1,8}", fullmatch=True), min_size=1, max_size=6).map(" ".join)


@given(st.lists(st.tuples(SPEAKERS, PLAIN_WORDS), min_size=1, max_size=6))
@settings(max_examples=50)
def test_srt_gives_turns_and_times_back(turns: list[tuple[str, str]]) -> None:
    subtitles = pysubs2.SSAFile()
    for number, (speaker, text) in enumerate(turns):
        subtitles.append(pysubs2.SSAEvent(number * 1000, number * 1000 + 500, text=f"{speaker.title()}: {text}"))
    transcript = read_one(written(subtitles.to_string("srt"), "a.srt"), merge_fragments=False)
    assert said(transcript) == turns
    assert times(transcript) == [(float(number), number + 0.5) for number in range(len(turns))]


@given(st.lists(st.tuples(SPEAKERS, PLAIN_WORDS), min_size=1, max_size=6))
@settings(max_examples=50)
def test_webvtt_gives_turns_and_times_back(turns: list[tuple[str, str]]) -> None:
    captions = webvtt.WebVTT()
    for number, (speaker, text) in enumerate(turns):
        cue = webvtt.Caption(f"00:00:{number:02}.000", f"00:00:{number:02}.500", f"<v {speaker.title()}>{text}</v>")
        captions.captions.append(cue)
    transcript = read_one(written(captions.content, "a.vtt"), merge_fragments=False)
    assert said(transcript) == turns
    assert times(transcript) == [(float(number), number + 0.5) for number in range(len(turns))]
