"""A bad day: an endpoint that fails in every way, and a run that is killed half way and started again.

    python evals/benchmarks/llm_faults.py                        # 500 conversations, about a minute
    python evals/benchmarks/llm_faults.py --conversations 60 --latency 0.02 --timeout 1

5% of the requests get a 429, 2% a 500, 2% a malformed answer, 1% one that is cut off, 0.5% none at all. `coach audit --db`
is killed (SIGKILL) when half of the conversations are answered, and started again. What the endpoint answers where it does
answer is known beforehand, so every verdict can be checked. Prints one JSON object; exit code 1 where

- a verdict, its turn or its quote is not the one that was given, or a criterion that was answered has no finding,
- something is neither graded nor listed with its reason, or not assessed without one,
- more conversations were paid for twice than could be under way when the run was killed.
"""

from __future__ import annotations

import argparse
import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from llm_throughput import get, rubric, rubric_data, start_endpoint, transcripts
from loopback_endpoint import answer

from coach.config import Settings
from coach.findings import Audit, Finding
from coach.judges.llm.plan import Planner
from coach.store.database import Store
from coach.transcript import Transcript

BAD_DAY = {"throttled": 0.05, "failed": 0.02, "malformed": 0.02, "cut_off": 0.01, "hanging": 0.005}


def _command(port: int, options: argparse.Namespace) -> list[str]:
    flags = ["--rubric", "bench.yaml", "--db", "a.db", "--format", "jsonl", "--no-rewrites", "--quiet", "--model", "m"]
    flags += ["--concurrency", str(options.concurrency), "--timeout", str(options.timeout)]
    flags += ["--base-url", f"http://127.0.0.1:{port}/v1", "--output", "audits.jsonl"]
    return [sys.executable, "-m", "coach", "audit", "calls.jsonl", *flags]


def _write_input(folder: Path, count: int) -> None:
    (folder / "bench.yaml").write_text(json.dumps(rubric_data()), "utf-8")
    lines = (transcript.model_dump_json() + "\n" for transcript in transcripts(count))
    (folder / "calls.jsonl").write_text("".join(lines), "utf-8")


def _killed_half_way(command: list[str], folder: Path, port: int, count: int) -> int:
    """Start the run, kill it when half is answered, and say how many conversations it had saved."""
    with subprocess.Popen(command, cwd=folder, stderr=subprocess.DEVNULL) as process:
        while get(port, "stats")["answered"] < count / 2 and process.poll() is None:
            time.sleep(0.02)
        process.send_signal(signal.SIGKILL)
    with Store.open(folder / "a.db") as store:
        return sum(1 for _ in store.audits())


def _expected(transcript: Transcript, planner: Planner) -> dict[str, tuple[str, int, str]]:
    """Criterion -> verdict, turn and quote that the endpoint gives for this conversation when nothing goes wrong."""
    (group,) = planner.groups(planner.chosen())
    given = json.loads(answer({"messages": planner.first(group, transcript).messages}))
    found = {}
    for each in given["answers"]:
        verdict = "met" if "met" in each else "violated"
        found[group.by_code[each[verdict]].id] = (verdict, each["turn"], each.get("quote", ""))
    return found


def _says(finding: Finding) -> tuple[str, int, str]:
    evidence = finding.evidence[0]
    return finding.verdict, evidence.turn, evidence.quote


def _wrong(audits: Iterable[Audit], count: int) -> Iterator[str]:
    """What an audit says that the endpoint did not, or does not say although the endpoint did."""
    planner = Planner(rubric(), Settings())
    expected = {transcript.id: _expected(transcript, planner) for transcript in transcripts(count)}
    for audit in audits:
        wanted = expected[audit.transcript]
        open_ones = {f.criterion for f in audit.findings if f.verdict == "not_assessed" and f.rationale}
        said = {f.criterion: _says(f) for f in audit.findings if f.criterion not in open_ones and f.evidence}
        for criterion in (wanted.keys() | said.keys() | {f.criterion for f in audit.findings}) - open_ones:
            if said.get(criterion) != wanted.get(criterion):
                yield f"{audit.transcript} {criterion}: {said.get(criterion)}, not {wanted.get(criterion)}"


def _run(folder: Path, port: int, options: argparse.Namespace) -> tuple[dict[str, Any], bool]:
    count = options.conversations
    _write_input(folder, count)
    command = _command(port, options)
    saved = _killed_half_way(command, folder, port, count)
    began = time.monotonic()
    ended = subprocess.run(
        command, cwd=folder, env=dict(os.environ), stderr=subprocess.PIPE, text=True, errors="replace", check=False
    )
    seconds = time.monotonic() - began
    audits = [Audit.model_validate_json(line) for line in (folder / "audits.jsonl").read_text("utf-8").splitlines()]
    with Store.open(folder / "a.db") as store:
        listed = {failure.transcript for failure in store.failures() if failure.reason}
    lost = count - len({audit.transcript for audit in audits} | listed)
    wrong = list(_wrong(audits, count))
    sys.stderr.write("".join(f"{problem}\n" for problem in wrong[:20]) + ended.stderr)
    seen = get(port, "stats")
    findings = [finding for audit in audits for finding in audit.findings]
    under_way = 2 * options.concurrency
    result = {
        "conversations": count,
        "saved when killed": saved,
        "graded": len(audits),
        "listed as not graded": len(listed - {audit.transcript for audit in audits}),
        "lost": lost,
        "verdicts": sum(finding.verdict in ("met", "violated") for finding in findings),
        "not assessed": sum(finding.verdict == "not_assessed" for finding in findings),
        "wrong": len(wrong),
        "paid for twice": seen["repeated"],
        "could be under way": under_way,
        "requests/conv": round(seen["requests"] / count, 3),
        "faults": seen["faults"],
        "seconds after the kill": round(seconds, 1),
    }
    return result, not (lost or wrong or seen["repeated"] > under_way or ended.returncode not in (0, 3))


def main() -> int:
    """Run the bad day and print what came of it."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--conversations", type=int, default=500)
    parser.add_argument("--latency", type=float, default=0.2, help="seconds the endpoint takes")
    parser.add_argument("--concurrency", type=int, default=16)
    parser.add_argument("--timeout", type=float, default=5.0, help="seconds after which a request hangs")
    options = parser.parse_args()
    process, port = start_endpoint({"latency": options.latency, **BAD_DAY})
    try:
        with tempfile.TemporaryDirectory() as folder:
            result, sound = _run(Path(folder), port, options)
    finally:
        process.terminate()
        process.wait()
    print(json.dumps(result))
    return 0 if sound else 1


if __name__ == "__main__":
    sys.exit(main())
