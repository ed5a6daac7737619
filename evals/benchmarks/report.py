"""Measures the report: how long it takes to write, how large it is, how soon it opens.

    python evals/benchmarks/report.py                  # 100, 2,000, 5,000 and 20,000 audits
    python evals/benchmarks/report.py --sizes 100 2000
    python evals/benchmarks/report.py --sizes 2000 --keep FOLDER    # leaves database and report there, to look at

Grades `evals/golden/dev` with the embedded judge and spreads the audits over agents and weeks in a temporary folder. Needs
`coach[dev]`; opening is measured where there is a chromium.
"""

from __future__ import annotations

import argparse
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

from coach.rubric_file import rubric_names  # noqa: E402
from tests.reports.html.golden_store import graded, spread  # noqa: E402

_TIMES = 3


def write(db: Path, report: Path) -> tuple[float, float, float]:
    """Seconds and processor seconds of `coach report` as a process of its own, and the most memory (MB) that any took so far."""
    began, worked = time.perf_counter(), _processor_seconds()
    subprocess.run([sys.executable, "-m", "coach", "report", "--db", db, "-o", report, "--lang", "en"], check=True)
    memory = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
    return time.perf_counter() - began, _processor_seconds() - worked, memory


def _processor_seconds() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def opening(report: Path) -> tuple[float, float, float] | None:
    """Seconds until the page is loaded, then for the list of all conversations, then for one; the best of three."""
    program = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
    if program is None:
        return None
    from playwright.sync_api import sync_playwright

    with sync_playwright() as running:
        browser = running.chromium.launch(executable_path=program, args=["--no-sandbox"])
        found = [_opened(browser, report) for _ in range(_TIMES)]
        browser.close()
    first, then, last = (min(times) for times in zip(*found, strict=True))
    return first, then, last


def _opened(browser: Any, report: Path) -> tuple[float, float, float]:
    page = browser.new_context().new_page()
    times = []
    began = time.perf_counter()
    page.goto(report.as_uri(), wait_until="load")
    times.append(time.perf_counter() - began)
    for address, sign in (("#/list", "#browser table"), ("#/c/7", "#browser .turns")):
        began = time.perf_counter()
        page.evaluate("address => { location.hash = address }", address)
        page.wait_for_selector(sign)
        times.append(time.perf_counter() - began)
    page.context.close()
    return times[0], times[1], times[2]


def main() -> None:
    """Print a row for each size."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--sizes", type=int, nargs="+", default=[100, 2000, 5000, 20_000])
    parser.add_argument("--keep", type=Path)
    flags = parser.parse_args()
    results = graded(rubric_names())
    print(
        f"{'audits':>7} {'write s':>8} {'cpu s':>6} {'peak MB':>8} {'file MB':>8} {'open s':>7} {'list s':>7} {'one s':>7}"
    )
    with tempfile.TemporaryDirectory() as temporary:
        folder = flags.keep or Path(temporary)
        folder.mkdir(exist_ok=True)
        for size in sorted(flags.sizes):
            db, report = folder / f"{size}.db", folder / f"{size}.html"
            db.unlink(missing_ok=True)
            spread(db, results, size)
            seconds, worked, memory = write(db, report)
            opened = opening(report)
            columns = " ".join(f"{value:7.2f}" for value in opened) if opened else "no chromium"
            print(
                f"{size:7} {seconds:8.1f} {worked:6.1f} {memory:8.0f} {report.stat().st_size / 1e6:8.2f} {columns}",
                flush=True,
            )


if __name__ == "__main__":
    main()
