"""Reasons in the language of the report: what is stored stays as it is, what people read is translated.

Promise: only what coach says of itself is translated, by `reasons.yaml`; what a rubric or an LLM says in its own words, and
what the file does not know, stands as it was written. Nothing stored changes with the language of a report.
"""

from __future__ import annotations

import re
from functools import lru_cache
from pathlib import Path
from string import Formatter

from coach.yaml_file import read_yaml

__all__ = ["reason_in"]

_FILE = Path(__file__).with_name("reasons.yaml")
_TRANSLATED = ("reason", "verdict")


def reason_in(reason: str, language: str | None) -> str:
    """`reason` in `language` (`es`, `zh-CN`, ...), as far as it is one of coach's own."""
    code = (language or "en").split("-")[0].lower()
    if code == "en":
        return reason
    for expression, wordings in _catalogue():
        match = expression.fullmatch(reason)
        if match is not None and code in wordings:
            parts = {k: reason_in(v, code) if k in _TRANSLATED else v for k, v in match.groupdict().items()}
            return wordings[code].format(**parts)
    return reason


@lru_cache(maxsize=1)
def _catalogue() -> tuple[tuple[re.Pattern[str], dict[str, str]], ...]:
    rows, _ = read_yaml(_FILE)
    return tuple((_expression(row["en"]), row) for row in rows)


def _expression(template: str) -> re.Pattern[str]:
    pattern = ""
    for text, name, _, _ in Formatter().parse(template):
        pattern += re.escape(text) + (f"(?P<{name}>.+{'' if name == 'reason' else '?'})" if name else "")
    return re.compile(pattern, re.DOTALL)
