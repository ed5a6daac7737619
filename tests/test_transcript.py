from __future__ import annotations

import pytest
from pydantic import ValidationError

from coach.transcript import MAX_TURN_CHARACTERS, Transcript, Turn
from tests.builders import conversation


@pytest.mark.parametrize("text", ["[挂机]", "[silencio]", " [hangs up] ", "[noise] [noise]", "【静音】", ""])
def test_a_bracketed_or_empty_turn_is_an_event(text: str) -> None:
    assert Turn(index=0, speaker="agent", text=text).is_event


@pytest.mark.parametrize("text", ["Hello [noise]", "[a] hello [b]", "hello"])
def test_a_turn_with_words_is_speech(text: str) -> None:
    assert not Turn(index=0, speaker="agent", text=text).is_event


def test_turn_indexes_have_to_count_up_from_zero() -> None:
    turns = [{"index": 0, "speaker": "agent", "text": "a"}, {"index": 2, "speaker": "agent", "text": "b"}]
    with pytest.raises(ValidationError, match="turn 1 has index 2"):
        Transcript.model_validate({"id": "x", "turns": turns})


def test_a_conversation_without_any_speech_is_refused() -> None:
    with pytest.raises(ValidationError, match="no turn has any speech"):
        conversation("A: [silence]")


def test_a_turn_cannot_end_before_it_starts() -> None:
    with pytest.raises(ValidationError, match=r"end \(1\) is before start \(2\)"):
        Turn(index=0, speaker="agent", text="a", start=2, end=1)


def test_times_that_are_no_numbers_are_refused() -> None:
    with pytest.raises(ValidationError):
        Turn(index=0, speaker="agent", text="a", start=float("nan"))


def test_an_absurdly_long_turn_is_refused() -> None:
    with pytest.raises(ValidationError):
        Turn(index=0, speaker="agent", text="a" * (MAX_TURN_CHARACTERS + 1))


def test_the_content_hash_does_not_depend_on_id_or_metadata() -> None:
    one = conversation("A: Hello", id="one")
    other = one.model_copy(update={"id": "other", "metadata": {"queue": "b"}})
    assert one.content_hash() == other.content_hash()


def test_the_content_hash_depends_on_every_word() -> None:
    assert conversation("A: Hello").content_hash() != conversation("A: Hello!").content_hash()


def test_region_does_not_change_the_primary_language() -> None:
    assert conversation("A: 您好", language="zh-CN").primary_language == "zh"


def test_a_conversation_is_timed_only_if_every_turn_is() -> None:
    assert conversation("A: Hi", "C: Hi", times=[0, 1, 2, 3]).timed
    assert not conversation("A: Hi", "C: Hi").timed
