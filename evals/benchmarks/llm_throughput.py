"""Speed and cost of the LLM judge against a loopback endpoint, beside the bare `openai` client in the same run.

    python evals/benchmarks/llm_throughput.py                            # 50 and 500 conversations
    python evals/benchmarks/llm_throughput.py --sizes 48 --repeat 7      # the least and the median of seven
    python evals/benchmarks/llm_throughput.py --sizes 5000

What becomes of faults is the subject of `llm_faults.py`. Work: conversations of 12 turns, a rubric of 40 criteria. Tokens are
characters divided by four. "ideal" is the number of rounds (conversations / concurrency) times the latency. Each side runs
in a process of its own; wall, processor time and peak memory are of that process, imports not counted in the wall time.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import math
import resource
import socket
import statistics
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from coach.rubric import Rubric
from coach.transcript import Transcript

_DO = (
    "greets the customer and names the company in the first turn",
    "says the own name before asking for any personal data",
    "asks how to help in a friendly and open way",
    "lets the customer finish without cutting in",
    "repeats the request in other words to check it",
    "asks before putting the customer on hold and says why",
    "thanks the customer for having waited after a hold",
    "apologises when the company has made a mistake",
    "never blames the customer or a colleague for a fault",
    "explains the next step in words that a layman understands",
)
_WHEN = ("", " and does so in the same turn", " unless the customer is in a hurry", " without being asked to")


def rubric_data() -> dict[str, Any]:
    """A rubric of 40 criteria, as a rubric file holds it: 20 that always apply, 20 in 10 scenarios."""
    criteria = []
    for number in range(40):
        text = f"The agent {_DO[number % 10]}{_WHEN[number // 10]}."
        criteria.append(
            {
                "id": f"bench:{number + 1}",
                "clause": str(number + 1),
                "quote": text,
                "title": text,
                "requirement": text,
                "scenario": "always" if number < 20 else f"case-{number % 10}",
                "severity": "major",
                "error_class": "customer",
                "assess": "text",
            }
        )
    cases = [
        {"id": f"case-{n}", "title": f"Case {n}", "description": f"The customer asks about matter {n}."}
        for n in range(10)
    ]
    return {
        "id": "bench",
        "title": "Benchmark",
        "language": "en",
        "channels": ["phone"],
        "version": "1.0.0",
        "manual": {"title": "Benchmark"},
        "scenarios": cases,
        "criteria": criteria,
    }


def rubric() -> Rubric:
    """The rubric of `rubric_data`."""
    return Rubric.model_validate(rubric_data())


def transcripts(count: int) -> Iterator[Transcript]:
    """Conversations of 12 turns, each with words of its own."""
    for number in range(count):
        turns = [
            {
                "index": index,
                "speaker": "customer" if index % 2 else "agent",
                "text": f"In order {number} line {index} says that the parcel left the depot on day {index + 3}, and I would "
                f"like to know what happens to item {number * 7 + index} now, please.",
            }
            for index in range(12)
        ]
        yield Transcript.model_validate({"id": f"b-{number}", "language": "en", "channel": "phone", "turns": turns})


async def _bare(url: str, count: int, concurrency: int) -> dict[str, Any]:
    """The floor: one plain call a conversation with the bare client."""
    from openai import AsyncOpenAI

    whole = rubric()
    system = "Grade the conversation on every criterion. Answer in JSON: findings with criterion, verdict, turn, quote, reason.\n"
    system += "\n".join(f"{c.id.split(':')[1]} {c.requirement}" for c in whole.criteria)
    client = AsyncOpenAI(api_key="none", base_url=url, max_retries=0)
    gate = asyncio.Semaphore(concurrency)

    async def one(transcript: Transcript) -> None:
        said = "\n".join(f"{turn.index} {turn.speaker}: {turn.text}" for turn in transcript.turns)
        messages: Any = [{"role": "system", "content": system}, {"role": "user", "content": said}]
        async with gate:
            reply = await client.chat.completions.create(model="m", messages=messages, temperature=0)
        json.loads(reply.choices[0].message.content or "")

    begun = time.perf_counter()
    await asyncio.gather(*(one(transcript) for transcript in transcripts(count)))
    return {"wall": time.perf_counter() - begun}


async def _coach(url: str, count: int, concurrency: int) -> dict[str, Any]:
    """The LLM judge under the local engine."""
    from coach.config import Settings
    from coach.engines.local import Graded, Job, run
    from coach.judges.llm.judge import LLMJudge, connect

    settings = Settings.read({}, base_url=url, model="m", concurrency=concurrency)
    client = await connect(settings)
    judge = LLMJudge(rubric(), client)
    begun = time.perf_counter()
    graded = open_findings = 0
    async for result in run((Job(t, judge) for t in transcripts(count)), in_flight=2 * concurrency):
        if isinstance(result, Graded):
            graded += 1
            open_findings += sum(finding.verdict == "not_assessed" for finding in result.audit.findings)
    wall = time.perf_counter() - begun
    await judge.close()
    return {"wall": wall, "graded": graded, "not_assessed": open_findings}


def _worker(side: str, url: str, count: int, concurrency: int) -> None:
    import coach.engines.local
    import coach.judges.llm.judge  # noqa: F401  (both sides pay for the same imports, before the clock starts)

    before = resource.getrusage(resource.RUSAGE_SELF)
    work = _bare(url, count, concurrency) if side == "bare" else _coach(url, count, concurrency)
    found = asyncio.run(work)
    after = resource.getrusage(resource.RUSAGE_SELF)
    found["cpu"] = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    found["peak_mb"] = after.ru_maxrss / 1024
    print(json.dumps(found))


def _measure(side: str, port: int, count: int, options: argparse.Namespace) -> dict[str, Any]:
    get(port, "reset")
    command = [sys.executable, __file__, "--worker", side, "--port", str(port), "--sizes", str(count)]
    command += ["--concurrency", str(options.concurrency)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        raise SystemExit(done.stderr)
    seen = get(port, "stats")
    found: dict[str, Any] = json.loads(done.stdout)
    ideal = math.ceil(count / options.concurrency) * options.latency
    return {
        "side": side,
        "conversations": count,
        "wall/ideal": round(found["wall"] / ideal, 3),
        "requests/conv": round(seen["requests"] / count, 3),
        "prompt tokens/conv": round(seen["prompt_characters"] / 4 / count),
        "cacheable": f"{seen['shared_characters'] / seen['prompt_characters']:.0%}",
        "completion tokens/conv": round(seen["answer_characters"] / 4 / count),
        "cpu ms/conv": round(1000 * found["cpu"] / count, 2),
        "peak MB": round(found["peak_mb"]),
        **{name: found[name] for name in ("graded", "not_assessed") if name in found},
    }


def _several(side: str, port: int, count: int, options: argparse.Namespace) -> dict[str, Any]:
    """Measurements of one side; what varies with the machine's load as the least and the median of them."""
    runs = [_measure(side, port, count, options) for _ in range(options.repeat)]
    for name in ("wall/ideal", "cpu ms/conv"):
        values = [each[name] for each in runs]
        runs[0][name] = values[0] if len(values) == 1 else {"least": min(values), "median": statistics.median(values)}
    return runs[0]


