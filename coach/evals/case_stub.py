"""From a real audit to a labelled case: the conversation with the judge's verdicts as proposals, for a person to confirm.

Promise: a proposal never counts as a label by accident. Every label carries `confirm` (what the judge said), the case too,
and no eval command reads a file in which one is left. Verdicts that the judge left open are proposed as `?`.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from coach.errors import InputError
from coach.findings import Audit, Finding
from coach.transcript import Transcript

__all__ = ["read_audits", "stub"]

_CASE = (
    "check which scenarios arose and which clauses the judge left out: what has no label did not apply; "
    "remove personal data; then delete this line"
)


def read_audits(path: Path) -> Iterator[Audit]:
    """The audits of `coach audit --format jsonl`. Raises `InputError` with file and line."""
    try:
        lines = path.read_text("utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(f"cannot be read: {error}", source=path) from error
    for number, line in enumerate(lines, 1):
        if line.strip():
            try:
                yield Audit.model_validate_json(line)
            except ValidationError as error:
                first = error.errors()[0]
                where = ".".join(map(str, first["loc"]))
                hint = "coach audit --format jsonl writes such files"
                raise InputError(
                    f"is no audit: {where}: {first['msg']}", source=path, line=number, hint=hint
                ) from error


def stub(audit: Audit, transcript: Transcript, *, manual: str) -> str:
    """One line for a file of labelled cases. `manual` is the name or file of the rubric."""
    data: dict[str, Any] = {
        "id": transcript.id,
        "confirm": _CASE,
        "manual": manual,
        "language": transcript.language,
        "channel": transcript.channel,
        "agent": transcript.agent,
        "turns": [turn.model_dump(exclude_none=True) for turn in transcript.turns],
        "scenarios": [occurrence.scenario for occurrence in audit.scenarios],
        "labels": list(_labels(audit.findings)),
        "rewrites": [],
        "design": "real",
    }
    return json.dumps({name: value for name, value in data.items() if value is not None}, ensure_ascii=False)


def _labels(findings: Iterable[Finding]) -> Iterator[dict[str, Any]]:
    for finding in findings:
        if finding.verdict == "not_applicable":
            continue
        first = finding.evidence[0] if finding.evidence else None
        said = f"the judge says {finding.verdict}"
        said += f", turn {first.turn} {first.quote!r}" if first and first.quote else ""
        said += f": {finding.rationale}" if finding.rationale else ""
        yield {
            "clause": finding.criterion,
            "verdict": finding.verdict if finding.verdict in ("met", "violated") else "?",
            "turn": first.turn if first else 0,
            "note": "",
            "confirm": said,
        }
