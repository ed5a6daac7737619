"""`--format json`: one document, `{"audits": [...], "failures": [{"transcript", "reason"}], "summary": {...}}`."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import IO

from coach.findings import Audit
from coach.reports.formats.registry import Ungraded
from coach.reports.summary import Summary
from coach.rubric import Rubric

__all__ = ["JsonWriter"]


class JsonWriter:
    """Writes audits as they come, so that memory stays flat; the rest of the document follows at the end."""

    def __init__(self, stream: IO[str], rubrics: Mapping[str, Rubric], _language: str | None) -> None:
        self._stream, self._summary = stream, Summary(rubrics)
        self._failures: list[dict[str, str]] = []
        self._stream.write('{"audits": [')

    def add(self, audit: Audit) -> None:
        """Write the audit."""
        self._stream.write(",\n" if self._summary.conversations else "\n")
        self._stream.write(audit.model_dump_json())
        self._summary.add(audit)

    def fail(self, failure: Ungraded) -> None:
        """Remember it for the end."""
        self._failures.append({"transcript": failure.transcript, "reason": failure.reason})
        self._summary.fail()

    def finish(self) -> None:
        """Write failures and summary."""
        failures = json.dumps(self._failures, ensure_ascii=False)
        summary = json.dumps(self._summary.as_json(), ensure_ascii=False)
        self._stream.write(f'\n],\n"failures": {failures},\n"summary": {summary}}}\n')
