"""The words of a message that is written in HTML.

Promise: what a reader would see, with a line break where HTML has one, and nothing of scripts, styles or quoted images.
"""

from __future__ import annotations

import re

from coach.errors import ConfigError

__all__ = ["html_to_text"]

_BLOCKS = ("p", "div", "li", "tr", "blockquote", "h1", "h2", "h3", "h4", "h5", "h6", "pre", "table", "ul", "ol")
_MARKUP = re.compile(r"<[a-zA-Z/!]|&[a-zA-Z#]")
_SPACES = re.compile(r"[ \t\r\f\v\u00a0]+")


def html_to_text(markup: str) -> str:
    """The text of an HTML fragment; text without any markup comes back as it is. Raises `ConfigError` without the library."""
    if not _MARKUP.search(markup):
        return markup.strip()
    try:
        from bs4 import BeautifulSoup
    except ImportError:
        message = "the messages are HTML, and the library that reads it is not installed"
        raise ConfigError(f"{message}: pip install 'coach[formats]'") from None
    soup = BeautifulSoup(markup, "html.parser")
    for hidden in soup(["script", "style", "head", "template"]):
        hidden.decompose()
    for line_break in soup("br"):
        line_break.replace_with("\n")
    for block in soup(_BLOCKS):
        block.insert_before("\n")
        block.insert_after("\n")
    lines = (_SPACES.sub(" ", line).strip() for line in soup.get_text().splitlines())
    return "\n".join(line for line in lines if line)
