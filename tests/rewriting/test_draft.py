"""Sentences and places."""

from __future__ import annotations

from dataclasses import replace

from coach.findings import Rewrite
from coach.rewriting.draft import Draft, Wording, all_in_place, in_place, join, sentences
from coach.rewriting.scripts import agent_lines
from tests.builders import conversation


def test_a_title_ends_no_sentence() -> None:
    assert sentences("Thank you, Ms. Qiu. One moment.") == ["Thank you, Ms. Qiu.", "One moment."]


def test_chinese_sentences_need_no_spaces() -> None:
    assert sentences("您好！请讲。") == ["您好！", "请讲。"]


def test_a_sentence_without_an_end_gets_one_before_the_next() -> None:
    assert join("one moment please", "Would you mind holding?") == "one moment please. Would you mind holding?"
    assert join("请稍等", "谢谢您。") == "请稍等。谢谢您。"
    assert join("one moment please", "[hold]") == "one moment please [hold]"


def test_an_event_stays_when_its_sentence_goes() -> None:
    turn = conversation("A: Wait. I must look [puts the call on hold]").turns[0]
    draft = Draft.of(turn)
    words = Wording("demo:1", "I would like to look it up", "instead")
    made = draft.without(draft.offending("I must look")).with_words(words).rewrite
    assert made is not None
    assert "[puts the call on hold]" in made.text


def test_an_inserted_turn_moves_the_others_on() -> None:
    placed = in_place(conversation("A: Hello", "C: Hi"), Rewrite(turn=0, place="after", text="How are you?"))
    assert [(turn.index, turn.text) for turn in placed.turns] == [(0, "Hello"), (1, "How are you?"), (2, "Hi")]


def test_of_a_dialogue_only_the_agents_part_is_a_script() -> None:
    assert agent_lines("客户：谢谢。 / 客服：不用谢，应该的。") == ["不用谢，应该的。"]
    assert agent_lines("Agente: ¿Hola? [silencio] Agente: Disculpe, no le oigo.") == ["¿Hola?", "Disculpe, no le oigo."]


def test_words_stand_in_the_order_in_which_they_are_said() -> None:
    draft = Draft.of(conversation("A: One moment.").turns[0])
    for place, text in (("closing", "Bye."), ("after", "Is that clear?"), ("opening", "Hello."), ("before", "Sorry.")):
        draft = draft.with_words(Wording(f"demo:{place}", text, place))
    assert draft.text == "Hello. Sorry. One moment. Is that clear? Bye."


def test_words_added_to_an_unchanged_turn_are_a_turn_of_their_own_unless_joined_to_it() -> None:
    draft = Draft.of(conversation("A: One moment.").turns[0]).with_words(Wording("demo:1", "Sorry.", "before"))
    assert (draft.rewrite, replace(draft, joined=True).rewrite) == (
        Rewrite(turn=0, place="before", text="Sorry."),
        Rewrite(turn=0, place="replace", text="Sorry. One moment."),
    )


def test_several_rewrites_go_in_place_by_their_turns_in_the_original() -> None:
    spoken = conversation("A: Hello", "C: Hi", "A: Wait")
    made = [Rewrite(turn=0, place="after", text="How are you?"), Rewrite(turn=2, place="replace", text="Please wait")]
    assert [turn.text for turn in all_in_place(spoken, made).turns] == ["Hello", "How are you?", "Hi", "Please wait"]
