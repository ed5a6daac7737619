"""Measures the rewrites: what is shown and withheld on the labelled conversations, whether facts hold, and how fast it is.

    python evals/benchmarks/rewriting.py                     # embedded judge, the rubrics' wordings
    python evals/benchmarks/rewriting.py --suffix -fresh2    # conversations that nobody looked at while building this
    python evals/benchmarks/rewriting.py --loopback          # the LLM path, with a model of our own making on 127.0.0.1
    python evals/benchmarks/rewriting.py --base-url http://127.0.0.1:8080/v1 --rubric tea-city   # through an endpoint

Reads `evals/golden/dev` and `evals/rewrites/*.jsonl`, never the held-out conversations.
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
from coach.findings import Audit, Rewrite
from coach.judges.base import Judge
from coach.judges.choice import JudgeChoice
from coach.rewriting.draft import all_in_place
from coach.rewriting.facts import FactCheck
from coach.rewriting.rewriter import Rewritten
from coach.rubric import Rubric
from coach.rubric_file import load_rubric, rubric_names
from coach.transcript import Transcript

EVALS = Path(__file__).resolve().parents[1]


async def measure(name: str, judges: JudgeChoice, suffix: str) -> Counter[str]:
    """Counts for one rubric; prints a line."""
    rubric = load_rubric(name)
    judge, found = judges.judge(rubric), Counter[str]()
    rewriter = judges.rewriter(judge)
    path = EVALS / "golden" / "dev" / f"{name}{suffix}.jsonl"
    transcripts = [Transcript.model_validate_json(line) for line in path.read_text("utf-8").splitlines()]
    graded = [await audit(transcript, judge) for transcript in transcripts]
    began = time.perf_counter()
    for transcript, before in zip(transcripts, graded, strict=True):
        done = await rewriter.rewrite(transcript, before)
        for finding in done.audit.violated():
            found["violated"] += 1
            found["shown"] += finding.rewrite is not None
            found["withheld"] += finding.withheld is not None
        found["proposals"] += len(done.attempts)
        await _again(transcript, done, judge, found)
    seconds = time.perf_counter() - began
    share = found["shown"] / found["violated"] if found["violated"] else 0.0
    print(f"{name}: shown {share:.0%} {dict(found)}, {len(transcripts)} conversations, {seconds:.2f} s", flush=True)
    return found


async def _again(transcript: Transcript, done: Rewritten, judge: Judge, found: Counter[str]) -> None:
    """Grade every shown rewrite once more, from scratch, and compare facts, as an outsider would. Where several turns break a
    criterion, its rewrite is graded with those of the other turns in place."""
    after = done.audit
    before = {finding.criterion for finding in after.violated()}
    for finding in after.violated():
        if finding.rewrite is None:
            continue
        made = [finding.rewrite, *done.companions.get(finding.criterion, ())]
        second = await audit(all_in_place(transcript, made), judge)
        verdicts = {f.criterion: f.verdict for f in second.findings}
        newly = {f.criterion for f in second.violated()} - before
        found["passing"] += verdicts.get(finding.criterion) == "met" and not newly
        found["in_several_turns"] += len(made) > 1
        found["facts_hold"] += all(_facts_hold(transcript, rewrite, after, judge.rubric) for rewrite in made)


def _facts_hold(transcript: Transcript, rewrite: Rewrite, after: Audit, rubric: Rubric) -> bool:
    """Nothing lost or added; but for what a clause forbids to state (its scripts name the kinds), and its own words."""
    original = transcript.turns[rewrite.turn].text if rewrite.place == "replace" else ""
    criteria = [rubric.by_id[f.criterion] for f in after.violated()]
    drops = {kind for criterion in criteria for script in criterion.wordings for kind in script.drops}
    check = FactCheck.of(transcript, rewrite.turn, criteria, transcript.primary_language)
    return not [d for d in check.compare(original, rewrite.text) if d.change == "added" or d.kind not in drops]


def traps() -> None:
    """How many of the traps are seen, and how many clean rewrites pass."""
    seen: Counter[str] = Counter()
    lines = [line for path in sorted((EVALS / "rewrites").glob("*.jsonl")) for line in path.open(encoding="utf-8")]
    for line in lines:
        trap = json.loads(line)
        found = FactCheck(trap["language"]).compare(trap["original"], trap["rewrite"])
        wanted = {(change, kind) for change, kind in trap["expect"]}
        kind = "traps" if wanted else "clean"
        seen[kind] += 1
        seen[f"{kind}_right"] += bool(found) == bool(wanted) and wanted <= {(d.change, d.kind) for d in found}
    print(
        f"traps seen {seen['traps_right']} of {seen['traps']}, clean rewrites passed {seen['clean_right']} of {seen['clean']}"
    )


async def run(names: list[str], judges: JudgeChoice, suffix: str) -> None:
    """Every rubric that loads, then the total."""
    await judges.prepare()
    total: Counter[str] = Counter()
    try:
        for name in names:
            try:
                total += await measure(name, judges, suffix)
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
    parser.add_argument("--suffix", default="", help="of the files: -fresh, -fresh2")
    parser.add_argument("--loopback", action="store_true", help="serve the LLM path from this process")
    flags = parser.parse_args()
    traps()
    names = flags.rubric or rubric_names()
    if flags.loopback:
        from rewriting_model import serve

        with serve(names, flags.suffix) as base_url:
            settings = Settings.read({}, base_url=base_url, model="loopback")
            asyncio.run(run(names, JudgeChoice("llm", settings), flags.suffix))
        return
    settings = Settings.read({}, base_url=flags.base_url, model=flags.model)
    judges = JudgeChoice("llm" if flags.base_url else "embedded", settings)
    asyncio.run(run(names, judges, flags.suffix))


if __name__ == "__main__":
    main()
