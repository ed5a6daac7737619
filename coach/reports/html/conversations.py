"""The conversations of a report, as blocks that the page opens when somebody asks for one.

Promise: a block is base64 of gzip, so nothing in a conversation can end it or be taken for markup, and the page's own text
stays small however many conversations there are. Blocks go to a temporary file as they fill.
"""

from __future__ import annotations

import gzip
import json
from base64 import b64encode
from collections.abc import Iterator, Mapping
from tempfile import TemporaryFile
from typing import Any

from coach.findings import Finding, JudgeInfo
from coach.reports.html.figures import general_reason, monday_of
from coach.reports.reasons import reason_in
from coach.rubric import Rubric, in_language
from coach.store.records import StoredAudit
from coach.transcript import Transcript

__all__ = ["CHUNK", "ConversationBlocks", "packed"]

CHUNK = 20
"""Conversations a block: opening one unpacks few others."""

_VERDICTS = {"met": 0, "violated": 1, "not_assessed": 2}


def packed(value: object) -> str:
    """`value` as JSON, gzip and base64; the same value gives the same text."""
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    # A lone half of a surrogate pair, as broken exports have, cannot be written in UTF-8.
    return b64encode(gzip.compress(text.encode("utf-8", "replace"), compresslevel=6, mtime=0)).decode("ascii")


class _Numbered:
    """Values in the order in which they first came; each is written once and then named by its number."""

    def __init__(self) -> None:
        self.values: dict[Any, int] = {}

    def __call__(self, value: Any) -> int:
        return self.values.setdefault(value, len(self.values))


class ConversationBlocks:
    """Collects conversations with `add`; then `index` is what the page's lists need, `blocks` yields the rest. Close it."""

    def __init__(self, rubrics: Mapping[str, Rubric], language: str) -> None:
        self._rubrics, self._language = rubrics, language
        self._spool = TemporaryFile("w+", encoding="ascii")  # noqa: SIM115 - closed by __exit__
        self._waiting: list[dict[str, Any]] = []
        self._agents, self._judges, self._clauses, self._reasons = _Numbered(), _Numbered(), _Numbered(), _Numbered()
        self._rows: list[list[Any]] = []

    def __enter__(self) -> ConversationBlocks:
        return self

    def __exit__(self, *_: object) -> None:
        self._spool.close()

    def add(self, stored: StoredAudit, transcript: Transcript) -> None:
        """Add one conversation; its number on the page is how many were added before."""
        audit = stored.audit
        dated = stored.held != stored.created
        findings = [f for f in audit.findings if f.verdict in _VERDICTS]
        self._rows.append(
            [
                audit.transcript,
                self._agents(audit.agent),
                stored.held.date().isoformat(),
                int(dated),
                monday_of(stored.held.date()).isoformat(),
                audit.rubric,
                audit.score,
                audit.passed,
                self._judges((audit.judge, audit.rubric, audit.rubric_version)),
                [4 * self._clause(audit.rubric, finding) + _VERDICTS[finding.verdict] for finding in findings],
                sorted({self._reasons(general_reason(f.rationale)) for f in findings if f.verdict == "not_assessed"}),
            ]
        )
        self._waiting.append(self._whole(stored, transcript, findings))
        if len(self._waiting) == CHUNK:
            self._flush()

    def index(self) -> dict[str, Any]:
        """Names and rows, for `packed`; the page's script says what each place in a row is."""
        return {
            "agents": list(self._agents.values),
            "judges": [_judge(*key) for key in self._judges.values],
            "clauses": [self._described(*key) for key in self._clauses.values],
            "reasons": list(self._reasons.values),
            "scenarios": self._scenarios(),
            "rubrics": {
                rubric.id: [in_language(rubric.title, self._language), rubric.language]
                for rubric in self._rubrics.values()
            },
            "rows": self._rows,
            "chunk": CHUNK,
        }

    def blocks(self) -> Iterator[str]:
        """The blocks, in order."""
        self._flush()
        self._spool.seek(0)
        for line in self._spool:
            yield line.rstrip("\n")

    def _flush(self) -> None:
        if self._waiting:
            self._spool.write(packed(self._waiting) + "\n")
            self._waiting = []

    def _clause(self, rubric: str, finding: Finding) -> int:
        return self._clauses((rubric, finding.criterion, finding.scenario, finding.severity))

    def _whole(self, stored: StoredAudit, transcript: Transcript, findings: list[Finding]) -> dict[str, Any]:
        return {
            "language": transcript.language,
            "channel": transcript.channel,
            "turns": [[turn.speaker == "agent", turn.text, turn.start] for turn in transcript.turns],
            "arose": [[arose.scenario, list(arose.turns)] for arose in stored.audit.scenarios],
            "findings": [self._finding(stored.audit.rubric, finding) for finding in findings],
        }

    def _finding(self, rubric: str, finding: Finding) -> dict[str, Any]:
        row: dict[str, Any] = {"c": self._clause(rubric, finding), "v": _VERDICTS[finding.verdict]}
        if finding.evidence:
            row["e"] = [[evidence.turn, evidence.quote] for evidence in finding.evidence]
        if finding.rationale:
            row["why"] = reason_in(finding.rationale, self._language)
        if finding.confidence is not None:
            row["sure"] = finding.confidence
        if finding.rewrite is not None:
            row["better"] = [finding.rewrite.turn, finding.rewrite.place, finding.rewrite.text]
        if finding.withheld:
            row["withheld"] = finding.withheld
        return {**row, "by": finding.source}

    def _described(self, rubric_id: str, criterion_id: str, scenario: str, severity: str) -> list[Any]:
        criterion = self._rubrics[rubric_id].by_id.get(criterion_id)
        if criterion is None:
            return [rubric_id, criterion_id, scenario, severity, "", "", "", ""]
        title = in_language(criterion.title, self._language)
        return [
            rubric_id,
            criterion_id,
            scenario,
            severity,
            criterion.error_class,
            title,
            criterion.clause,
            criterion.quote,
        ]

    def _scenarios(self) -> dict[str, dict[str, str]]:
        return {
            rubric.id: {each.id: in_language(each.title, self._language) for each in rubric.scenarios}
            for rubric in self._rubrics.values()
        }


def _judge(judge: JudgeInfo, rubric: str, version: str) -> list[str]:
    return [judge.kind, judge.model, judge.prompt_hash, rubric, version]
