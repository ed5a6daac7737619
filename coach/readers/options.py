"""What a person may say about the input beyond what it says itself: who is who, which column is which, and the like.

Promise: a role is never guessed. What a format does not say about its speakers comes from `roles`, or the conversation
is refused with the flag that would settle it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal, cast, get_args

from coach.errors import ConfigError
from coach.transcript import Channel

__all__ = ["COLUMN_FIELDS", "ColumnField", "ReadOptions", "Role", "parse_columns", "parse_roles"]

Role = Literal["agent", "customer", "bot", "skip", "text"]
"""What a label can stand for. `bot` becomes events, `skip` is left out, and `text` says that the label names no speaker:
in plain text the line continues the turn before it."""

ColumnField = Literal["id", "speaker", "text", "start", "end", "agent", "language", "channel"]
COLUMN_FIELDS: tuple[ColumnField, ...] = get_args(ColumnField)

_LANGUAGE = re.compile(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{1,8})*$")
_ROLE = re.compile(r"\s*(?P<label>[^=]+?)\s*=\s*(?P<role>agent|customer|bot|skip|text)\s*(?:,|$)", re.IGNORECASE)
_COLUMN = re.compile(rf"\s*(?P<field>{'|'.join(COLUMN_FIELDS)})\s*=\s*(?P<column>.+?)\s*(?:,(?=\s*\w+\s*=)|$)")


@dataclass(frozen=True, slots=True)
class ReadOptions:
    """How to read. `None` means: as the input says, and where it says nothing, unknown.

    roles            label in the input -> role; compared without regard to case. It beats what the format says.
    columns          field -> column name, for CSV, XLSX and JSON of messages.
    format           name of a format, instead of detection from the content.
    language, channel, agent   taken for every conversation, whatever the input says.
    merge_fragments  join what one speaker says without a break into one turn; None: only where the format is known to
                     cut speech into fragments (speech recognition, captions).
    encoding         a Python codec name, instead of detection.
    repair           undo text that was decoded wrongly before it reached us; the original is kept in the metadata.
    detect_language  detect the language of a conversation that does not say it.

    Raises `ConfigError` for a language that is no language tag and for a channel that there is not.
    """

    roles: Mapping[str, Role] = field(default_factory=dict)
    columns: Mapping[ColumnField, str] = field(default_factory=dict)
    format: str | None = None
    language: str | None = None
    channel: Channel | None = None
    agent: str | None = None
    merge_fragments: bool | None = None
    encoding: str | None = None
    repair: bool = False
    detect_language: bool = True

    def __post_init__(self) -> None:
        if self.language is not None and not _LANGUAGE.match(self.language):
            raise ConfigError(f"language {self.language!r} is no language tag like en, es or zh-CN")
        if self.channel is not None and self.channel not in get_args(Channel):
            raise ConfigError(f"channel {self.channel!r} is none of {', '.join(get_args(Channel))}")
        object.__setattr__(self, "roles", {label.strip().casefold(): role for label, role in self.roles.items()})

    def role_of(self, *labels: str | None) -> Role | None:
        """The role of the first of these labels that `roles` names."""
        if not self.roles:
            return None
        return next(
            (self.roles[key] for label in labels if label and (key := label.strip().casefold()) in self.roles), None
        )


def parse_roles(value: str | None) -> dict[str, Role]:
    """The map of `--roles`: `A=agent,B=customer`, or the path of a file with one such pair a line (`#` comments).

    A label may hold commas and spaces (`Smith, Ann=agent`). Raises `ConfigError` for anything else.
    """
    if not value:
        return {}
    path = Path(value)
    if "=" not in value or path.is_file():
        try:
            lines = path.read_text("utf-8").splitlines()
        except (OSError, UnicodeDecodeError) as error:
            message = f"--roles {value!r} is neither pairs like A=agent,B=customer nor a file that can be read: {error}"
            raise ConfigError(message) from None
        value = ",".join(line for line in lines if line.strip() and not line.lstrip().startswith("#"))
    roles: dict[str, Role] = {}
    position = 0
    while position < len(value):
        found = _ROLE.match(value, position)
        if found is None:
            rest = value[position:].strip()
            raise ConfigError(
                f"--roles: {rest!r} is not LABEL=agent, LABEL=customer, LABEL=bot, LABEL=skip or LABEL=text"
            )
        roles[found["label"]] = cast(Role, found["role"].lower())
        position = found.end()
    return roles


def parse_columns(value: str | None) -> dict[ColumnField, str]:
    """The map of `--columns`: `text=Message,speaker=Who`. Raises `ConfigError` naming the fields that there are."""
    columns: dict[ColumnField, str] = {}
    position = 0
    while value and position < len(value):
        found = _COLUMN.match(value, position)
        if found is None:
            rest = value[position:].strip()
            raise ConfigError(f"--columns: {rest!r} is not FIELD=COLUMN with FIELD one of {', '.join(COLUMN_FIELDS)}")
        columns[cast(ColumnField, found["field"])] = found["column"]
        position = found.end()
    return columns
