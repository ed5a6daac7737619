"""Rows of messages become conversations: the shared part of CSV, XLSX and JSON with one message a row.

Promise: rows of one conversation need not be together. They are grouped in a temporary database on disk, so that memory
stays flat however long the table is; conversations come in the order of their first row, rows in the order of the file.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Iterator, Mapping
from contextlib import closing
from typing import Any

from coach.errors import TranscriptError
from coach.readers.conversation import BadRecord, Conversation, Place, Utterance
from coach.readers.format import Row
from coach.readers.options import COLUMN_FIELDS, ColumnField, ReadOptions
from coach.readers.plain_text import role_of_label
from coach.readers.times import seconds_of

__all__ = ["KNOWN_COLUMNS", "columns_of", "conversations_of", "json_columns"]

KNOWN_COLUMNS: Mapping[ColumnField, tuple[str, ...]] = {
    "id": (
        "conversation_id", "conversationid", "conversation", "call_id", "callid", "chat_id", "chatid", "session_id",
        "sessionid", "ticket_id", "ticketid", "interaction_id", "contact_id", "contactid", "thread_id", "dialogue_id",
        "dialog_id", "会话id", "会话编号", "通话编号", "工单号", "id_conversacion", "id_conversación", "id_llamada",
    ),
    "speaker": (
        "speaker", "role", "participant", "sender", "author", "from", "speaker_role", "sender_type", "author_type",
        "participant_role", "说话人", "角色", "发送人", "发送者", "hablante", "rol", "interlocutor", "remitente",
    ),
    "text": (
        "text", "message", "content", "utterance", "transcript", "body", "message_text", "内容", "文本", "消息", "消息内容",
        "texto", "mensaje", "contenido",
    ),
    "start": (
        "start", "start_time", "starttime", "start_s", "begin", "timestamp", "time", "created_at", "sent_at", "date_time",
        "datetime", "开始时间", "时间", "发送时间", "inicio", "hora", "fecha_hora",
    ),
    "end": ("end", "end_time", "endtime", "end_s", "结束时间", "fin"),
    "agent": ("agent", "agent_id", "agentid", "agent_name", "坐席", "坐席工号", "工号", "agente", "id_agente"),
    "language": ("language", "lang", "语言", "idioma"),
    "channel": ("channel", "渠道", "canal"),
}  # fmt: skip
"""Header names that are understood without `columns`; case, spaces and hyphens do not matter. `id` alone is no
conversation id: in a table of messages it is most often the message's."""

_CHAT_ROLES = {"assistant": "agent", "user": "customer"}
_NOT_SPOKEN = frozenset(("system", "developer", "tool", "function"))


def columns_of(header: Iterable[str], options: ReadOptions) -> dict[ColumnField, str]:
    """Which column holds which field. Those that `options` name come first; a field that none holds is left out."""
    names = {_plain(name): name for name in reversed([name for name in header if name])}
    found: dict[ColumnField, str] = {}
    for field in COLUMN_FIELDS:
        wanted = (options.columns[field],) if field in options.columns else KNOWN_COLUMNS[field]
        match = next((names[_plain(name)] for name in wanted if _plain(name) in names), None)
        if match is not None:
            found[field] = match
    return found


def json_columns(document: Any, options: ReadOptions) -> dict[ColumnField, str] | None:
    """The columns of a JSON object that is one message, or None where it is none."""
    if not isinstance(document, dict):
        return None
    columns = columns_of((name for name in document if isinstance(name, str)), options)
    if "speaker" not in columns or "text" not in columns:
        return None
    spoken = document[columns["text"]], document[columns["speaker"]]
    return columns if all(isinstance(value, str) for value in spoken) else None


