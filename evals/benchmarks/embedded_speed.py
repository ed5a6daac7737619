"""How fast the embedded judge grades, and in how much memory: grading, reading and storing shown apart.

    python evals/benchmarks/embedded_speed.py [--rubric sto-express] [--sizes 1000 10000]

Conversations of 12 turns are put together from the turns of the labelled ones, with a running number in every turn, so that
none recurs. Prints, per size: seconds for reading alone, for grading alone (one core), for the whole `coach audit` with a
database, conversations a second, and the peak resident memory of each in MB. The first line is the time of one `coach audit` of one
conversation from start to end.
"""

from __future__ import annotations

import argparse
import json
import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
TURNS = 12


def conversations(rubric: str, count: int) -> Iterator[dict[str, object]]:
    """`count` conversations that nobody held, agent and customer by turns."""
    said: dict[str, list[str]] = {"agent": [], "customer": []}
    language = "en"
    for line in (ROOT / "evals/golden/dev" / f"{rubric}.jsonl").read_text("utf-8").splitlines():
        case = json.loads(line)
        language = case["language"]
        for turn in case["turns"]:
            said[turn["speaker"]].append(turn["text"])
    chance = random.Random(1)
    for number in range(count):
        speakers = ["agent" if position % 2 == 0 else "customer" for position in range(TURNS)]
        turns = [
            {
                "index": position,
                "speaker": speaker,
                "text": f"{chance.choice(said[speaker])} {number}-{position}",
                "start": position * 5.0,
                "end": position * 5.0 + 4,
            }
            for position, speaker in enumerate(speakers)
        ]
        yield {
            "id": f"made-{number}",
            "language": language,
            "channel": "phone",
            "agent": f"A-{number % 50}",
            "turns": turns,
        }


READ = "from coach.readers import read\nfor _ in read([{path!r}]): pass"
GRADE = """\
from coach.judges.embedded.judge import EmbeddedJudge
from coach.readers import read
from coach.rubric_file import load_rubric
import time
judge = EmbeddedJudge(load_rubric({rubric!r}))
spent = 0.0
for transcript in read([{path!r}]):
    began = time.perf_counter()
    judge.judge(transcript)
    spent += time.perf_counter() - began
print(spent)
"""


def measured(code: list[str]) -> tuple[float, float, str]:
    """Seconds, peak MB and output of a process of its own."""
    wrapper = "import resource,subprocess,sys;r=subprocess.run(sys.argv[1:],capture_output=True,text=True);" \
        "print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss/1024);print(r.stdout[-200:] or r.stderr[-500:])"  # fmt: skip
    began = time.perf_counter()
    ended = subprocess.run([sys.executable, "-c", wrapper, *code], capture_output=True, text=True, check=True)
    seconds = time.perf_counter() - began
    memory, _, output = ended.stdout.partition("\n")
    return seconds, float(memory), output.strip()


def main() -> None:
    """Run and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--rubric", default="sto-express")
    parser.add_argument("--sizes", type=int, nargs="+", default=[1000, 10000])
    options = parser.parse_args()
    coach = [sys.executable, "-m", "coach"]
    with tempfile.TemporaryDirectory() as folder:
        one = Path(folder) / "one.jsonl"
        one.write_text(json.dumps(next(conversations(options.rubric, 1)), ensure_ascii=False) + "\n", "utf-8")
        audit = [*coach, "audit", str(one), "--rubric", options.rubric, "--format", "jsonl", "--quiet"]
        began = time.perf_counter()
        subprocess.run(audit, check=True, capture_output=True)
        print(f"one conversation, from start to end: {time.perf_counter() - began:.2f} s")
        print("| conversations | reading s | grading s | a second | grading MB | audit with database s | MB |")
        print("|---|---|---|---|---|---|---|")
        for size in options.sizes:
            path = str(Path(folder) / f"{size}.jsonl")
            with Path(path).open("w", encoding="utf-8") as stream:
                for conversation in conversations(options.rubric, size):
                    stream.write(json.dumps(conversation, ensure_ascii=False) + "\n")
            read_seconds, _, _ = measured([sys.executable, "-c", READ.format(path=path)])
            _, grade_memory, spent = measured([sys.executable, "-c", GRADE.format(path=path, rubric=options.rubric)])
            database = str(Path(folder) / f"{size}.db")
            whole = [
                *coach,
                "audit",
                path,
                "--rubric",
                options.rubric,
                "--db",
                database,
                "--format",
                "jsonl",
                "--quiet",
            ]
            whole_seconds, whole_memory, _ = measured([*whole, "-o", f"{path}.out"])
            grading = float(spent.split()[-1])
            print(
                f"| {size} | {read_seconds:.1f} | {grading:.1f} | {size / grading:.0f} | {grade_memory:.0f} "
                f"| {whole_seconds:.1f} | {whole_memory:.0f} |",
                flush=True,
            )


if __name__ == "__main__":
    main()
