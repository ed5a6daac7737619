"""CSV, TSV, XLSX and JSON with one message a row."""

from __future__ import annotations

import datetime
import json
from pathlib import Path

import openpyxl
import pytest

from tests.readers.inputs import FIXTURES, read_all, read_one, said, the_error, times

MAPPED = {"id": "Ticket", "speaker": "Who", "text": "Message", "start": "When"}


def write(folder: Path, text: str, name: str = "table.csv") -> Path:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


def test_rows_are_grouped_by_conversation_even_where_they_are_interleaved() -> None:
    good, bad = read_all(FIXTURES / "messages.csv")
    assert [item.id for item in good] == ["c-1", "c-2"]
    assert said(good[0]) == [
        ("agent", "Hello, how can I help?"),
        ("customer", 'My parcel says "delivered", but it is not here.'),
    ]
    assert bad == []


def test_agent_language_channel_and_times_come_from_their_columns() -> None:
    second = read_all(FIXTURES / "messages.csv")[0][1]
    assert (second.agent, second.language, second.channel) == ("A-2", "es", "phone")
    assert times(second) == [(0.0, 1.0), (1.2, 1.8)]


def test_unknown_columns_are_refused_with_the_columns_there_are() -> None:
    error = the_error(FIXTURES / "semicolons.csv")
    assert "Ticket, Who, Message, When" in error.message
    assert "--columns speaker=COLUMN,text=COLUMN" in error.hint


def test_columns_can_be_named_and_dates_become_seconds() -> None:
    transcript = read_one(FIXTURES / "semicolons.csv", columns=MAPPED)
    assert transcript.id == "7"
    assert times(transcript) == [(0.0, None), (20.0, None)]


def test_a_named_column_that_is_not_there_is_refused() -> None:
    error = the_error(FIXTURES / "messages.csv", columns={"text": "Wording"})
    assert "there is no column 'Wording'; there are conversation_id, speaker, text" in error.message


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_the_delimiter_is_found(tmp_path: Path, delimiter: str) -> None:
    rows = [("speaker", "text"), ("agent", "Hello"), ("customer", "Hi")]
    path = write(tmp_path, "\n".join(delimiter.join(row) for row in rows))
    assert said(read_one(path)) == [("agent", "Hello"), ("customer", "Hi")]


def test_a_table_without_ids_is_one_conversation_named_after_the_file(tmp_path: Path) -> None:
    assert read_one(write(tmp_path, "speaker,text\nagent,Hello\n", "call-9.csv")).id == "call-9"


@pytest.mark.parametrize(
    ("text", "line", "message"),
    [
        ("conversation_id,speaker,text\n1,agent,Hello\n,agent,Hello\n", 3, "row 3 has no conversation id"),
        ("conversation_id,speaker,text,start\n1,agent,Hello,0\n2,agent,Hi,soon\n", 3, "row 3, column 'start': 'soon'"),
        ("conversation_id,speaker,text\n1,agent,Hello\n2,Maria,Hello\n", 3, "unknown speaker 'Maria'"),
        ("conversation_id,speaker,text\n1,agent,Hello\n2,agent,\n", 3, "has no words in it"),
        (
            "conversation_id,speaker,text\n1,agent,Hello\n2,agent," + "a" * 30_000 + "\n",
            3,
            "turn 0 has 30,000 characters",
        ),
    ],
)
def test_a_bad_row_costs_its_own_conversation_only(tmp_path: Path, text: str, line: int, message: str) -> None:
    good, bad = read_all(write(tmp_path, text))
    assert [item.id for item in good] == ["1"]
    assert message in bad[0].message
    assert bad[0].line == line


@pytest.mark.parametrize(
    ("text", "line", "message"),
    [
        ("speaker,text\n", None, "there is no conversation in it"),
        ("speaker,text\nagent,Hello,extra\n", 2, "3 cells, the header 2"),
        ('speaker,text\nagent,Hello\nagent,"never closed\nx\n', 3, "unexpected end of data"),
    ],
)
def test_a_broken_table_is_refused_with_its_line(tmp_path: Path, text: str, line: int | None, message: str) -> None:
    error = read_all(write(tmp_path, text))[1][-1]
    assert message in error.message
    assert error.line == line


