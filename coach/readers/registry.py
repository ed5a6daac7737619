"""The formats that can be read, in the order in which they are asked whether a content is theirs.

Promise: the content decides, never the name of the file. A new format is one new file and one line here.
"""

from __future__ import annotations

from coach.errors import ConfigError
from coach.readers.assemblyai import ASSEMBLYAI
from coach.readers.chat_messages import CHAT_MESSAGES
from coach.readers.contact_lens import CONTACT_LENS
from coach.readers.csv_table import CSV
from coach.readers.deepgram import DEEPGRAM
from coach.readers.format import Format
from coach.readers.genesys import GENESYS
from coach.readers.google_insights import GOOGLE_INSIGHTS
from coach.readers.google_speech import GOOGLE_SPEECH
from coach.readers.intercom import INTERCOM
from coach.readers.json_input import MESSAGES
from coach.readers.line_chat import LINE
from coach.readers.native import NATIVE
from coach.readers.plain_text import PLAIN_TEXT
from coach.readers.srt_captions import SRT
from coach.readers.twilio import TWILIO
from coach.readers.webvtt_captions import WEBVTT
from coach.readers.whisperx import WHISPERX
from coach.readers.xlsx_workbook import XLSX
from coach.readers.zendesk import ZENDESK_CHAT, ZENDESK_TICKET

__all__ = ["FORMATS", "find_format", "format_names"]

FORMATS: tuple[Format, ...] = (
    NATIVE,
    CONTACT_LENS,
    GENESYS,
    TWILIO,
    ZENDESK_TICKET,
    ZENDESK_CHAT,
    INTERCOM,
    DEEPGRAM,
    ASSEMBLYAI,
    WHISPERX,
    GOOGLE_SPEECH,
    GOOGLE_INSIGHTS,
    CHAT_MESSAGES,
    XLSX,
    WEBVTT,
    SRT,
    LINE,
    CSV,
    PLAIN_TEXT,
)
"""Text that nothing else knows is asked last whether it is plain text: nearly every other format has colons, too."""


def format_names() -> list[str]:
    """The names that `--input-format` takes."""
    return [*(item.name for item in FORMATS), MESSAGES]


def find_format(name: str) -> Format | None:
    """The format of that name; None for JSON messages, which are no format of their own. Raises `ConfigError`."""
    if name == MESSAGES:
        return None
    for item in FORMATS:
        if item.name == name:
            return item
    raise ConfigError(f"there is no input format {name!r}; there are {', '.join(format_names())}")
