"""Audits whose conversations try to break out of the report."""

from __future__ import annotations

from coach.findings import Audit, Evidence, Finding, JudgeInfo, Occurrence, Rewrite, Usage
from coach.rubric import Rubric
from coach.store.records import Failure

JUDGE = JudgeInfo(kind="llm", model="small-1", prompt_hash="abcdef0123456789")
NASTY = "=cmd|'/c calc'!A1 *bold* <script>&amp; [x](http://evil.example) | `a` \\ @team #12 \x1b[31m\x00\u202eb\r\n# h"
NASTY_LINE = "=cmd|'/c calc'!A1 *bold* <script>&amp; [x](http://evil.example) | `a` \\ @team #12 [31mb # h"
FAILURE = Failure("c-9", "the endpoint did not answer | *twice*")


def make_rubric(name: str = "parcels", language: str = "es") -> Rubric:
    criterion = {"requirement": "r", "scenario": "opening", "assess": "text"}
    return Rubric.model_validate(
        {
            "id": name,
            "title": "Parcels",
            "language": language,
            "channels": ["phone"],
            "version": "1.2.0",
            "manual": {"title": "Manual"},
            "scenarios": [
                {"id": "opening", "title": {"en": "Opening", "es": "Apertura", "zh": "开场"}, "description": "d"}
            ],
            "criteria": [
                {
                    **criterion,
                    "id": f"{name}:1",
                    "clause": "1 (Saludo)",
                    "quote": "Hola, ¿qué puedo hacer?",
                    "title": {"en": "Greet", "es": "Saludar", "zh": "问候客户"},
                    "severity": "major",
                    "error_class": "customer",
                },
                {
                    **criterion,
                    "id": f"{name}:2",
                    "clause": "2 (Respeto)",
                    "quote": "No culpe al cliente",
                    "title": {"en": "Do not blame", "es": "No culpar", "zh": "不可责怪客户"},
                    "severity": "critical",
                    "error_class": "compliance",
                },
                {
                    **criterion,
                    "id": f"{name}:3",
                    "clause": "3",
                    "quote": "Gracias",
                    "title": "Thank",
                    "severity": "minor",
                    "error_class": "business",
                },
            ],
        }
    )


def violated(criterion: str, severity: str, quote: str, turn: int = 0) -> Finding:
    return Finding.model_validate(
        {
            "criterion": criterion,
            "verdict": "violated",
            "scenario": "opening",
            "severity": severity,
            "source": "llm",
            "evidence": [Evidence(turn=turn, quote=quote)],
            "rationale": f"because: {quote}",
        }
    )


def verdict(criterion: str, verdict: str, severity: str, why: str = "") -> Finding:
    return Finding.model_validate(
        {
            "criterion": criterion,
            "verdict": verdict,
            "scenario": "opening",
            "severity": severity,
            "source": "llm",
            "rationale": why,
        }
    )


def make_audit(
    name: str, findings: tuple[Finding, ...], score: float | None, passed: bool | None, rubric: str = "parcels"
) -> Audit:
    critical = tuple(f.criterion for f in findings if f.verdict == "violated" and f.severity == "critical")
    return Audit(
        transcript=name,
        agent="A-1",
        rubric=rubric,
        rubric_version="1.2.0",
        judge=JUDGE,
        scenarios=(Occurrence(scenario="opening", turns=(0, 2)),),
        findings=findings,
        score=score,
        passed=passed,
        critical_failures=critical,
        assessed=0.5,
        usage=Usage(requests=1, input_tokens=1000, cached_tokens=800, output_tokens=50, cost_usd=0.001),
        seconds=0.5,
    )


def make_audits() -> list[Audit]:
    """One with two broken clauses, one without fault, one in which nothing could be assessed."""
    rewrite = Rewrite(turn=0, place="before", text="Buenos días, ¿en qué puedo ayudarle?")
    return [
        make_audit(
            "c-1",
            (
                violated("parcels:1", "major", NASTY).model_copy(update={"rewrite": rewrite}),
                violated("parcels:2", "critical", "Es culpa suya", turn=4).model_copy(update={"withheld": "broke 1"}),
                verdict("parcels:3", "not_assessed", "minor", "no times"),
            ),
            0.0,
            False,
        ),
        make_audit("c-2", (verdict("parcels:1", "met", "major"), verdict("parcels:2", "met", "critical")), 100.0, True),
        make_audit("c-3", (verdict("parcels:3", "not_assessed", "minor", "no times"),), None, None),
    ]
