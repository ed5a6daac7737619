"""The vendors' exports: each fixture follows the vendor's documented structure (docs/formats.md says which document)."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from coach.readers import ReadOptions, read
from coach.readers.survey import survey
from tests.readers.inputs import FIXTURES, ROLES, read_one, said, the_error, times

FORMAT_OF = {
    "native.jsonl": "native",
    "native_list.json": "native",
    "call.txt": "text",
    "llamada.txt": "text",
    "chinese.txt": "text",
    "names.txt": "text",
    "messages.csv": "csv",
    "messages.jsonl": "messages",
    "chat.jsonl": "chat",
    "contact_lens_voice.json": "contact-lens",
    "contact_lens_chat.json": "contact-lens",
    "contact_lens_realtime.json": "contact-lens",
    "genesys.json": "genesys",
    "twilio.json": "twilio",
    "zendesk_comments.json": "zendesk",
    "zendesk_chat.json": "zendesk-chat",
    "intercom.json": "intercom",
    "meeting.vtt": "webvtt",
    "subtitles.srt": "srt",
    "deepgram.json": "deepgram",
    "assemblyai.json": "assemblyai",
    "whisperx.json": "whisperx",
    "google_speech.json": "google-speech",
    "google_channels.json": "google-speech",
    "insights_import.json": "google-insights",
    "insights_resource.json": "google-insights",
    "line.txt": "line",
}
NEEDS_ROLES = {
    "names.txt",
    "twilio.json",
    "deepgram.json",
    "assemblyai.json",
    "whisperx.json",
    "google_speech.json",
} | {
    "google_channels.json",
    "line.txt",
}


def changed(name: str, folder: Path, change: Any) -> Path:
    """A copy of a JSON fixture after `change` has had it."""
    document = json.loads((FIXTURES / name).read_text("utf-8"))
    result = change(document)
    path = folder / name
    path.write_text(json.dumps(document if result is None else result), encoding="utf-8")
    return path


@pytest.mark.parametrize(("name", "expected"), FORMAT_OF.items())
def test_a_format_is_known_by_its_content_under_any_name(tmp_path: Path, name: str, expected: str) -> None:
    path = tmp_path / "export.dat"
    path.write_bytes((FIXTURES / name).read_bytes())
    found = survey([str(path)], ReadOptions(roles=ROLES, detect_language=False))
    assert list(found.formats) == [expected]
    assert found.problems == []


@pytest.mark.parametrize("name", [name for name in FORMAT_OF if name.endswith(".json")])
def test_a_document_on_one_line_and_indented_reads_the_same(tmp_path: Path, name: str) -> None:
    flat, indented = tmp_path / "flat" / name, tmp_path / "indented" / name
    document = json.loads((FIXTURES / name).read_text("utf-8"))
    for path, indent in ((flat, None), (indented, 3)):
        path.parent.mkdir()
        path.write_text(json.dumps(document, indent=indent))
    options = ReadOptions(roles=ROLES, detect_language=False)
    assert list(read([str(flat)], options)) == list(read([str(indented)], options))


@pytest.mark.parametrize("name", sorted(NEEDS_ROLES))
def test_labels_that_say_no_role_are_refused_without_a_map(name: str) -> None:
    error = the_error(FIXTURES / name)
    assert "is not guessed" in error.message
    assert "--roles" in error.hint


@pytest.mark.parametrize("name", sorted(set(FORMAT_OF) - NEEDS_ROLES))
def test_formats_that_say_who_speaks_need_no_map(name: str) -> None:
    assert survey([str(FIXTURES / name)], ReadOptions(detect_language=False)).unknown == []


@pytest.mark.parametrize(
    ("name", "path", "value", "where"),
    [
        ("contact_lens_voice.json", ("Transcript", 1, "BeginOffsetMillis"), "soon", "Transcript.1.BeginOffsetMillis"),
        (
            "genesys.json",
            ("transcripts", 0, "phrases", 2, "participantPurpose"),
            None,
            "transcripts.0.phrases.2.participantPurpose",
        ),
        ("twilio.json", ("sentences", 1, "start_time"), "soon", "sentences.1.start_time"),
        ("zendesk_comments.json", ("comments", 0, "public"), "perhaps", "comments.0.public"),
        ("zendesk_chat.json", ("history", 2, "type"), None, "history.2.type"),
        (
            "intercom.json",
            ("conversation_parts", "conversation_parts", 0, "author"),
            None,
            "conversation_parts.0.author",
        ),
        ("deepgram.json", ("results", "utterances", 1, "start"), None, "results.utterances.1.start"),
        ("assemblyai.json", ("utterances", 1, "text"), None, "utterances.1.text"),
        ("whisperx.json", ("segments", 2, "start"), "soon", "segments.2.start"),
        ("google_channels.json", ("response", "results", 0, "resultEndOffset"), "soon", "results.0.resultEndOffset"),
        ("insights_import.json", ("entries", 1, "text"), None, "entries.1.text"),
    ],
)
def test_a_changed_field_is_an_error_with_its_path(
    tmp_path: Path, name: str, path: tuple[Any, ...], value: Any, where: str
) -> None:

    def change(document: Any) -> None:
        for key in path[:-1]:
            document = document[key]
        document[path[-1]] = value

    assert where in the_error(changed(name, tmp_path, change), roles=ROLES).message


class TestContactLens:
    def test_fragments_are_merged_with_their_offsets_and_overlaps_are_kept(self) -> None:
        transcript = read_one(FIXTURES / "contact_lens_voice.json")
        assert transcript.id == "contact-1"
        assert transcript.turns[0].text == "Thank you for calling, how can I help you?"
        assert times(transcript)[:2] == [(0.0, 3.9), (3.6, 6.0)]
        assert transcript.metadata["fragments"] == {
            "0": [{"at": 0, "start": 0.0, "end": 2.1}, {"at": 23, "start": 2.3, "end": 3.9}]
        }

    def test_in_a_chat_the_bot_is_an_event_and_joining_is_nothing(self) -> None:
        transcript = read_one(FIXTURES / "contact_lens_chat.json")
        assert transcript.channel == "chat"
        assert [turn.is_event for turn in transcript.turns] == [True, False, False]
        assert transcript.agent == "Ana"
        assert times(transcript)[1] == (8.5, 8.5)

    def test_of_real_time_segments_only_finished_transcripts_count(self) -> None:
        transcript = read_one(FIXTURES / "contact_lens_realtime.json")
        assert said(transcript) == [("agent", "Good morning."), ("customer", "Good morning, my parcel is late.")]


class TestGenesys:
    def test_who_was_on_the_line_decides_who_internal_was(self) -> None:
        transcript = read_one(FIXTURES / "genesys.json")
        assert transcript.turns[0].text == "[Welcome to the parcel line.]"
        assert transcript.metadata["spoken_by"][1:] == ["user-ana", "external", "user-ana", "user-ben"]
        assert transcript.metadata["agents"] == ["user-ana", "user-ben"]

    def test_epochs_become_seconds_from_the_start_of_the_call(self) -> None:
        assert times(read_one(FIXTURES / "genesys.json"))[1] == (10.0, 11.5)

    def test_the_decorated_text_is_preferred(self) -> None:
        texts = [turn.text for turn in read_one(FIXTURES / "genesys.json").turns]
        assert texts[1:3] == ["Hello, this is Ana.", "hi my parcel is late"]

    def test_a_call_that_an_agent_began_is_outbound(self, tmp_path: Path) -> None:
        def change(document: Any) -> None:
            document["participants"][2]["initialDirection"] = "outbound"

        assert read_one(changed("genesys.json", tmp_path, change)).channel == "phone-outbound"


class TestTwilio:
    def test_the_roles_of_the_transcript_itself_are_used(self, tmp_path: Path) -> None:
        def change(document: Any) -> None:
            people = [{"channel_participant": 1, "role": "Customer"}, {"channel_participant": 2, "role": "Agent"}]
            document["channel"] = {"participants": people}

        transcript = read_one(changed("twilio.json", tmp_path, change))
        assert [turn.speaker for turn in transcript.turns] == ["agent", "customer", "agent"]

    def test_a_bare_list_of_sentences_is_read(self, tmp_path: Path) -> None:
        path = changed("twilio.json", tmp_path, lambda document: document["sentences"])
        assert len(read_one(path, roles=ROLES).turns) == 3


class TestZendesk:
    def test_internal_notes_are_dropped_and_markup_becomes_text(self) -> None:
        transcript = read_one(FIXTURES / "zendesk_comments.json")
        assert said(transcript) == [
            ("customer", "My parcel is late & nobody answers."),
            ("agent", "Hello,\nI am sorry for the delay.\nIt left today."),
        ]

    def test_an_exported_ticket_names_the_customer_itself(self, tmp_path: Path) -> None:
        def change(document: Any) -> dict[str, Any]:
            requester = {"id": 20, "name": "John", "role": "end-user"}
            return {
                "id": 77,
                "subject": "Late",
                "requester": requester,
                "assignee": {"id": 10, "role": "agent"},
                "comments": document["comments"],
            }

        transcript = read_one(changed("zendesk_comments.json", tmp_path, change))
        assert transcript.id == "77"
        assert transcript.metadata["subject"] == "Late"

    def test_an_author_without_a_role_is_not_guessed(self, tmp_path: Path) -> None:
        def change(document: Any) -> None:
            document["users"] = document["users"][:1]

        assert "unknown speaker '20'" in the_error(changed("zendesk_comments.json", tmp_path, change)).message

    def test_only_notes_are_no_conversation(self, tmp_path: Path) -> None:
        def change(document: Any) -> None:
            document["comments"] = document["comments"][1:2]

        assert "has no words in it" in the_error(changed("zendesk_comments.json", tmp_path, change)).message

    def test_a_trigger_in_a_chat_is_an_event(self) -> None:
        transcript = read_one(FIXTURES / "zendesk_chat.json")
        assert said(transcript)[0] == ("agent", "[Hi, how can we help?]")
        assert times(transcript)[1] == (10.0, 10.0)
        assert transcript.agent == "Ana"


class TestIntercom:
    def test_notes_assignments_and_empty_parts_are_dropped(self) -> None:
        assert said(read_one(FIXTURES / "intercom.json")) == [
            ("customer", "Hello, my parcel is late."),
            ("agent", "[Thanks, a colleague will be with you.]"),
            ("agent", "I am sorry, John.\nIt leaves today."),
        ]

    def test_a_reply_that_closes_the_conversation_is_kept(self, tmp_path: Path) -> None:
        def change(document: Any) -> None:
            document["conversation_parts"]["conversation_parts"][4]["body"] = "<p>Goodbye.</p>"

        assert said(read_one(changed("intercom.json", tmp_path, change)))[-1] == ("agent", "Goodbye.")


class TestCaptions:
    def test_voice_spans_name_the_speakers_and_markup_goes(self) -> None:
        assert said(read_one(FIXTURES / "meeting.vtt")) == [
            ("agent", "Good morning, how can I help you?"),
            ("customer", "My parcel is late & I am worried."),
            ("agent", "I am sorry."),
            ("customer", "Thanks."),
        ]

    def test_a_cue_without_a_name_goes_on_with_the_speaker_before(self) -> None:
        transcript = read_one(FIXTURES / "subtitles.srt", merge_fragments=False)
        assert said(transcript)[1] == ("agent", "how can I help you?")

    def test_a_first_cue_without_a_name_is_nobody_s(self, tmp_path: Path) -> None:
        path = tmp_path / "a.srt"
        path.write_text("1\n00:00:00,000 --> 00:00:01,000\nhello there\n")
        assert "unknown speaker '(no speaker)'" in the_error(path).message

    @pytest.mark.parametrize(
        ("name", "text"),
        [
            ("a.srt", "1\n00:00:00,000 --> 00:00:01,000\nAgent: Hello\n\n2\n00:00:02,000 --> 00:0\nCustomer: Hi\n"),
            ("a.vtt", "WEBVTT\n\n00:00:00.000 --> 00:00:01.000\nAgent: Hello\n\n00:00:02.000 --> 00:0\nCustomer: Hi\n"),
            ("b.vtt", "WEBVTT\n\n"),
        ],
    )
    def test_a_cue_with_a_broken_time_is_not_left_out_in_silence(self, tmp_path: Path, name: str, text: str) -> None:
        path = tmp_path / name
        path.write_text(text)
        assert the_error(path).message


class TestSpeechRecognition:
    def test_deepgram_words_serve_where_there_are_no_utterances(self, tmp_path: Path) -> None:
        def change(document: Any) -> None:
            del document["results"]["utterances"]

        transcript = read_one(changed("deepgram.json", tmp_path, change), roles={"0": "agent", "1": "customer"})
        assert said(transcript) == [("agent", "Good morning."), ("customer", "My parcel is late.")]
        assert times(transcript) == [(0.1, 0.9), (1.5, 2.6)]

    def test_deepgram_channels_are_the_speakers_where_there_are_several(self, tmp_path: Path) -> None:
        def change(document: Any) -> None:
            for utterance, channel in zip(document["results"]["utterances"], (0, 1), strict=True):
                utterance.update(channel=channel, speaker=0)

        transcript = read_one(changed("deepgram.json", tmp_path, change), roles={"0": "agent", "1": "customer"})
        assert [turn.speaker for turn in transcript.turns] == ["agent", "customer"]

    def test_assemblyai_milliseconds_become_seconds(self) -> None:
        assert times(read_one(FIXTURES / "assemblyai.json", roles=ROLES)) == [(0.1, 0.9), (1.5, 2.6)]

    @pytest.mark.parametrize(
        ("name", "change", "hint"),
        [
            ("assemblyai.json", lambda document: document.update(utterances=None), "speaker_labels"),
            (
                "whisperx.json",
                lambda document: [segment.pop("speaker") for segment in document["segments"]] and None,
                "--diarize",
            ),
            ("google_speech.json", lambda document: document["results"].pop() and None, "diarization"),
        ],
    )
    def test_a_transcript_without_speakers_is_refused_with_what_to_run(
        self, tmp_path: Path, name: str, change: Any, hint: str
    ) -> None:
        assert hint in the_error(changed(name, tmp_path, change), roles=ROLES).hint

    def test_a_failed_transcription_says_why(self, tmp_path: Path) -> None:
        path = changed("assemblyai.json", tmp_path, lambda document: document.update(status="error", error="no audio"))
        assert "the transcription failed: no audio" in the_error(path).message

    def test_a_segment_without_a_speaker_among_others_is_not_guessed(self, tmp_path: Path) -> None:
        path = changed("whisperx.json", tmp_path, lambda document: document["segments"][1].pop("speaker") and None)
        assert "unknown speaker '(no speaker)'" in the_error(path, roles=ROLES).message

    def test_google_words_that_come_twice_are_read_once(self) -> None:
        transcript = read_one(FIXTURES / "google_speech.json", roles=ROLES)
        assert said(transcript) == [("agent", "good morning"), ("customer", "my parcel is late")]

    def test_google_channels_inside_an_operation_are_read(self) -> None:
        transcript = read_one(FIXTURES / "google_channels.json", roles=ROLES)
        assert said(transcript) == [("agent", "Good morning."), ("customer", "My parcel is late.")]


class TestGoogleInsights:
    def test_an_imported_conversation_counts_from_its_first_entry(self) -> None:
        transcript = read_one(FIXTURES / "insights_import.json")
        assert [turn.start for turn in transcript.turns] == [0.0, 5.0, 10.0]
        assert [turn.is_event for turn in transcript.turns] == [True, False, False]

    def test_a_retrieved_conversation_has_its_own_id_agent_and_channel(self) -> None:
        transcript = read_one(FIXTURES / "insights_resource.json")
        assert (transcript.id, transcript.agent, transcript.channel) == ("conv-9", "A-9", "phone")
        assert times(transcript) == [(0.1, 0.9), (1.5, 2.6)]


class TestLine:
    def test_messages_over_several_lines_photos_and_notices_are_read(self) -> None:
        assert said(read_one(FIXTURES / "line.txt", roles=ROLES)) == [
            ("agent", "こんにちは、ご用件をどうぞ。"),
            ("customer", "荷物が届きません。\nどうなっていますか？"),
            ("customer", "[写真]"),
            ("customer", "[太郎がスタンプを送信しました]"),
            ("agent", "お待たせして申し訳ございません。"),
        ]

    def test_times_are_starts_only_and_know_the_afternoon(self) -> None:
        assert times(read_one(FIXTURES / "line.txt", roles=ROLES))[-1] == (12900.0, None)

    @pytest.mark.parametrize("date", ["2026/01/31(土)", "2026.01.31 Saturday", "Sat, 01/31/2026", "2026/01/31（六）"])
    @pytest.mark.parametrize("time", ["09:30", "9:30 AM", "9:30AM", "午前9:30", "上午9:30", "오전 9:30"])
    def test_dates_and_times_of_other_languages_are_read(self, tmp_path: Path, date: str, time: str) -> None:
        path = tmp_path / "a.txt"
        path.write_text(f"{date}\n{time}\tAna\tHello\n10:00\tBob\tHi\n", encoding="utf-8")
        transcript = read_one(path, roles={"Ana": "agent", "Bob": "customer"})
        assert [turn.start for turn in transcript.turns] == [0.0, 1800.0]


class TestChatMessages:
    def test_instructions_are_left_out_and_parts_are_joined(self) -> None:
        good = list(read([str(FIXTURES / "chat.jsonl")], ReadOptions(detect_language=False)))
        assert said(good[0]) == [
            ("customer", "Hello, my parcel is late."),
            ("agent", "I am sorry,\nlet me look it up."),
        ]  # type: ignore[arg-type]

    def test_a_line_without_an_id_is_named_after_file_and_line(self) -> None:
        ids = [item.id for item in read([str(FIXTURES / "chat.jsonl")], ReadOptions(detect_language=False))]  # type: ignore[union-attr]
        assert ids == ["chat-1", "chat#2"]
