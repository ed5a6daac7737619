"""How many clauses of each catalogue a draft without an endpoint quotes.

    python evals/benchmarks/deriving.py [--raw FOLDER]

A clause counts if its catalogued quote stands, letters and digits alone, within the quote of some derived criterion. With `--raw` the
manuals are read from FOLDER/NAME.txt, the messy web text that each was found as, instead of the cleaned ones that come with coach.
"""

from __future__ import annotations

import argparse
import json
import re
import tempfile
from pathlib import Path

from coach.deriving.draft import derive_rubric
from coach.resources import rubrics_folder
from coach.rubric_file import load_rubric, rubric_names


def bare(text: str) -> str:
    """Letters and digits alone."""
    return re.sub(r"[\W_]+", "", text).casefold()


def main() -> None:
    """Derive, count, print a table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--raw", type=Path)
    options = parser.parse_args()
    print("| manual | criteria derived | clauses quoted | of | share |\n|---|---|---|---|---|")
    for name in rubric_names():
        manual = options.raw / f"{name}.txt" if options.raw else rubrics_folder() / "manuals" / f"{name}.md"
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "draft.yaml"
            path.write_text(derive_rubric(manual, language=load_rubric(name).language, id=name).text, "utf-8")
            quotes = [bare(criterion.quote) for criterion in load_rubric(path).criteria]
        catalogue = rubrics_folder() / "manuals" / f"{name}.clauses.jsonl"
        wanted = [bare(json.loads(line)["source_quote"]) for line in catalogue.read_text("utf-8").splitlines()]
        found = sum(any(clause in quote for quote in quotes) for clause in wanted)
        print(f"| {name} | {len(quotes)} | {found} | {len(wanted)} | {found / len(wanted):.0%} |")


if __name__ == "__main__":
    main()
