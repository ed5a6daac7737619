"""A conversation, an agent and a rubric that try to break out of the page."""

from __future__ import annotations

from pathlib import Path

from coach.findings import Audit, Evidence, Finding, JudgeInfo, Rewrite
from coach.rubric import Rubric
from coach.store.database import Store
from tests.builders import conversation, criterion
from tests.builders import rubric as make_rubric

BREAKOUT = "</script></style><script>window.broken=1</script><img src=x onerror=window.broken=1>"
NAME = "\"A'><b>\u202eevil</b>"
SAID = f"Hurry up! {BREAKOUT} \u202eylno \u2066x {{{{ 7 * 7 }}}} &amp; \u0000\ud83d"


def hostile_rubric() -> Rubric:
    """One clause, whose every text is hostile."""
    return make_rubric(
        criterion("1", severity="critical", title=BREAKOUT, quote=BREAKOUT, clause=BREAKOUT), title=BREAKOUT
    )


def hostile_db(path: Path) -> Path:
    """A database with one conversation, whose every text is hostile."""
    rubric, judge = hostile_rubric(), JudgeInfo(kind="llm", model=BREAKOUT, prompt_hash="0" * 64)
    said = SAID.encode("utf-8", "replace").decode()
    transcript = conversation(f"A: {said}", f"C: {BREAKOUT}", id=f"c {NAME}").model_copy(update={"agent": NAME})
    broken = Finding(
        criterion="demo:1",
        verdict="violated",
        scenario="always",
        severity="critical",
        source="llm",
        evidence=(Evidence(turn=0, quote="Hurry up!"),),
        rationale=BREAKOUT,
        rewrite=Rewrite(turn=0, place="replace", text=BREAKOUT),
    )
    open_one = broken.model_copy(update={"verdict": "not_assessed", "evidence": (), "rewrite": None})
    found = Audit(
        transcript=transcript.id,
        agent=NAME,
        rubric=rubric.id,
        rubric_version=rubric.version,
        judge=judge,
        scenarios=(),
        findings=(broken, open_one),
        score=0,
        passed=False,
        critical_failures=("demo:1",),
        assessed=0.5,
    )
    with Store.open(path) as store:
        run = store.start_run(BREAKOUT, rubric, judge)
        store.save(run, transcript, rubric, found)
        store.record_failure(run, BREAKOUT, BREAKOUT, agent=BREAKOUT)
        store.finish_run(run)
    return path
