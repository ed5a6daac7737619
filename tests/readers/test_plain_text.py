"""Plain text with speaker prefixes."""

from __future__ import annotations

from pathlib import Path

import pytest

from coach.readers.plain_text import KNOWN_LABELS
from tests.readers.inputs import FIXTURES, ROLES, read_all, read_one, said, the_error, times


def write(folder: Path, text: str) -> Path:
    path = folder / "call.txt"
    path.write_text(text, encoding="utf-8")
    return path


def test_turns_times_continuation_lines_and_events_are_read() -> None:
    transcript = read_one(FIXTURES / "call.txt")
    assert said(transcript) == [
        ("agent", "Good morning, this is Ana, how can I help you?"),
        ("customer", "My parcel has not arrived.\nIt was due on Monday."),
        ("customer", "[line noise]"),
        ("agent", "I am sorry about that. Let me have a look."),
    ]
    assert [start for start, _ in times(transcript)] == [0.0, 4.0, 9.0, 11.0]


def test_dialogues_are_parted_by_a_line_of_dashes() -> None:
    good, _ = read_all(FIXTURES / "llamada.txt")
    assert [item.id for item in good] == ["llamada#1", "llamada#2"]
    assert said(good[1])[-1] == ("customer", "[cuelga]")


def test_blank_lines_do_not_part_dialogues(tmp_path: Path) -> None:
    assert len(read_one(write(tmp_path, "Agent: Hello\n\n\nCustomer: Hi\n")).turns) == 2


def test_chinese_prefixes_with_full_width_colons_are_read() -> None:
    transcript = read_one(FIXTURES / "chinese.txt")
    assert [turn.speaker for turn in transcript.turns] == ["agent", "customer", "customer"]
    assert transcript.turns[2].is_event


@pytest.mark.parametrize(
    ("role", "label"), [(role, label) for role, labels in KNOWN_LABELS.items() for label in labels]
)
def test_every_documented_prefix_is_known_in_any_case(tmp_path: Path, role: str, label: str) -> None:
    path = write(tmp_path, f"{label.title()}: one\nAgent: two\n{label}：three\n")
    first = read_one(path).turns[0]
    assert first.speaker == ("customer" if role == "customer" else "agent")
    assert first.is_event == (role == "bot")


@pytest.mark.parametrize(
    ("line", "start", "end"),
    [
        ("[00:12] Agent: Hello", 12.0, None),
        ("00:00:12 Agent: Hello", 12.0, None),
        ("(1:02:03.5) Agent: Hello", 3723.5, None),
        ("[00:12 - 00:15] Agent: Hello", 12.0, 15.0),
        ("[00:00:12,250 --> 00:00:15] Agent: Hello", 12.25, 15.0),
        ("Agent: Hello", None, None),
    ],
)
def test_times_before_the_prefix_are_read(tmp_path: Path, line: str, start: float | None, end: float | None) -> None:
    path = write(tmp_path, f"[00:01] Customer: Hi\n{line}\n")
    assert times(read_one(path))[1] == (start, end)


def test_times_of_day_count_from_the_first_turn_and_past_midnight(tmp_path: Path) -> None:
    path = write(tmp_path, "23:59:50 Agent: Hello\n00:00:05 Customer: Hi\n")
    assert [start for start, _ in times(read_one(path))] == [0.0, 15.0]


def test_a_time_in_the_text_is_no_prefix(tmp_path: Path) -> None:
    path = write(tmp_path, "Agent: We open at\n10:30 and close at 18:00\nor see https://example.com: always\n")
    assert len(read_one(path).turns) == 1


def test_other_prefixes_are_refused_with_the_flag_that_names_them() -> None:
    error = the_error(FIXTURES / "names.txt")
    assert "'Maria' (1 turns), 'John' (1 turns)" in error.message
    assert "--roles Maria=ROLE,John=ROLE" in error.hint
    assert error.line == 1


def test_other_prefixes_are_read_with_a_map() -> None:
    transcript = read_one(FIXTURES / "names.txt", roles=ROLES)
    assert [turn.speaker for turn in transcript.turns] == ["agent", "customer"]
    assert transcript.metadata["spoken_by"] == ["Maria", "John"]


def test_a_single_stranger_among_known_prefixes_is_not_given_to_anybody(tmp_path: Path) -> None:
    error = the_error(write(tmp_path, "Agent: Hello\nCustomer: Hi\nSupervisor: Good day\n"))
    assert error.line == 3
    assert "turn 2: unknown speaker 'Supervisor'" in error.message


@pytest.mark.parametrize("name", ["maria", "María José", "desk_7", "王小明", "Q&A desk"])
def test_names_of_any_shape_are_asked_about(tmp_path: Path, name: str) -> None:
    error = the_error(write(tmp_path, f"Agent: Hello\n{name}: Hi\n"))
    assert f"unknown speaker {name!r}" in error.message


def test_a_name_in_lower_case_can_be_mapped(tmp_path: Path) -> None:
    path = write(tmp_path, "the shop: Hello\nmaria: Hi\n")
    assert said(read_one(path, roles={"the shop": "agent", "maria": "customer"})) == [
        ("agent", "Hello"),
        ("customer", "Hi"),
    ]


def test_indented_dialogues_are_read_and_indented_lines_go_on_with_a_turn(tmp_path: Path) -> None:
    path = write(tmp_path, "  Agent: These are the steps.\n    Note: unplug it first.\n  Customer: Fine\n")
    expected = [("agent", "These are the steps.\nNote: unplug it first."), ("customer", "Fine")]
    assert said(read_one(path)) == expected


def test_a_heading_can_be_declared_as_text(tmp_path: Path) -> None:
    path = write(tmp_path, "Agent: These are the steps.\nNote: unplug it first.\n")
    transcript = read_one(path, roles={"Note": "text"})
    assert said(transcript) == [("agent", "These are the steps.\nNote: unplug it first.")]


def test_several_agents_are_kept_apart(tmp_path: Path) -> None:
    transcript = read_one(write(tmp_path, "Agent 1: Hello\nCustomer: Hi\nAgent 2: I take over\n"))
    assert transcript.metadata["spoken_by"] == ["Agent 1", "Customer", "Agent 2"]


def test_a_speaker_can_be_left_out(tmp_path: Path) -> None:
    path = write(tmp_path, "Agent: Hello\nSystem: timer started\nCustomer: Hi\n")
    assert said(read_one(path, roles={"System": "skip"})) == [("agent", "Hello"), ("customer", "Hi")]


def test_an_event_before_anybody_speaks_belongs_to_whoever_speaks_first(tmp_path: Path) -> None:
    assert said(read_one(write(tmp_path, "[ringing]\nCustomer: Hi\n")))[0] == ("customer", "[ringing]")


def test_only_events_are_no_conversation(tmp_path: Path) -> None:
    assert "no turn has any speech" in the_error(write(tmp_path, "Agent: [hold music]\nCustomer: [hangs up]\n")).message


def test_a_turn_beyond_the_limit_is_refused_with_its_line(tmp_path: Path) -> None:
    error = the_error(write(tmp_path, "Agent: Hello\nCustomer: " + "a" * 30_000))
    assert error.message == "turn 1 has 30,000 characters; the limit is 20,000"
    assert error.line == 2
