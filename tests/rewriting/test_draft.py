"""Sentences and places."""

from __future__ import annotations

from coach.findings import Rewrite
from coach.rewriting.draft import Draft, in_place, sentences
from coach.rewriting.scripts import agent_lines
from tests.builders import conversation


def test_a_title_ends_no_sentence() -> None:
    assert sentences("Thank you, Ms. Qiu. One moment.") == ["Thank you, Ms. Qiu.", "One moment."]


def test_chinese_sentences_need_no_spaces() -> None:
    assert sentences("您好！请讲。") == ["您好！", "请讲。"]


def test_an_event_stays_when_its_sentence_goes() -> None:
    turn = conversation("A: Wait. I must look [puts the call on hold]").turns[0]
    draft = Draft.of(turn)
    made = draft.replaced(draft.offending("I must look"), "I would like to look it up").rewrite
    assert made is not None
    assert "[puts the call on hold]" in made.text


def test_an_inserted_turn_moves_the_others_on() -> None:
    placed = in_place(conversation("A: Hello", "C: Hi"), Rewrite(turn=0, place="after", text="How are you?"))
    assert [(turn.index, turn.text) for turn in placed.turns] == [(0, "Hello"), (1, "How are you?"), (2, "Hi")]


def test_of_a_dialogue_only_the_agents_part_is_a_script() -> None:
    assert agent_lines("客户：谢谢。 / 客服：不用谢，应该的。") == ["不用谢，应该的。"]
    assert agent_lines("Agente: ¿Hola? [silencio] Agente: Disculpe, no le oigo.") == ["¿Hola?", "Disculpe, no le oigo."]
