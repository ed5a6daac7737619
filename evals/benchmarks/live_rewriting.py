"""Measures `coach rewrite --watch`: how long an agent who types waits for each answer.

    python evals/benchmarks/live_rewriting.py

Types the agents' turns of `evals/golden/dev` into the command, one line after the other, as they come: each waits for the
answer before the next.
"""

from __future__ import annotations

import json
import statistics
import subprocess
import sys
import time
from pathlib import Path

from coach.rubric_file import rubric_names

DEV = Path(__file__).resolve().parents[1] / "golden" / "dev"
LINES = 80


def waits(name: str) -> list[float]:
    """Seconds until each answer; the first includes the start of the command."""
    rows = [json.loads(line) for line in (DEV / f"{name}.jsonl").open(encoding="utf-8")]
    said = [turn["text"].replace("\n", " ") for row in rows for turn in row["turns"] if turn["speaker"] == "agent"]
    command = [sys.executable, "-m", "coach", "rewrite", "--watch", "--rubric", name, "--format", "json"]
    found = []
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        for line in said[:LINES]:
            began = time.perf_counter()
            process.stdin.write(f"{line}\n")
            process.stdin.flush()
            process.stdout.readline()
            found.append(time.perf_counter() - began)
        process.stdin.close()
    return found


def main() -> None:
    """A line for each rubric."""
    for name in rubric_names():
        first, *rest = waits(name)
        rest = sorted(1000 * wait for wait in rest)
        middle, high = statistics.median(rest), rest[int(0.95 * len(rest))]
        late = sum(wait > 200 for wait in rest)
        print(
            f"{name}: ready after {first:.1f} s; median {middle:.0f} ms, p95 {high:.0f} ms, slowest {rest[-1]:.0f} ms,"
            f" {late} of {len(rest)} over 200 ms",
            flush=True,
        )


if __name__ == "__main__":
    main()
