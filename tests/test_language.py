"""Telling languages apart."""

from __future__ import annotations

import builtins
from typing import Any

import pytest

from coach import language
from coach.language import detect_language


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("您好，请问有什么可以帮您？", "zh"),
        ("iPhone 14 的订单 ABC-4711 到了吗", "zh"),
        ("お電話ありがとうございます", "ja"),
        ("안녕하세요, 무엇을 도와드릴까요?", "ko"),
        ("Buenos días, ¿en qué puedo ayudarle?", "es"),
        ("Good morning, how can I help you?", "en"),
        ("Bom dia, em que posso ajudar o senhor?", "pt"),
        ("12 34", None),
        ("", None),
    ],
)
def test_a_single_turn_is_enough(text: str, expected: str | None) -> None:
    assert detect_language([text]) == expected


def test_a_chinese_name_in_an_english_conversation_changes_nothing() -> None:
    assert detect_language(["My name is 王, and I am calling about a parcel that has not arrived yet."]) == "en"


def test_only_the_beginning_of_a_long_conversation_is_looked_at() -> None:
    assert detect_language(["Good morning, how can I help you?"] * 100 + ["您好" * 5_000]) == "en"


def test_without_the_library_only_scripts_decide(monkeypatch: pytest.MonkeyPatch) -> None:
    real = builtins.__import__

    def refuse(name: str, *args: Any, **kwargs: Any) -> Any:
        if name == "lingua":
            raise ImportError(name)
        return real(name, *args, **kwargs)

    monkeypatch.setattr(builtins, "__import__", refuse)
    language._detector.cache_clear()
    try:
        assert detect_language(["您好，请讲"]) == "zh"
        assert detect_language(["Good morning, how can I help you?"]) is None
    finally:
        language._detector.cache_clear()
