"""LINE: the text file that "send chat history" writes.

Promise: who is who comes from `--roles`, because the export has only names. Photos, stickers and calls are events. Times have
no seconds, so they are starts only: timing criteria stay not assessed.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime

from coach.readers.conversation import Conversation, Place, Utterance
from coach.readers.format import Read, TextFormat
from coach.readers.options import ReadOptions
from coach.readers.plain_text import role_of_label

__all__ = ["LINE"]

_HEADER = re.compile(r"^\ufeff?\[LINE\]")
_YEAR_FIRST = re.compile(r"^(?P<year>\d{4})[./-](?P<month>\d{1,2})[./-](?P<day>\d{1,2})(?:\D.*)?$")
_YEAR_LAST = re.compile(r"^[^\W\d]+\.?,?\s+(?P<month>\d{1,2})[./-](?P<day>\d{1,2})[./-](?P<year>\d{4})$")
_MESSAGE = re.compile(
    r"^(?P<before>午前|午後|上午|下午|오전|오후|[AaPp]\.?[Mm]\.?)?\s?(?P<hour>\d{1,2}):(?P<minute>\d{2})\s?"
    r"(?P<after>[AaPp]\.?[Mm]\.?)?\t(?P<rest>.*)$"
)
_AFTERNOON = ("午後", "下午", "오후", "p")
_MORNING = ("午前", "上午", "오전", "a")
_CALL = re.compile(r"^[☎📞]")


def _recognises(head: str) -> bool:
    lines = [line for line in head.splitlines() if line.strip()]
    if lines and _HEADER.match(lines[0]):
        return True
    dated = next((number for number, line in enumerate(lines[:5]) if _date(line)), None)
    return dated is not None and any(_MESSAGE.match(line) for line in lines[dated + 1 : dated + 3])


def _read(text: str, place: Place, _options: ReadOptions) -> Read:
    utterances: list[Utterance] = []
    day: datetime | None = None
    for number, line in enumerate(text.splitlines(), start=1):
        message = _MESSAGE.match(line)
        if message is not None:
            utterances.append(_utterance(message, day, number, place))
        elif (date := _date(line)) is not None:
            day = date
        elif utterances and line.strip():
            last = utterances[-1]
            last.text, last.event = f"{last.text}\n{line.strip()}", False
    for said in utterances:
        if said.text.startswith('"') and said.text.endswith('"') and "\n" in said.text:
            said.text = said.text[1:-1]
    if not utterances:
        raise place.error("the LINE export has no messages (a time, a tab, a name, a tab, the words)")
    yield Conversation(
        id=place.default_id,
        utterances=utterances,
        place=place,
        format="line",
        channel="chat",
        origin=min((said.start for said in utterances if said.start is not None), default=None),
    )


def _date(line: str) -> datetime | None:
    found = _YEAR_FIRST.match(line.strip()) or _YEAR_LAST.match(line.strip())
    if found is None:
        return None
    try:
        return datetime(int(found["year"]), int(found["month"]), int(found["day"]), tzinfo=UTC)
    except ValueError:
        return None


def _utterance(message: re.Match[str], day: datetime | None, line: int, place: Place) -> Utterance:
    hour, minute = int(message["hour"]), int(message["minute"])
    half = (message["before"] or message["after"] or "").lower()
    if half.startswith(_AFTERNOON) and hour < 12:
        hour += 12
    elif half.startswith(_MORNING) and hour == 12:
        hour = 0
    if hour > 23 or minute > 59:
        raise place.error(f"{message['hour']}:{message['minute']} is no time of day", line=line)
    start = None if day is None else day.timestamp() + hour * 3600 + minute * 60
    name, tab, text = message["rest"].partition("\t")
    if not tab or not name:
        return Utterance("", f"[{(text or name).strip().translate(_BRACKETS)}]", start=start, line=line, event=True)
    if _CALL.match(text):
        text = f"[{text.translate(_BRACKETS)}]"
    return Utterance(name.strip(), text.strip(), role=role_of_label(name), start=start, line=line)


_BRACKETS = str.maketrans("[]", "()")

LINE = TextFormat("line", "LINE chat history", _recognises, _read)
