"""Conversations, a rubric and audits such as the store keeps."""

from __future__ import annotations

from coach.findings import Audit, Evidence, Finding, JudgeInfo, Occurrence, Rewrite, Usage
from coach.rubric import Rubric
from coach.transcript import Transcript

JUDGE = JudgeInfo(kind="llm", model="small-1", prompt_hash="p1")


def make_rubric(version: str = "1.0.0", quote: str = "Saludar y ofrecer ayuda") -> Rubric:
    criterion = {
        "clause": "1, Saludo",
        "quote": quote,
        "requirement": "Greet, name the company, offer help.",
        "scenario": "opening",
        "error_class": "customer",
        "assess": "text",
    }
    return Rubric.model_validate(
        {
            "id": "parcels",
            "title": "Parcels",
            "language": "es",
            "channels": ["phone"],
            "version": version,
            "manual": {"title": "Manual"},
            "scenarios": [{"id": "opening", "title": "Opening", "description": "The call begins."}],
            "criteria": [
                {**criterion, "id": "parcels:1", "title": "Greeting", "severity": "major"},
                {**criterion, "id": "parcels:2", "title": "No insults", "severity": "critical", "scenario": "always"},
            ],
        }
    )


def make_transcript(name: str = "c-1", *, agent: str | None = "A-1", reply: str = "No puedo hacer nada.") -> Transcript:
    return Transcript.model_validate(
        {
            "id": name,
            "language": "es",
            "channel": "phone",
            "agent": agent,
            "turns": [
                {"index": 0, "speaker": "agent", "text": "Oye, ¡habla!", "start": 0.0, "end": 1.5},
                {"index": 1, "speaker": "customer", "text": "¿Dónde está mi camión?"},
                {"index": 2, "speaker": "agent", "text": reply},
                {"index": 3, "speaker": "customer", "text": "[cuelga]"},
            ],
            "metadata": {"team": "north", "tags": ["a", 1]},
        }
    )


def make_audit(transcript: Transcript, *, score: float | None = 37.5, judge: JudgeInfo = JUDGE) -> Audit:
    return Audit(
        transcript=transcript.id,
        agent=transcript.agent,
        rubric="parcels",
        rubric_version="1.0.0",
        judge=judge,
        scenarios=(Occurrence(scenario="opening", turns=(0, 1)),),
        findings=(
            Finding(
                criterion="parcels:1",
                verdict="violated",
                scenario="opening",
                severity="major",
                source="llm",
                confidence=0.9,
                evidence=(Evidence(turn=0, quote="Oye, ¡habla!"), Evidence(turn=2, quote="No puedo")),
                rationale="A curt order.",
                rewrite=Rewrite(turn=0, place="replace", text="Buenos días, ¿en qué puedo ayudarle?"),
            ),
            Finding(
                criterion="parcels:2",
                verdict="not_assessed",
                scenario="always",
                severity="critical",
                source="check",
                rationale="No check covers it.",
                withheld="broke parcels:1",
            ),
        ),
        score=score,
        passed=None if score is None else True,
        critical_failures=(),
        assessed=0.5,
        usage=Usage(requests=1, input_tokens=1500, cached_tokens=1200, output_tokens=90, cost_usd=0.0021),
        seconds=0.25,
    )
