"""The report as a page: figures put into the template, with everything that the file needs inside it.

Promise: whatever a conversation, a rubric or a name holds is shown as text, and the page may load nothing: its content
security policy allows its own style and script, known by their hashes, and no address at all.
"""

from __future__ import annotations

import hashlib
import json
from base64 import b64encode
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import quote

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from coach.interval import Share
from coach.reports.html.sections import Sections
from coach.reports.html.wording import Wording
from coach.reports.plain_text import one_line

__all__ = ["Scope", "page_end", "page_start"]

_TEMPLATES = Path(__file__).parent / "templates"


@dataclass(frozen=True)
class Scope:
    """What was asked for. `since` <= held < `until`; None: not asked."""

    team: str | None = None
    agent: str | None = None
    since: datetime | None = None
    until: datetime | None = None


def page_start(sections: Sections, scope: Scope, wording: Wording, index: str, made: datetime) -> str:
    """The page up to where the blocks of conversations stand. `index` is packed; `made` is printed on the page."""
    title = wording("report_title_agent", agent=one_line(scope.agent)) if scope.agent else wording("report_title")
    style, script = _asset("report.css"), _asset("report.js")
    return (
        _environment()
        .get_template("report.html.j2")
        .render(
            t=wording,
            title=title,
            scope=scope,
            made=made,
            policy=_policy(style, script),
            style=Markup(style),
            script=Markup(script),
            labels=_json(wording, title),
            index=index,
            **sections.context(),
        )
    )


def page_end() -> str:
    """What closes the page after the last block."""
    return "</body>\n</html>\n"


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(_TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["plain"] = one_line
    environment.globals["link"] = _link
    environment.globals["heat_step"] = _heat_step
    return environment


@cache
def _asset(name: str) -> str:
    return (_TEMPLATES / name).read_text("utf-8")


def _policy(style: str, script: str) -> str:
    def source(text: str) -> str:
        return f"'sha256-{b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"

    return (
        f"default-src 'none'; script-src {source(script)}; style-src {source(style)}; base-uri 'none'; form-action 'none';"
        " require-trusted-types-for 'script'"
    )


def _json(wording: Wording, title: str) -> Markup:
    data = {"language": wording.language, "title": title, **wording.script_labels()}
    text = json.dumps(data, ensure_ascii=False)
    # Within a script element only the end tag and a comment's opening mean anything; neither is left.
    return Markup(text.replace("<", "\\u003c"))


def _link(**filters: Any) -> str:
    """The address of the list of conversations that `filters` leave; None stands for an agent without a name."""
    asked = "&".join(f"{name}={quote('' if value is None else str(value), safe='')}" for name, value in filters.items())
    return f"#/list?{asked}" if asked else "#/list"


def _heat_step(share: Share) -> int:
    """0 (none) to 5 (nearly all): how dark a cell of the heat map is."""
    return 0 if not share.count else 1 + min(4, int(share.value * 5))