def test_a_cell_of_five_megabytes_is_an_overlong_turn(tmp_path: Path) -> None:
    error = the_error(write(tmp_path, "speaker,text\nagent," + "a" * 5_000_000 + "\n"))
    assert error.message == "turn 0 has 5,000,000 characters; the limit is 20,000"


def test_a_row_that_is_not_text_is_named(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes(b"speaker,text\n" + b"agent,Hello there\n" * 10_000 + b"agent,adi\xf3s\n")
    error = the_error(path)
    assert error.line == 10_002
    assert "--encoding" in error.hint


def test_a_channel_or_language_in_words_stays_in_the_metadata(tmp_path: Path) -> None:
    path = write(tmp_path, "speaker,text,channel,language\nagent,Hello,Pigeon post,English\n")
    transcript = read_one(path)
    assert (transcript.channel, transcript.language) == (None, None)
    assert transcript.metadata["channel"] == "Pigeon post"
    assert transcript.metadata["language"] == "English"


def test_a_workbook_is_read_with_its_dates(tmp_path: Path) -> None:
    path = tmp_path / "book.xlsx"
    book = openpyxl.Workbook()
    book.create_sheet("Cover", 0)
    sheet = book["Sheet"]
    sheet.append(["Conversation ID", "Speaker", "Message", "Start"])
    sheet.append([12, "agent", "Hello", datetime.datetime(2026, 1, 31, 9, 30)])
    sheet.append([12, "customer", 4711, datetime.datetime(2026, 1, 31, 9, 30, 8)])
    book.save(path)
    transcript = read_one(path)
    assert transcript.id == "12"
    assert said(transcript) == [("agent", "Hello"), ("customer", "4711")]
    assert times(transcript) == [(0.0, None), (8.0, None)]


def test_a_workbook_is_known_by_its_content(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    book.worksheets[0].append(["speaker", "text"])
    book.worksheets[0].append(["agent", "Hello"])
    book.save(tmp_path / "book.xlsx")
    path = (tmp_path / "book.xlsx").rename(tmp_path / "export.txt")
    assert read_one(path).id == "export"


def test_a_damaged_workbook_is_an_error(tmp_path: Path) -> None:
    path = tmp_path / "book.xlsx"
    path.write_bytes(b"PK\x03\x04 and then nothing that is a zip")
    assert "not an Excel workbook" in the_error(path).message


def test_an_empty_workbook_is_an_error(tmp_path: Path) -> None:
    path = tmp_path / "book.xlsx"
    openpyxl.Workbook().save(path)
    assert "no sheet with a header and a row" in the_error(path).message


def test_messages_of_chat_models_one_a_line_are_grouped() -> None:
    good, _ = read_all(FIXTURES / "messages.jsonl")
    assert [item.id for item in good] == ["m-1", "m-2"]
    assert said(good[0])[0] == ("customer", "Hello, my parcel is late.")
    assert times(good[0]) == [(0.0, None), (8.0, None)]


def test_a_list_of_messages_is_one_conversation(tmp_path: Path) -> None:
    messages = [
        {"role": "system", "content": "Be kind"},
        {"role": "user", "content": "Hi"},
        {"role": "assistant", "content": "Hello"},
    ]
    path = write(tmp_path, json.dumps(messages), "talk.json")
    assert said(read_one(path)) == [("customer", "Hi"), ("agent", "Hello")]


def test_columns_can_be_named_for_json_messages(tmp_path: Path) -> None:
    rows = [{"Ticket": 3, "Who": "agent", "Message": "Hello"}, {"Ticket": 3, "Who": "customer", "Message": "Hi"}]
    path = write(tmp_path, "\n".join(json.dumps(row) for row in rows), "a.jsonl")
    assert read_one(path, columns={"id": "Ticket", "speaker": "Who", "text": "Message"}).id == "3"


def test_a_broken_line_among_messages_is_one_error(tmp_path: Path) -> None:
    path = write(
        tmp_path, '{"role": "user", "content": "Hi"}\n{"role": \n{"role": "assistant", "content": "Hello"}\n', "a.jsonl"
    )
    good, bad = read_all(path)
    assert len(good[0].turns) == 2
    assert [error.line for error in bad] == [2]
