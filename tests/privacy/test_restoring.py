"""Placeholders: the same thing the same one, and the way back to the original words."""

from __future__ import annotations

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from coach.evidence import find_turn
from coach.privacy import PersonalDataRedactor
from coach.transcript import Transcript, Turn
from tests.builders import conversation
from tests.privacy.masking import redact, sent

PIECES = st.sampled_from(
    ["138-0013-8000", "13800138000", "Mr. Finch", "señora Ibáñez", "邹先生", "我叫戴雪琴", "order #4471902",
     "{PHONE_1}", "[NAME_1]", "NAME_1",
     "a@b.co", "gu1a@x.es", "oh one two three four five six",
     "幺三八零零一三八零零零", " ", ", ", ". ", "\n", "[", "]", "{", "}", "name is Will", "工号118号"]
)  # fmt: skip
TEXTS = st.one_of(st.text(max_size=200), st.lists(PIECES, max_size=12).map("".join))


@settings(deadline=None, max_examples=300)
@given(TEXTS)
@example("13800138000, 138-0013-8000")
@example("{PHONE_1} 13800138000")
@example("[13800138000")
def test_what_was_redacted_is_restored_letter_by_letter(text: str) -> None:
    turns = (Turn(index=0, speaker="agent", text=text), Turn(index=1, speaker="customer", text="Hello."))
    redaction = PersonalDataRedactor().redact(Transcript(id="x", turns=turns))
    assert redaction.restore(redaction.transcript.turns[0].text) == text


@settings(deadline=None, max_examples=100)
@given(st.lists(TEXTS, min_size=1, max_size=6))
def test_redaction_keeps_turns_speakers_and_events(texts: list[str]) -> None:
    turns = [
        Turn(index=i, speaker="agent" if i % 2 else "customer", text=text) for i, text in enumerate([*texts, "Hi."])
    ]
    original = Transcript(id="x", turns=tuple(turns))
    kept = PersonalDataRedactor().redact(original).transcript
    assert [(t.index, t.speaker, t.is_event) for t in kept.turns] == [(t.index, t.speaker, t.is_event) for t in turns]


def test_redaction_is_deterministic() -> None:
    lines = ("A: May I have your name?", "C: Crystal Minh, (503) 555-0142.", "A: Thank you, Ms. Minh.")
    assert redact(*lines).transcript == redact(*lines).transcript


def test_the_same_number_written_differently_has_the_same_placeholder() -> None:
    said = sent(
        "C: My phone is 138-0013-8000.", "A: 13800138000?", "C: 幺三八零零一三八零零零。", "C: +86 138 0013 8000"
    )
    assert [text.count("{PHONE_1}") for text in said] == [1, 1, 1, 1]


def test_a_number_read_back_wrongly_has_another_placeholder() -> None:
    assert sent("C: My phone is 13800138000.", "A: 13800138001?")[1] == "{PHONE_2}?"


def test_the_end_of_a_known_number_says_so() -> None:
    assert (
        sent("C: My card is 4539 1488 0343 6467.", "A: The card ending in 6467?")[1]
        == "The card ending in {CARD_1_LAST_4}?"
    )


def test_a_name_is_the_same_with_and_without_its_title() -> None:
    assert sent("C: My name is Crystal Minh.", "A: Thank you, Ms. Minh. Minh with an h?") == [
        "My name is {NAME_1} {NAME_2}.",
        "Thank you, Ms. {NAME_2}. {NAME_2} with an h?",
    ]


def test_surname_and_given_name_are_told_apart_in_chinese() -> None:
    assert sent("C: 我叫罗建波。", "A: 罗先生，您好。") == ["我叫{NAME_1}{NAME_2}。", "{NAME_1}先生，您好。"]


@pytest.mark.parametrize("literal", ["{PHONE_1}", "[PHONE_1]", "PHONE_1", "phone_1", "{PHONE_1_PART_2}"])
def test_what_looks_like_a_placeholder_in_the_original_stays_what_it_is(literal: str) -> None:
    redaction = redact(f"C: The form says {literal}. Call me on 13800138000.")
    assert redaction.transcript.turns[0].text == f"The form says {literal}. Call me on {{PHONE_2}}."
    assert redaction.restore(f"about {literal}") == f"about {literal}"


@pytest.mark.parametrize(
    "written",
    [
        "{PHONE_1}",
        "{phone_1}",
        "[PHONE_1]",
        "<PHONE_1>",
        "PHONE_1",
        "Phone_1",
        "[phone 1]",
        "[ PHONE-1 ]",
        "{PHONE_1",
        "【PHONE_1】",
    ],
)
def test_a_placeholder_is_known_whatever_a_model_does_to_its_case_and_brackets(written: str) -> None:
    redaction = redact("C: Call me on 138 0013 8000.")
    assert redaction.restore(f"wrote down {written} twice") == "wrote down 138 0013 8000 twice"


def test_an_unknown_placeholder_is_left_alone() -> None:
    assert redact("C: Call me on 13800138000.").restore("{PHONE_12} {NAME_1}") == "{PHONE_12} {NAME_1}"


def test_a_quote_has_the_spelling_of_the_turn_that_it_is_from() -> None:
    redaction = redact("C: My phone is 13800138000.", "A: I noted 138-0013-8000, is that right?")
    assert redaction.restore("I noted {PHONE_1}") == "I noted 138-0013-8000"


def test_a_quote_that_is_only_the_placeholder_is_the_agents() -> None:
    redaction = redact("C: My phone is 13800138000.", "A: I noted 138-0013-8000, is that right?")
    assert redaction.restore("PHONE_1") == "138-0013-8000"


@pytest.mark.parametrize(
    "quote", ["i noted phone_1, is THAT right", "I noted  [PHONE_1] , is that", "“I noted {PHONE_1} … right?”"]
)
def test_an_inexact_quote_is_still_found_in_the_original(quote: str) -> None:
    lines = ("C: My phone is 13800138000.", "A: I noted 138-0013-8000, is that right?")
    found = find_turn(redact(*lines).restore(quote), conversation(*lines), 1, "agent")
    assert found is not None
    assert "138-0013-8000" in found[1]


def test_a_reason_or_rewrite_gets_the_words_that_came_up_first() -> None:
    redaction = redact("C: I'm Mr. Finch.", "A: Okay, FINCH.")
    assert redaction.restore("Thank you, Mr. {NAME_1}, for waiting.") == "Thank you, Mr. Finch, for waiting."


def test_a_turn_that_is_only_a_number_is_no_event() -> None:
    assert not redact("A: Your phone?", "C: 13800138000").transcript.turns[1].is_event


def test_the_agent_and_metadata_are_not_in_what_is_sent() -> None:
    transcript = conversation("A: Hello.").model_copy(
        update={"agent": "Marisol Vega", "metadata": {"caller": "13800138000"}}
    )
    kept = PersonalDataRedactor().redact(transcript).transcript
    assert (kept.agent, kept.metadata) == (None, {})


def test_a_transcript_without_personal_data_is_sent_as_it_is() -> None:
    assert sent("A: Hello, how can I help?", "C: 你好，快递什么时候到？") == [
        "Hello, how can I help?",
        "你好，快递什么时候到？",
    ]


def test_the_name_carries_a_version() -> None:
    assert PersonalDataRedactor().name.rpartition("-")[2].isdigit()
