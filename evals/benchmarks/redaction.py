"""Measures what `coach.privacy` finds, what it masks needlessly, and how fast it is.

    python evals/benchmarks/redaction.py [--split dev|test] [--misses] [FILE...]

reads evals/redaction/planted.jsonl, whose conversations (made up for this) mark every piece of personal data by turn, span
and kind. An item is found where every letter and digit of it is masked, whatever the kind. A masked place is needless where
it touches no item. FILEs are further conversations without marks: for them only how much is masked is told. `--misses` lists
what is not found and what is masked needlessly; on the test split that is for reading at the end, not for tuning.
"""

from __future__ import annotations

import argparse
import json
import re
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from coach.privacy import PersonalDataRedactor, Redaction
from coach.transcript import Transcript

PLANTED = Path(__file__).parents[1] / "redaction" / "planted.jsonl"
_WORD = re.compile(r"[\u3400-\u9fff]|[^\W\u3400-\u9fff]+")
_REPEATS = 20


@dataclass
class Tally:
    """Counts over some conversations. `planted` and `found` by language and kind; `kinds` counts finds of the right kind."""

    planted: Counter[tuple[str, str]] = field(default_factory=Counter)
    found: Counter[tuple[str, str]] = field(default_factory=Counter)
    kinds: int = 0
    masked: Counter[str] = field(default_factory=Counter)
    needless: Counter[str] = field(default_factory=Counter)
    words: Counter[str] = field(default_factory=Counter)
    notes: list[str] = field(default_factory=list)


def main() -> None:
    """Print the tables."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--split", choices=("dev", "test"))
    parser.add_argument("--misses", action="store_true")
    parser.add_argument("files", nargs="*", type=Path, metavar="FILE")
    options = parser.parse_args()
    for split in [options.split] if options.split else ["dev", "test"]:
        cases = [case for case in _lines(PLANTED) if case["split"] == split]
        tally = Tally()
        for case in cases:
            _add(tally, case, PersonalDataRedactor().redact(Transcript.model_validate(case)))
        _print(split, len(cases), tally)
        if options.misses:
            print("\n".join(tally.notes))
    for path in options.files:
        _print_masked(path)
    _print_speed()


def _lines(path: Path) -> Iterator[dict[str, Any]]:
    with path.open(encoding="utf-8") as file:
        yield from map(json.loads, file)


def _add(tally: Tally, case: dict[str, Any], redaction: Redaction) -> None:
    language = case["language"][:2]
    for turn in case["turns"]:
        index, text = turn["index"], turn["text"]
        items = [item for item in case["planted"] if item["turn"] == index]
        masks = redaction.masks[index]
        hidden = {i for mask in masks for i in range(mask.start, mask.end)}
        tally.words[language] += len(_WORD.findall(text))
        tally.masked[language] += len(masks)
        for item in items:
            tally.planted[language, item["kind"]] += 1
            if all(i in hidden for i in range(item["start"], item["end"]) if text[i].isalnum()):
                tally.found[language, item["kind"]] += 1
                touching = [mask for mask in masks if mask.start < item["end"] and item["start"] < mask.end]
                tally.kinds += any(mask.kind == item["kind"] for mask in touching)
            else:
                tally.notes.append(f"  not found: {case['id']} {index} {item['kind']} {item['text']!r} in {text!r}")
        for mask in masks:
            if not any(mask.start < item["end"] and item["start"] < mask.end for item in items):
                tally.needless[language] += 1
                words = text[mask.start : mask.end]
                tally.notes.append(f"  needless: {case['id']} {index} {mask.kind} {words!r} in {text!r}")


def _print(split: str, conversations: int, tally: Tally) -> None:
    languages = sorted({language for language, _ in tally.planted})
    print(f"\n{split}: {conversations} conversations, {tally.planted.total()} items")
    print(f"{'kind':<12}" + "".join(f"{language:>14}" for language in (*languages, "all")))
    for kind in [*sorted({kind for _, kind in tally.planted}), "all"]:
        cells = ""
        for language in (*languages, "all"):
            keys = [key for key in tally.planted if kind in (key[1], "all") and language in (key[0], "all")]
            cells += f"{_share(sum(tally.found[key] for key in keys), sum(tally.planted[key] for key in keys)):>14}"
        print(f"{kind:<12}{cells}")
    print(f"of the right kind: {_share(tally.kinds, tally.found.total())}")
    for language in (*languages, "all"):
        masked, needless, words = (
            sum(counter[name] for name in counter if language in (name, "all"))
            for counter in (tally.masked, tally.needless, tally.words)
        )
        print(
            f"needless, {language}: {_share(needless, masked)} of the places masked, {1000 * needless / words:.1f} per 1,000 words"
        )


def _share(part: int, whole: int) -> str:
    return f"{part}/{whole} {100 * part / whole:.0f}%" if whole else "-"


def _print_masked(path: Path) -> None:
    kinds: Counter[str] = Counter()
    words = 0
    for case in _lines(path):
        redaction = PersonalDataRedactor().redact(Transcript.model_validate(case))
        kinds.update(kind for kind, _ in redaction.masked())
        words += sum(len(_WORD.findall(turn["text"])) for turn in case["turns"])
    listed = ", ".join(f"{kind} {count}" for kind, count in kinds.most_common())
    print(f"\n{path.name}: {kinds.total()} places masked, {1000 * kinds.total() / words:.1f} per 1,000 words: {listed}")


def _print_speed() -> None:
    transcripts = [Transcript.model_validate(case) for case in _lines(PLANTED)]
    redactor = PersonalDataRedactor()
    begun = time.perf_counter()
    for _ in range(_REPEATS):
        for transcript in transcripts:
            redactor.redact(transcript)
    seconds = time.perf_counter() - begun
    turns = _REPEATS * sum(len(transcript.turns) for transcript in transcripts)
    print(f"\nspeed: {turns / seconds:,.0f} turns a second ({turns:,} turns)")


if __name__ == "__main__":
    main()
