"""Measures how fast conversations are read and how much memory that takes, in processes of their own.

    python evals/benchmarks/reading.py

reads 1,000 and 100,000 generated native conversations of 12 turns from one file, and 1,000 and 20,000 plain-text files from a
folder, beside a bare floor: `json.loads` of each line. Peak memory (maximum resident set size) should be the same for few and
for many.
"""

from __future__ import annotations

import json
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

SAID = (
    ("agent", "Good morning, parcels department, this is Ana speaking. How can I help you today?"),
    ("customer", "Hello, I ordered a lamp two weeks ago, and it still has not arrived."),
    ("agent", "I am sorry to hear that. May I have the number of your order, please?"),
    ("customer", "It is 4711, and I have called twice about it already."),
)
TURNS = 12


def main() -> None:
    """Write the inputs, then read each in a process of its own and print a line."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        print(f"{'what':<34}{'conversations':>14}{'seconds':>9}{'a second':>10}{'peak MB':>9}")
        for count in (1_000, 100_000):
            path = _write_jsonl(folder / f"{count}.jsonl", count)
            for how in ("floor", "read"):
                _measure(how, path, count)
        for count in (1_000, 20_000):
            _measure("read", _write_folder(folder / f"files-{count}", count), count)


def _measure(how: str, path: Path, count: int) -> None:
    command = [sys.executable, __file__, how, str(path)]
    result = subprocess.run(command, capture_output=True, text=True, check=True)
    seconds, read, peak = json.loads(result.stdout)
    if read != count:
        raise SystemExit(f"{how} gave {read} of {count} conversations: {result.stderr}")
    what = f"{'json.loads' if how == 'floor' else 'coach.readers.read'}, {'folder' if path.is_dir() else 'one file'}"
    print(f"{what:<34}{count:>14,}{seconds:>9.1f}{count / seconds:>10,.0f}{peak:>9.0f}")


def _run(how: Callable[[str], Iterator[object]], path: str) -> None:
    begun = time.perf_counter()
    read = sum(1 for _ in how(path))
    seconds = time.perf_counter() - begun
    print(json.dumps([seconds, read, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024]))


def _floor(path: str) -> Iterator[object]:
    with Path(path).open("rb") as file:
        yield from map(json.loads, file)


def _read(path: str) -> Iterator[object]:
    from coach.readers import BadRecord, ReadOptions, read

    for item in read([path], ReadOptions(detect_language=False)):
        if isinstance(item, BadRecord):
            raise item.error
        yield item


def _write_jsonl(path: Path, count: int) -> Path:
    turns = [
        {"index": i, "speaker": SAID[i % 4][0], "text": SAID[i % 4][1], "start": i * 5.0, "end": i * 5.0 + 4.0}
        for i in range(TURNS)
    ]
    with path.open("w", encoding="utf-8") as file:
        for number in range(count):
            case = {
                "id": f"case-{number}",
                "language": "en",
                "channel": "phone",
                "agent": f"A-{number % 90}",
                "turns": turns,
            }
            file.write(json.dumps(case) + "\n")
    return path


def _write_folder(folder: Path, count: int) -> Path:
    text = "".join(f"[00:{i * 5:02}] {SAID[i % 4][0].capitalize()}: {SAID[i % 4][1]}\n" for i in range(TURNS))
    for number in range(count):
        file = folder / f"{number % 40:02}" / f"call-{number}.txt"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")
    return folder


if __name__ == "__main__":
    if len(sys.argv) > 1:
        _run({"floor": _floor, "read": _read}[sys.argv[1]], sys.argv[2])
    else:
        main()