def get(port: int, what: str) -> dict[str, Any]:
    """`stats` or `reset` of the loopback endpoint."""
    with urllib.request.urlopen(f"http://127.0.0.1:{port}/{what}", timeout=10) as response:
        data: dict[str, Any] = json.load(response)
    return data


def start_endpoint(faults: dict[str, float]) -> tuple[subprocess.Popen[bytes], int]:
    """The loopback endpoint as a process of its own, and its port. `faults` are the fields of its `Faults`."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    script = Path(__file__).with_name("loopback_endpoint.py")
    process = subprocess.Popen([sys.executable, str(script), str(port), json.dumps(faults)])
    for _ in range(100):
        try:
            get(port, "stats")
            return process, port
        except OSError:
            time.sleep(0.05)
    raise SystemExit("the endpoint did not start")


def main() -> None:
    """Measure and print one JSON object a line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sizes", type=int, nargs="*", help="numbers of conversations")
    parser.add_argument("--latency", type=float, default=0.2, help="seconds the endpoint takes")
    parser.add_argument("--concurrency", type=int, default=16)
    parser.add_argument("--repeat", type=int, default=1)
    parser.add_argument("--worker", choices=("bare", "coach"), help=argparse.SUPPRESS)
    parser.add_argument("--port", type=int, help=argparse.SUPPRESS)
    options = parser.parse_args()
    sizes = options.sizes or [50, 500]
    if options.worker:
        url = f"http://127.0.0.1:{options.port}/v1"
        _worker(options.worker, url, sizes[0], options.concurrency)
        return
    process, port = start_endpoint({"latency": options.latency})
    try:
        for count in sizes:
            for side in ("bare", "coach"):
                print(json.dumps(_several(side, port, count, options)), flush=True)
    finally:
        process.terminate()
        process.wait()


if __name__ == "__main__":
    main()
