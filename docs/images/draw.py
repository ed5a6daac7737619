"""Draws the terminal pictures of the README from what coach really prints.

python docs/images/draw.py
"""

from __future__ import annotations

import io
import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path

from rich.console import Console
from rich.text import Text

ROOT = Path(__file__).resolve().parents[2]
WIDTH = 112


def draw(name: str, title: str, arguments: list[str]) -> None:
    """Run coach and save its coloured output as `name`.svg, with the viewer's own fonts: a picture that fetches nothing."""
    ended = subprocess.run(
        [sys.executable, "-m", "coach", *arguments],
        capture_output=True,
        text=True,
        check=True,
        cwd=ROOT,
        env={**os.environ, "COLUMNS": str(WIDTH), "FORCE_COLOR": "1"},
    )
    console = Console(record=True, width=WIDTH, file=io.StringIO(), force_terminal=True)
    console.print(Text.from_ansi(ended.stdout))
    svg = console.export_svg(title=title)
    svg = re.sub(r"@font-face \{.*?\}\s*", "", svg, flags=re.DOTALL).replace("Fira Code", "ui-monospace")
    (ROOT / "docs" / "images" / f"{name}.svg").write_text(svg, "utf-8")


def main() -> None:
    """One conversation that goes wrong and one that goes well."""
    lines = (ROOT / "evals/golden/dev/sto-express.jsonl").read_text("utf-8").splitlines()
    with tempfile.TemporaryDirectory() as folder:
        calls = Path(folder) / "calls.jsonl"
        calls.write_text(f"{lines[6]}\n{lines[0]}\n", "utf-8")
        arguments = ["audit", str(calls), "--rubric", "sto-express", "--lang", "en", "--quiet"]
        draw("audit", "coach audit calls.jsonl --rubric sto-express", arguments)


if __name__ == "__main__":
    main()
