"""`--format jsonl`: one audit a line, on its way as soon as it is there. Ungraded conversations are not among them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import IO

from coach.findings import Audit
from coach.reports.formats.registry import Ungraded
from coach.rubric import Rubric

__all__ = ["JsonLinesWriter"]


class JsonLinesWriter:
    """Every line is an `Audit` as the contract has it; whoever reads the pipe sees it at once."""

    def __init__(self, stream: IO[str], _rubrics: Mapping[str, Rubric], _language: str | None) -> None:
        self._stream = stream

    def add(self, audit: Audit) -> None:
        """Write the line and flush."""
        self._stream.write(audit.model_dump_json() + "\n")
        self._stream.flush()

    def fail(self, failure: Ungraded) -> None:
        """Nothing: every line is an audit."""

    def finish(self) -> None:
        """Nothing comes last."""
