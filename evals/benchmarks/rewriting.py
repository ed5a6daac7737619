"""Measures the rewrites: what is shown and withheld on the labelled conversations, whether facts hold, and how fast it is.

    python evals/benchmarks/rewriting.py                     # embedded judge, manual's scripts
    python evals/benchmarks/rewriting.py --base-url http://127.0.0.1:8080/v1 --rubric tea-city   # through an endpoint

Reads `evals/golden/dev` and `evals/rewrites/traps.jsonl`, never the held-out conversations.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import time
from collections import Counter
from pathlib import Path

from coach.auditor import audit
from coach.config import Settings
from coach.errors import CoachError
from coach.findings import Audit
from coach.judges.base import Judge
from coach.judges.choice import JudgeChoice
from coach.rewriting.draft import in_place
from coach.rewriting.facts import FactCheck
from coach.rubric_file import load_rubric, rubric_names
from coach.transcript import Transcript

EVALS = Path(__file__).resolve().parents[1]


async def measure(name: str, judges: JudgeChoice) -> Counter[str]:
    """Counts for one rubric; prints a line."""
    rubric = load_rubric(name)
    judge, found = judges.judge(rubric), Counter[str]()
    rewriter = judges.rewriter(judge)
    path = EVALS / "golden" / "dev" / f"{name}.jsonl"
    transcripts = [Transcript.model_validate_json(line) for line in path.read_text("utf-8").splitlines()]
    graded = [await audit(transcript, judge) for transcript in transcripts]
    began = time.perf_counter()
    for transcript, before in zip(transcripts, graded, strict=True):
        after = (await rewriter.rewrite(transcript, before)).audit
        for finding in after.violated():
            found["violated"] += 1
            found["shown"] += finding.rewrite is not None
            found["withheld"] += finding.withheld is not None
        if judges.kind == "embedded":
            await _again(transcript, after, judge, found)
    seconds = time.perf_counter() - began
    print(f"{name}: {dict(found)}, {len(transcripts)} conversations, {seconds:.2f} s")
    return found


async def _again(transcript: Transcript, after: Audit, judge: Judge, found: Counter[str]) -> None:
    """Grade every shown rewrite once more, from scratch, and compare facts, as an outsider would."""
    before = {finding.criterion for finding in after.violated()}
    for finding in after.violated():
        if finding.rewrite is None:
            continue
        second = await audit(in_place(transcript, finding.rewrite), judge)
        verdicts = {f.criterion: f.verdict for f in second.findings}
        newly = {f.criterion for f in second.violated()} - before
        found["passing"] += verdicts.get(finding.criterion) == "met" and not newly
        original = transcript.turns[finding.rewrite.turn].text if finding.rewrite.place == "replace" else ""
        criteria = [judge.rubric.by_id[f.criterion] for f in after.violated() if f.rewrite == finding.rewrite]
        check = FactCheck.of(transcript, finding.rewrite.turn, criteria, transcript.primary_language)
        found["facts_hold"] += not check.compare(original, finding.rewrite.text)


def traps() -> None:
    """How many of the traps are seen, and how many clean rewrites pass."""
    seen: Counter[str] = Counter()
    for line in (EVALS / "rewrites" / "traps.jsonl").read_text("utf-8").splitlines():
        trap = json.loads(line)
        found = FactCheck(trap["language"]).compare(trap["original"], trap["rewrite"])
        wanted = {(change, kind) for change, kind in trap["expect"]}
        kind = "traps" if wanted else "clean"
        seen[kind] += 1
        seen[f"{kind}_right"] += bool(found) == bool(wanted) and wanted <= {(d.change, d.kind) for d in found}
    print(
        f"traps seen {seen['traps_right']} of {seen['traps']}, clean rewrites passed {seen['clean_right']} of {seen['clean']}"
    )


async def run(names: list[str], judges: JudgeChoice) -> None:
    """Every rubric that loads, then the total."""
    await judges.prepare()
    total: Counter[str] = Counter()
    try:
        for name in names:
            try:
                total += await measure(name, judges)
            except CoachError as error:
                print(f"{name}: {error}")
    finally:
        await judges.close()
    if total["violated"]:
        shown, withheld = total["shown"] / total["violated"], total["withheld"] / total["violated"]
        print(f"total: {dict(total)}; shown {shown:.1%}, withheld {withheld:.1%}")


def main() -> None:
    """Parse the flags and measure."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rubric", action="append", help="only these rubrics")
    parser.add_argument("--base-url", help="an endpoint; without it the embedded judge")
    parser.add_argument("--model")
    flags = parser.parse_args()
    settings = Settings.read({}, base_url=flags.base_url, model=flags.model)
    traps()
    asyncio.run(run(flags.rubric or rubric_names(), JudgeChoice("llm" if flags.base_url else "embedded", settings)))


if __name__ == "__main__":
    main()
