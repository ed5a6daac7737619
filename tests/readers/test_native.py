"""Native JSON Lines: what is accepted, and what each kind of broken input says."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from coach.readers import streams
from tests.readers.inputs import FIXTURES, read_all, read_one, said, the_error

GOOD = {"id": "ok", "turns": [{"speaker": "agent", "text": "Hello"}, {"speaker": "customer", "text": "Hi"}]}


def write(path: Path, *lines: Any) -> Path:
    """A file with these lines: bytes and text as they are, anything else as JSON."""
    raw = [
        line if isinstance(line, bytes) else line.encode() if isinstance(line, str) else json.dumps(line).encode()
        for line in lines
    ]
    path.write_bytes(b"\n".join(raw) + b"\n")
    return path


def test_a_transcript_is_read_field_for_field() -> None:
    first = read_all(FIXTURES / "native.jsonl")[0][0]
    assert (first.id, first.language, first.channel, first.agent) == ("n-1", "en", "phone", "A-107")
    assert first.metadata == {"queue": "parcels"}
    assert first.turns[1].text == "My parcel is late."
    assert (first.turns[1].start, first.turns[1].end) == (3.0, 4.2)


def test_a_missing_index_is_filled_in_and_foreign_keys_are_passed_over() -> None:
    second = read_all(FIXTURES / "native.jsonl")[0][1]
    assert [turn.index for turn in second.turns] == [0, 1]
    assert second.metadata == {}


def test_a_json_file_with_a_list_of_transcripts_is_read() -> None:
    good, bad = read_all(FIXTURES / "native_list.json")
    assert [item.id for item in good] == ["l-1", "l-2"]
    assert bad == []


def test_a_json_file_with_one_indented_transcript_is_read(tmp_path: Path) -> None:
    path = tmp_path / "one.json"
    path.write_text(json.dumps(GOOD, indent=2))
    assert read_one(path).id == "ok"


def test_one_bad_line_does_not_stop_the_others(tmp_path: Path) -> None:
    path = write(tmp_path / "a.jsonl", GOOD, '{"id": "cut", "tur', {**GOOD, "id": "after"})
    good, bad = read_all(path)
    assert [item.id for item in good] == ["ok", "after"]
    assert [error.line for error in bad] == [2]


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ('{"id": "x", "turns": [{"speaker": "agent", "te', "not valid JSON at column 44: unterminated string"),
        ("[1, 2]", "the line is a list, not an object"),
        ('"text"', "the line is a text, not an object"),
        ({"turns": [{"speaker": "agent", "text": "Hello"}]}, "id: field required"),
        ({"id": "x"}, 'not a transcript: it needs "id" and "turns"'),
        ({"id": "x", "turns": []}, "turns: "),
        ({"id": "x", "turns": ["Hello"]}, "turn 0 is not an object"),
        ({"id": "x", "turns": [{"speaker": "agent", "text": 5}]}, "turns.0.text: input should be a valid string"),
        ({"id": "x", "turns": [{"speaker": "agent"}]}, "turns.0.text: field required"),
        ({"id": "x", "turns": [{"speaker": "agent", "text": "Hi", "start": "soon"}]}, "turns.0.start"),
        (
            {"id": "x", "turns": [{"speaker": "agent", "text": "Hi", "start": 2, "end": 1}]},
            "end (1) is before start (2)",
        ),
        ({"id": "x", "turns": [{"index": 3, "speaker": "agent", "text": "Hi"}]}, "turn 0 has index 3"),
        ({"id": "x", "turns": [{"speaker": "agent", "text": "[hangs up]"}]}, "no turn has any speech"),
        ({"id": "x", "turns": [{"speaker": ["agent"], "text": "Hi"}]}, "turns.0.speaker"),
        ({**GOOD, "channel": "pigeon"}, "channel"),
        ({**GOOD, "id": 7}, "id: input should be a valid string"),
        ('{"id": "x", "turns": [{"speaker": "agent", "text": "Hi", "start": NaN}]}', "NaN is no JSON number"),
        ('{"id": "\\ud800", "turns": [{"speaker": "agent", "text": "Hi"}]}', "half of a surrogate pair"),
        ("[" * 100_000, "too deeply nested"),
        (b'{"id": "x\xff"}', "not valid UTF-8 (byte 0xff)"),
    ],
)
def test_what_is_wrong_is_said_with_the_line(tmp_path: Path, line: Any, message: str) -> None:
    path = write(tmp_path / "a.jsonl", GOOD, line)
    good, bad = read_all(path)
    assert len(good) == 1
    assert message in str(bad[0])
    assert str(bad[0]).startswith(f"{path}:2: ")


def test_a_cut_off_file_says_so(tmp_path: Path) -> None:
    error = the_error(write(tmp_path / "a.jsonl", json.dumps(GOOD)[:-9]))
    assert error.line == 1
    assert error.hint == "the text is cut off"


def test_an_unknown_speaker_is_named_with_its_turn_and_the_flag_to_use(tmp_path: Path) -> None:
    turns = [{"speaker": "agent", "text": "Hello"}, {"speaker": "rep 2", "text": "Hi"}]
    error = the_error(write(tmp_path / "a.jsonl", {"id": "x", "turns": turns}))
    assert "turn 1: unknown speaker 'rep 2'" in error.message
    assert "--roles 'rep 2=ROLE'" in error.hint


def test_roles_can_name_the_speakers_of_native_lines(tmp_path: Path) -> None:
    path = write(
        tmp_path / "a.jsonl", {"id": "x", "turns": [{"speaker": "Rep", "text": "Hello"}], "metadata": {"a": None}}
    )
    transcript = read_one(path, roles={"rep": "agent"})
    assert said(transcript) == [("agent", "Hello")]
    assert transcript.metadata == {"a": None, "spoken_by": ["Rep"]}


def test_a_turn_of_five_megabytes_is_refused_with_turn_size_and_limit(tmp_path: Path) -> None:
    turns = [{"speaker": "agent", "text": "Hello"}, {"speaker": "customer", "text": "a" * 5_000_000}]
    error = the_error(write(tmp_path / "a.jsonl", {"id": "x", "turns": turns}))
    assert error.message == "turn 1 has 5,000,000 characters; the limit is 20,000"
    assert error.line == 1


def test_a_line_beyond_the_limit_is_thrown_away_and_reading_goes_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(streams, "MAX_LINE_BYTES", 1000)
    path = write(tmp_path / "a.jsonl", GOOD, {**GOOD, "id": "a" * 400_000}, {**GOOD, "id": "after"})
    good, bad = read_all(path)
    assert [item.id for item in good] == ["ok", "after"]
    assert bad[0].line == 2
    assert "the limit is 1,000" in bad[0].message


def test_a_document_beyond_the_limit_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(streams, "MAX_DOCUMENT_BYTES", 1000)
    path = tmp_path / "a.json"
    path.write_text(json.dumps([GOOD] * 5000, indent=1))
    assert "larger than 1,000 bytes" in the_error(path).message


def test_the_second_use_of_an_id_names_the_first(tmp_path: Path) -> None:
    first = write(tmp_path / "a.jsonl", {**GOOD, "id": "other"}, GOOD)
    second = write(tmp_path / "b.jsonl", GOOD)
    good, bad = read_all(first, second)
    assert [item.id for item in good] == ["other", "ok"]
    assert f"id 'ok' was already used at {first}:2" in bad[0].message
    assert (bad[0].source, bad[0].line) == (str(second), 1)


def test_many_lines_that_nothing_knows_give_the_file_up(tmp_path: Path) -> None:
    good, bad = read_all(write(tmp_path / "a.jsonl", *[{"x": n} for n in range(500)]))
    assert good == []
    assert [item.line for item in bad] == [1]
    assert "the 19 lines after it are of no known format either; the rest is not read" in bad[0].message


def test_lines_before_the_first_that_a_format_knows_are_each_reported(tmp_path: Path) -> None:
    good, bad = read_all(write(tmp_path / "a.jsonl", {"x": 1}, {"x": 2}, GOOD, {"x": 3}))
    assert [item.id for item in good] == ["ok"]
    assert [item.line for item in bad] == [1, 2, 4]


def test_an_object_of_no_known_layout_is_told_by_its_keys(tmp_path: Path) -> None:
    error = the_error(write(tmp_path / "a.jsonl", {"foo": 1, "bar": 2}))
    assert "'foo', 'bar'" in error.message
    assert "native" in error.hint