def conversations_of(
    rows: Iterable[Row | BadRecord], place: Place, options: ReadOptions, format_name: str
) -> Iterator[Conversation | BadRecord]:
    """The conversations of a table, grouped by the column of ids (without one, all rows are one conversation).

    Raises `TranscriptError` where the columns for speaker and text are not there.
    """
    with closing(sqlite3.connect("", check_same_thread=False)) as database:
        database.execute("create table message (conversation text, line integer, cells text)")
        columns: dict[ColumnField, str] = {}
        for row in rows:
            if isinstance(row, BadRecord):
                yield row
                continue
            columns = columns or _required(columns_of(row.cells, options), row, place, options)
            try:
                record = _identified(row, columns, place)
            except TranscriptError as error:
                yield BadRecord(error)
                continue
            database.execute("insert into message values (?, ?, ?)", record)
        grouped = database.execute(
            "select m.conversation, m.line, m.cells from message m join"
            " (select conversation, min(line) as first from message group by conversation) g"
            " on m.conversation = g.conversation order by g.first, m.line"
        )
        yield from _grouped(grouped, place, format_name)


def _required(columns: dict[ColumnField, str], row: Row, place: Place, options: ReadOptions) -> dict[ColumnField, str]:
    header = [name for name in row.cells if name]
    for field, name in options.columns.items():
        if field not in columns:
            raise place.error(f"there is no column {name!r} for {field}; there are {', '.join(header)}", line=1)
    missing = [field for field in ("speaker", "text") if field not in columns]
    if missing:
        flag = ",".join(f"{field}=COLUMN" for field in missing)
        message = f"no column is known to hold the {' or the '.join(missing)}; there are {', '.join(header)}"
        raise place.error(message, line=1, hint=f"name it with --columns {flag}")
    return columns


def _identified(row: Row, columns: Mapping[ColumnField, str], place: Place) -> tuple[str, int, str]:
    name = columns.get("id")
    key = place.default_id if name is None else _text(row.cells.get(name))
    if not key:
        raise place.error(f"row {row.line} has no conversation id in column {name!r}", line=row.line)
    cells: dict[str, Any] = {field: row.cells.get(column) for field, column in columns.items()}
    try:
        for field in ("start", "end"):
            if _text(cells.get(field)):
                cells[field] = seconds_of(cells[field])
    except (ValueError, OverflowError) as error:
        raise place.error(f"row {row.line}, column {columns[field]!r}: {error}", line=row.line) from None
    return key, row.line, json.dumps(cells, default=str)


def _grouped(rows: Iterable[tuple[str, int, str]], place: Place, format_name: str) -> Iterator[Conversation]:
    current: Conversation | None = None
    for key, line, data in rows:
        cells = json.loads(data)
        if current is None or current.id != key:
            if current is not None:
                yield _finished(current)
            current = Conversation(key, [], place.at(line), format_name)
        role = _text(cells.get("speaker"))
        if role.casefold() in _NOT_SPOKEN:
            continue
        _fill(current, cells)
        current.utterances.append(_utterance(role, cells, line))
    if current is not None:
        yield _finished(current)


def _utterance(label: str, cells: Mapping[str, Any], line: int) -> Utterance:
    role = _CHAT_ROLES.get(label.casefold()) or role_of_label(label)
    start, end = (float(cells[field]) if _text(cells.get(field)) else None for field in ("start", "end"))
    return Utterance(
        speaker=label,
        text=_text(cells.get("text")),
        role=role,  # type: ignore[arg-type]
        name=_text(cells.get("agent")) or None if role == "agent" else None,
        start=start,
        end=end,
        line=line,
    )


def _fill(conversation: Conversation, cells: Mapping[str, Any]) -> None:
    conversation.language = conversation.language or _text(cells.get("language")) or None
    conversation.channel = conversation.channel or _text(cells.get("channel")) or None


def _finished(conversation: Conversation) -> Conversation:
    starts = [said.start for said in conversation.utterances if said.start is not None]
    if starts and min(starts) >= 100_000_000:
        conversation.origin = min(starts)
    return conversation


def _plain(name: str) -> str:
    return name.strip().casefold().replace(" ", "_").replace("-", "_")


def _text(value: Any) -> str:
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    return "" if value is None else str(value).strip()
