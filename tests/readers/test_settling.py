"""What is settled for all formats in one place: merging, bots, overlaps, encodings, repair, languages."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from coach.errors import ConfigError
from coach.readers import ReadOptions, parse_columns, parse_roles, read
from coach.transcript import Transcript
from tests.readers.inputs import FIXTURES, ROLES, read_all, read_one, said, the_error, times

CHINESE = "客服：您好，请问有什么可以帮您？\n客户：我的快递怎么还没到？已经三天了。\n"
TRADITIONAL = "客服：您好，請問有什麼可以幫您？\n客戶：我的包裹怎麼還沒到？已經三天了。\n"
SPANISH = "Agente: Buenos días, ¿en qué puedo ayudarle?\nCliente: Aún no ha llegado mi envío de la semana pasada.\n"


def segments(*parts: tuple[str, float, float, str]) -> dict[str, Any]:
    return {"segments": [dict(zip(("speaker", "start", "end", "text"), part, strict=True)) for part in parts]}


def write(folder: Path, document: Any) -> Path:
    path = folder / "call.json"
    path.write_text(json.dumps(document))
    return path


class TestMerging:
    def test_fragments_across_a_long_pause_stay_apart(self, tmp_path: Path) -> None:
        path = write(tmp_path, segments(("A", 0, 1, "One moment."), ("A", 1.5, 2, "please"), ("A", 9, 10, "Thanks.")))
        assert said(read_one(path, roles=ROLES)) == [("agent", "One moment. please"), ("agent", "Thanks.")]

    def test_merging_can_be_switched_off(self, tmp_path: Path) -> None:
        path = write(tmp_path, segments(("A", 0, 1, "One"), ("A", 1.5, 2, "two")))
        transcript = read_one(path, roles=ROLES, merge_fragments=False)
        assert len(transcript.turns) == 2
        assert "fragments" not in transcript.metadata

    def test_merging_can_be_switched_on_for_any_format(self, tmp_path: Path) -> None:
        turns = [{"speaker": "agent", "text": "One"}, {"speaker": "agent", "text": "two"}]
        path = write(tmp_path, {"id": "x", "turns": turns})
        assert said(read_one(path, merge_fragments=True)) == [("agent", "One two")]

    def test_chinese_is_joined_without_a_space(self, tmp_path: Path) -> None:
        path = write(tmp_path, segments(("A", 0, 1, "您好，"), ("A", 1, 2, "请讲。")))
        assert said(read_one(path, roles=ROLES)) == [("agent", "您好，请讲。")]

    def test_the_offsets_of_fragments_point_into_the_text(self, tmp_path: Path) -> None:
        path = write(tmp_path, segments(("A", 0, 1, " One moment, "), ("A", 1, 2, " please.")))
        transcript = read_one(path, roles=ROLES)
        second = transcript.metadata["fragments"]["0"][1]
        assert transcript.turns[0].text[second["at"] :] == "please."

    def test_merging_stops_at_the_limit_of_a_turn(self, tmp_path: Path) -> None:
        path = write(tmp_path, segments(("A", 0, 1, "a" * 15_000), ("A", 1, 2, "b" * 15_000)))
        assert len(read_one(path, roles=ROLES).turns) == 2

    def test_two_agents_are_not_merged(self, tmp_path: Path) -> None:
        path = write(tmp_path, segments(("A", 0, 1, "I pass you on."), ("C", 1, 2, "Hello.")))
        assert len(read_one(path, roles={"A": "agent", "C": "agent"}).turns) == 2


def test_turns_that_overlap_are_kept_in_the_order_of_their_starts(tmp_path: Path) -> None:
    path = write(tmp_path, segments(("A", 0, 5, "As I was saying"), ("B", 8, 9, "Yes"), ("B", 3, 4, "But")))
    transcript = read_one(path, roles=ROLES)
    assert times(transcript) == [(0.0, 5.0), (3.0, 4.0), (8.0, 9.0)]


def test_a_bot_is_an_event_unless_the_map_says_otherwise(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.write_text("Bot: Welcome [menu]\nCustomer: Hi\n")
    assert said(read_one(path))[0] == ("agent", "[Welcome (menu)]")
    assert said(read_one(path, roles={"bot": "agent"}))[0] == ("agent", "Welcome [menu]")


def test_language_channel_and_agent_can_be_given() -> None:
    transcript = read_all(FIXTURES / "native.jsonl", language="zh-CN", channel="chat", agent="A-9")[0][0]
    assert (transcript.language, transcript.channel, transcript.agent) == ("zh-CN", "chat", "A-9")


@pytest.mark.parametrize("options", [{"language": "English"}, {"channel": "pigeon"}, {"format": "pdf"}])
def test_options_that_cannot_work_are_refused(options: dict[str, Any]) -> None:
    with pytest.raises(ConfigError):
        read([str(FIXTURES / "call.txt")], ReadOptions(**options))


def test_a_format_can_be_forced() -> None:
    error = the_error(FIXTURES / "genesys.json", format="intercom")
    assert "not an Intercom conversation" in error.message


class TestFlags:
    def test_roles_may_hold_commas_and_spaces(self) -> None:
        assert parse_roles("Smith, Ann=agent, 0=customer") == {"Smith, Ann": "agent", "0": "customer"}

    def test_roles_can_be_in_a_file(self, tmp_path: Path) -> None:
        path = tmp_path / "roles"
        path.write_text("# who is who\nA=agent\nB=customer\n")
        assert parse_roles(str(path)) == {"A": "agent", "B": "customer"}

    @pytest.mark.parametrize("value", ["A=boss", "agent", "A=agent,B"])
    def test_roles_that_say_nothing_are_refused(self, value: str) -> None:
        with pytest.raises(ConfigError, match="--roles"):
            parse_roles(value)

    def test_columns_may_hold_spaces(self) -> None:
        assert parse_columns("text=Message Text,speaker=Who") == {"text": "Message Text", "speaker": "Who"}

    def test_a_field_that_there_is_not_is_refused(self) -> None:
        with pytest.raises(ConfigError, match="id, speaker, text"):
            parse_columns("words=Message")


class TestEncodings:
    @pytest.mark.parametrize(
        ("text", "encoding"),
        [
            (CHINESE, "gb18030"),
            (TRADITIONAL, "big5"),
            (SPANISH, "latin-1"),
            (SPANISH, "utf-8-sig"),
            (CHINESE, "utf-16"),
            (SPANISH, "utf-16-le"),
            (SPANISH, "utf-16-be"),
            (CHINESE, "utf-8"),
        ],
    )
    def test_text_in_the_encodings_of_contact_centres_is_read(self, tmp_path: Path, text: str, encoding: str) -> None:
        path = tmp_path / "call.txt"
        path.write_bytes(text.encode(encoding))
        expected = [line.split("：" if "：" in line else ": ")[1] for line in text.splitlines()]
        assert [turn.text for turn in read_one(path).turns] == expected

    def test_a_table_in_another_encoding_is_read(self, tmp_path: Path) -> None:
        path = tmp_path / "a.csv"
        path.write_bytes(("speaker,text\n" + CHINESE.replace("：", ",")).encode("gb18030"))
        assert read_one(path).turns[0].text == "您好，请问有什么可以帮您？"

    def test_a_guess_is_told(self, tmp_path: Path) -> None:
        path = tmp_path / "call.txt"
        path.write_bytes(CHINESE.encode("gb18030"))
        notices: list[str] = []
        list(read([str(path)], ReadOptions(), on_notice=notices.append))
        assert "read as gb18030" in notices[0]

    def test_an_encoding_can_be_named(self, tmp_path: Path) -> None:
        path = tmp_path / "call.txt"
        path.write_bytes("客服：您好\n".encode("gb18030"))
        assert said(read_one(path, encoding="gb18030")) == [("agent", "您好")]

    def test_native_lines_in_utf_16_with_a_mark_are_read(self, tmp_path: Path) -> None:
        path = tmp_path / "a.jsonl"
        path.write_bytes('{"id": "x", "turns": [{"speaker": "agent", "text": "您好"}]}\n'.encode("utf-16"))
        assert said(read_one(path)) == [("agent", "您好")]

    def test_an_encoding_that_does_not_fit_is_an_error(self, tmp_path: Path) -> None:
        path = tmp_path / "call.txt"
        path.write_bytes(SPANISH.encode("latin-1"))
        assert "not valid ascii" in the_error(path, encoding="ascii").message

    @pytest.mark.parametrize("name", ["klingon", "hex"])
    def test_an_encoding_that_there_is_not_is_refused(self, name: str) -> None:
        with pytest.raises(ConfigError, match="encoding"):
            read_all(FIXTURES / "call.txt", encoding=name)


class TestRepair:
    BROKEN = "Agente: Buenos dÃ­as, Â¿en quÃ© puedo ayudarle?\nCliente: No me llega el paquete.\n"

    def test_wrongly_decoded_text_is_told_and_left_alone(self, tmp_path: Path) -> None:
        path = tmp_path / "a.txt"
        path.write_text(self.BROKEN, encoding="utf-8")
        notices: list[str] = []
        items = list(read([str(path)], ReadOptions(detect_language=False), on_notice=notices.append))
        assert isinstance(items[0], Transcript)
        assert items[0].turns[0].text == "Buenos dÃ­as, Â¿en quÃ© puedo ayudarle?"
        assert "turn 0 looks wrongly decoded" in notices[0]

    def test_repair_undoes_it_and_keeps_the_original(self, tmp_path: Path) -> None:
        path = tmp_path / "a.txt"
        path.write_text(self.BROKEN, encoding="utf-8")
        transcript = read_one(path, repair=True)
        assert transcript.turns[0].text == "Buenos días, ¿en qué puedo ayudarle?"
        assert transcript.metadata["before_repair"] == {"0": "Buenos dÃ­as, Â¿en quÃ© puedo ayudarle?"}

    @pytest.mark.parametrize(
        "text",
        [
            "“Quotes”, ﬁne & full－width：ＡＢＣ",
            "Ça va, à bientôt",
            "Ã is a letter in São",
            "您好，“请讲”……",
            "naïve café – 5 €",
        ],
    )
    def test_text_that_is_right_is_not_touched(self, tmp_path: Path, text: str) -> None:
        path = tmp_path / "a.txt"
        path.write_text(f"Agent: {text}\n", encoding="utf-8")
        assert read_one(path, repair=True).turns[0].text == text


class TestLanguage:
    def test_a_language_is_detected_where_none_is_given(self, tmp_path: Path) -> None:
        path = tmp_path / "a.txt"
        path.write_text(SPANISH, encoding="utf-8")
        assert read_one(path, detect_language=True).language == "es"

    def test_a_language_that_is_given_stays(self) -> None:
        assert read_all(FIXTURES / "native.jsonl", detect_language=True)[0][1].language == "es"

    def test_it_is_told_once_that_languages_were_not_found(self, tmp_path: Path) -> None:
        for number in range(3):
            (tmp_path / f"{number}.txt").write_text("Agent: 56\nCustomer: 12 34\n")
        notices: list[str] = []
        list(read([str(tmp_path)], ReadOptions(), on_notice=notices.append))
        assert len(notices) == 2
        assert "--language" in notices[0]
        assert "2 more" in notices[1]
