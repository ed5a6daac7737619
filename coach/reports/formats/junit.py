"""`--format junit`: test results for a CI server: one suite per run, one test case per conversation.

A conversation with a broken clause is a failure (its type is the worst severity, its text lists every broken clause with
the quote), one in which nothing could be assessed is skipped, one that could not be graded is an error. What was not
assessed stands under the case's properties. Promise: the XML is well formed whatever was said in the conversation.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import IO
from xml.etree import ElementTree as ET

from coach.findings import Audit
from coach.reports.formats.registry import Ungraded
from coach.reports.formats.spool import Spool
from coach.reports.labels import Labels
from coach.reports.plain_text import one_line, shortened, xml_text
from coach.reports.standing import standing_line
from coach.reports.summary import Summary
from coach.rubric import Rubric, in_language

__all__ = ["JUnitWriter"]

_WORST_FIRST = ("critical", "major", "minor")


class JUnitWriter:
    """Cases wait in a spool until the counts that stand above them are known.

    There is one `<failure>` per case, not one per clause: several CI servers read only the first.
    """

    def __init__(self, stream: IO[str], rubrics: Mapping[str, Rubric], language: str | None) -> None:
        self._stream, self._rubrics, self._language = stream, rubrics, language
        self._summary = Summary(rubrics)
        self._cases = Spool()
        self._failures = self._skipped = 0

    def add(self, audit: Audit) -> None:
        """Write its case to the spool."""
        self._summary.add(audit)
        case = _case(audit.transcript, audit.rubric, audit.seconds)
        properties = ET.SubElement(case, "properties")
        _property(properties, "agent", audit.agent or "")
        _property(properties, "score", "" if audit.score is None else f"{audit.score:g}")
        _property(properties, "qualification", audit.qualification.status if audit.qualification else "untested")
        for finding in audit.findings:
            if finding.verdict == "not_assessed":
                _property(properties, f"not_assessed:{finding.criterion}", finding.rationale)
        if audit.violated():
            self._failures += 1
            self._add_failure(case, audit)
        elif audit.score is None:
            self._skipped += 1
            ET.SubElement(case, "skipped", message="no criterion could be assessed")
        self._spool(case)

    def fail(self, failure: Ungraded) -> None:
        """Write its case, an error, to the spool."""
        self._summary.fail()
        case = _case(failure.transcript, "ungraded", 0)
        error = ET.SubElement(case, "error", message=xml_text(shortened(failure.reason, 300)), type="ungraded")
        error.text = xml_text(failure.reason)
        self._spool(case)

    def finish(self) -> None:
        """Write the head with its counts, and the cases."""
        summary = self._summary
        suite = ET.Element("testsuite", name="coach audit", tests=str(summary.conversations + summary.failed))
        suite.attrib.update(failures=str(self._failures), errors=str(summary.failed), skipped=str(self._skipped))
        suite.set("time", f"{summary.seconds:.3f}")
        properties = ET.SubElement(suite, "properties")
        for name, version in summary.versions:
            _property(properties, "rubric", f"{name} {version}")
        for judge in summary.judges:
            _property(properties, "judge", f"{judge.kind} {judge.model} {judge.prompt_hash}")
            _property(properties, "qualification", standing_line(summary.standings[judge], Labels("en")))
        _property(properties, "mean_score", "" if summary.mean_score is None else f"{summary.mean_score:g}")
        _property(properties, "auto_fails", str(summary.auto_fails))
        head = ET.tostring(suite, encoding="unicode").removesuffix("</testsuite>")
        self._stream.write(f'<?xml version="1.0" encoding="utf-8"?>\n<testsuites>\n{head}\n')
        self._cases.copy_to(self._stream)
        self._stream.write("</testsuite>\n</testsuites>\n")

    def _add_failure(self, case: ET.Element, audit: Audit) -> None:
        rubric = self._rubrics[audit.rubric]
        broken = audit.violated()
        worst = min((finding.severity for finding in broken), key=_WORST_FIRST.index)
        names = ", ".join(finding.criterion for finding in broken)
        failure = ET.SubElement(case, "failure", message=shortened(names, 300), type=worst)
        paragraphs = []
        for finding in broken:
            criterion = rubric.by_id[finding.criterion]
            title = one_line(in_language(criterion.title, self._language or rubric.language))
            lines = [f"{finding.severity} {finding.criterion}: {title}"]
            lines.append(f"  manual ({one_line(criterion.clause)}): {one_line(criterion.quote)}")
            lines += [f"  turn {evidence.turn}: {one_line(evidence.quote)}" for evidence in finding.evidence]
            lines += [f"  why: {one_line(finding.rationale)}"] if finding.rationale else []
            lines += [f"  better: {one_line(finding.rewrite.text)}"] if finding.rewrite else []
            paragraphs.append("\n".join(lines))
        failure.text = xml_text("\n\n".join(paragraphs))

    def _spool(self, case: ET.Element) -> None:
        self._cases.write(ET.tostring(case, encoding="unicode") + "\n")


def _case(transcript: str, classname: str, seconds: float) -> ET.Element:
    return ET.Element("testcase", classname=f"coach.{classname}", name=xml_text(transcript), time=f"{seconds:.3f}")


def _property(properties: ET.Element, name: str, value: str) -> None:
    ET.SubElement(properties, "property", name=name, value=xml_text(value))
