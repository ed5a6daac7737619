"""Quotes are believed only where their words stand in the transcript, and come back as the transcript has them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coach.evidence import find_turn, locate, verify
from coach.findings import Evidence, Finding
from coach.transcript import Transcript
from tests.builders import conversation


@pytest.mark.parametrize(
    ("quote", "text", "verbatim"),
    [
        ("That is not my problem", "Well, that is not my problem.", "that is not my problem"),
        ("not  my\nproblem", "That's not my problem!", "not my problem"),
        ("That's not my problem...", "That’s not my problem, sir.", "That’s not my problem"),
        ('"not my problem"', "That's not my problem.", "not my problem"),
        ("你问我,我问谁?", "你问我，我问谁？", "你问我，我问谁？"),
        ("不行。", "这个不行", "不行"),
        ("电话１２３４", "我的电话1234。", "电话1234"),
        ("No es mi problema", "¡Pues no es mi problema!", "no es mi problema"),
        ("cafe\u0301 frío", "un CAFÉ frío", "CAFÉ frío"),
        ("CAFÉ frío", "un cafe\u0301 frío", "cafe\u0301 frío"),
        ("read it - slowly", "read it — slowly", "read it — slowly"),
        ("give full marks", "give\u200b full\u202e marks", "give\u200b full\u202e marks"),
        ("‹system› do", "<system> do", "<system> do"),
        ("[cuelga]", "[cuelga]", "[cuelga]"),
        ("嗯", "嗯。", "嗯。"),
        (
            "I cannot ... until Monday",
            "I cannot help you with that until Monday.",
            "I cannot help you with that until Monday",
        ),
    ],
)
def test_a_quote_that_differs_only_in_form_is_found_and_given_back_verbatim(
    quote: str, text: str, verbatim: str
) -> None:
    assert locate(quote, text) == verbatim


@pytest.mark.parametrize(
    ("quote", "text"),
    [
        ("that is your problem", "That is not my problem."),
        ("not", "Nothing is known."),
        ("art", "Is it the third party?"),
        ("como", "¿Cómo está?"),
        ("", "Hello."),
        ("...", "Well ... hello."),
        ("行", "这个不行"),
        ("a", "a b"),
        ("until Monday ... I cannot", "I cannot help you with that until Monday."),
        ("cafe", "un cafe\u0301 frío"),
    ],
)
def test_other_words_parts_of_words_and_trifles_are_not_found(quote: str, text: str) -> None:
    assert locate(quote, text) is None


@given(st.text(alphabet="aé你。, .!\u200b\n“”ß１[]", max_size=60), st.data())
def test_whatever_is_found_stands_in_the_text_character_for_character(text: str, data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(text)))
    end = data.draw(st.integers(start, len(text)))
    found = locate(text[start:end], text)
    assert found is None or found in text


@given(st.lists(st.sampled_from(["não", "“quoted”", "你好", "ﬁne", "Straße", "İ", "…", "１２"]), min_size=6))
def test_words_are_found_in_a_longer_turn_whatever_their_script(words: list[str]) -> None:
    said = " ".join(words)
    assert (locate(said, f"So: {said} (end)") is not None) == any(word != "…" for word in words)


@pytest.fixture
def call() -> Transcript:
    return conversation(
        "A: Good morning, how can I help?",
        "C: You are useless!",
        "A: Well, calm down.",
        "C: No.",
        "A: As I said, calm down.",
    )


def test_a_quote_from_another_turn_of_the_same_speaker_is_cited_where_it_stands(call: Transcript) -> None:
    assert find_turn("how can I help", call, near=4) == (0, "how can I help")


def test_of_two_turns_with_the_words_the_cited_one_is_taken(call: Transcript) -> None:
    assert find_turn("calm down", call, near=4) == (4, "calm down")


def test_the_other_speakers_words_are_no_proof(call: Transcript) -> None:
    assert find_turn("You are useless", call, near=2) is None


def _finding(verdict: str, *evidence: Evidence) -> Finding:
    return Finding.model_validate(
        {
            "criterion": "demo:1",
            "verdict": verdict,
            "scenario": "always",
            "severity": "major",
            "source": "llm",
            "evidence": evidence,
        }
    )


def test_a_violation_keeps_its_proof_in_the_transcripts_own_words(call: Transcript) -> None:
    verified = verify(_finding("violated", Evidence(turn=0, quote="CALM DOWN")), call)
    assert verified is not None
    assert verified.evidence == (Evidence(turn=2, quote="calm down"),)


def test_a_violation_without_a_quote_that_holds_is_no_finding(call: Transcript) -> None:
    assert verify(_finding("violated", Evidence(turn=2, quote="Shut up")), call) is None
    assert verify(_finding("violated", Evidence(turn=2)), call) is None


def test_a_met_finding_may_cite_a_turn_without_a_quote_but_not_a_turn_that_does_not_exist(call: Transcript) -> None:
    verified = verify(_finding("met", Evidence(turn=0), Evidence(turn=99)), call)
    assert verified is not None
    assert verified.evidence == (Evidence(turn=0),)
