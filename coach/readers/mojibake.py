"""Text that somebody decoded wrongly before it reached us (`Ã©` for `é`): found, and undone only when asked.

Promise: without `repair` not a character changes. With it, only wrong decoding is undone (no change of quotes, widths or
line breaks), and the text as it came stays in the metadata under `before_repair`, by turn.
"""

from __future__ import annotations

import re

from coach.errors import ConfigError
from coach.readers.notices import Notices
from coach.transcript import Transcript

__all__ = ["looks_broken", "mend"]

_WRONGLY_DECODED = re.compile(
    "[\u00c2-\u00c3][\u0080-\u00bf\u2018-\u201d\u0152\u0153\u0160\u0161\u0178\u017d\u017e\u0192\u2020-\u2026\u2030\u2039\u203a\u20ac]"
    "|\u00e2\u20ac[\u0080-\u00bf\u2018-\u201d\u0153\u2122\u00a6\u00a2]"
    "|[\u00e4-\u00e9][\u0080-\u00bf\u0152\u0153\u017d\u017e\u2018-\u2026\u20ac]{2}"
)
"""UTF-8 read as Latin-1 or Windows-1252: a lead byte as a letter, followed by what no language writes after it."""
_LOST = re.compile("\ufffd|\u951f\u65a4\u62f7")
"""The replacement character, and what becomes of it when it is read as GBK: the original text is gone."""


def looks_broken(text: str) -> bool:
    """True where this cannot be what was said."""
    return _WRONGLY_DECODED.search(text) is not None or _LOST.search(text) is not None


def mend(transcript: Transcript, where: str, repair: bool, notices: Notices) -> Transcript:
    """The transcript, repaired if asked. Tells of text that looks wrong. Raises `ConfigError` without the library."""
    broken = [turn for turn in transcript.turns if looks_broken(turn.text)]
    if not broken:
        return transcript
    if not repair:
        shown = broken[0].text[:60]
        message = (
            f"{where}: turn {broken[0].index} looks wrongly decoded ({shown!r}); --repair undoes that where it can be"
        )
        notices.say("text that looks wrongly decoded", message)
        return transcript
    turns, before = list(transcript.turns), {}
    for turn in broken:
        fixed = _fixed(turn.text)
        if fixed != turn.text:
            before[str(turn.index)] = turn.text
            turns[turn.index] = turn.model_copy(update={"text": fixed})
        if looks_broken(fixed):
            notices.say(
                "text that cannot be repaired", f"{where}: turn {turn.index} cannot be repaired: characters are lost"
            )
    if not before:
        return transcript
    metadata = {**transcript.metadata, "before_repair": before}
    return transcript.model_copy(update={"turns": tuple(turns), "metadata": metadata})


def _fixed(text: str) -> str:
    try:
        import ftfy
    except ImportError:
        message = "--repair needs a library that is not installed"
        raise ConfigError(f"{message}: pip install 'coach[formats]'") from None
    return ftfy.fix_text(
        text,
        unescape_html=False,
        remove_terminal_escapes=False,
        fix_latin_ligatures=False,
        fix_character_width=False,
        uncurl_quotes=False,
        fix_line_breaks=False,
        remove_control_chars=False,
        normalization=None,
    )
