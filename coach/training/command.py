"""What `coach train` does: read, train, report, and write or compare."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from itertools import pairwise
from pathlib import Path
from statistics import fmean
from typing import TYPE_CHECKING

from coach.errors import ConfigError, InputError
from coach.evals.golden import SECOND_PASS, label_files, read_cases
from coach.judges import embedded
from coach.judges.embedded.linear import encode
from coach.resources import golden_folder
from coach.training.exemplars import Act, mark_by_patterns, read_acts, read_samples
from coach.transcript import Speaker

if TYPE_CHECKING:
    from coach.training.calibration import Calibration
    from coach.training.rules import LabelReport

__all__ = ["all_golden", "default_golden", "train_acts", "train_calibration", "train_rubrics"]

_WEIGHTS = Path(embedded.__file__).parent / "weights"
_SPEAKERS: tuple[Speaker, Speaker] = ("agent", "customer")


def default_golden() -> list[Path]:
    """The labelled conversations that rubrics were tuned on; those kept apart for measuring are not among them."""
    return sorted(path for path in golden_folder().glob("*.jsonl") if "-fresh" not in path.stem)


def all_golden() -> list[Path]:
    """All labelled conversations that may be looked at."""
    return sorted(golden_folder().glob("*.jsonl"))


def train_acts(
    exemplars: Path,
    languages: Sequence[str],
    output: Path | None,
    mark: bool,
    check: bool,
    echo: Callable[[str], None],
) -> bool:
    """Train all languages; True where `check` finds that a file is not what the exemplars give. `mark`: ask the patterns anew."""
    _demand_sklearn()
    acts = read_acts(exemplars)
    folder = output or _WEIGHTS
    differs = False
    for language in languages or _subfolders(exemplars):
        if mark and not check:
            echo(
                f"{language}: {mark_by_patterns(exemplars, default_golden(), language, acts)} sentences marked by patterns"
            )
        text = _language(exemplars, language, acts, echo)
        differs |= _written(folder / f"{language}.json", text, check, echo)
    return differs


def train_rubrics(
    exemplars: Path,
    rubrics: Sequence[str],
    golden: Sequence[Path],
    output: Path | None,
    check: bool,
    measure: bool,
    echo: Callable[[str], None],
) -> bool:
    """Train what the rubrics with a folder in `exemplars` sound like; True where `check` finds a file that differs."""
    _demand_sklearn()
    from coach.rubric_file import load_rubric
    from coach.training.rule_exemplars import labels_of, read_tagged_turns
    from coach.training.rules import train_rules

    differs = False
    for name in rubrics or _subfolders(exemplars):
        rubric = load_rubric(name)
        turns = read_tagged_turns(exemplars / rubric.id, _distinct(golden), rubric)
        if not turns:
            hint = "it takes turns.jsonl, dialogues.jsonl or moments.jsonl"
            raise InputError(f"nothing to learn {rubric.id} from", source=exemplars / rubric.id, hint=hint)
        trained = train_rules(turns, labels_of(rubric), measure=measure)
        echo(f"{rubric.id}: {len(turns)} turns")
        for word in ("arises", "breaks", "keeps") if measure else ():
            echo(f"  {word}: {_measured([line for line in trained.report if line.label.startswith(word)])}")
        differs |= _written((output or _WEIGHTS) / f"rules-{rubric.id}.json", trained.text, check, echo)
    return differs


def _measured(report: Sequence[LabelReport]) -> str:
    """The means of what could be measured: labels with examples and counterexamples that were held out."""
    told = [line for line in report if not math.isnan(line.area)]
    if not told:
        return "nothing to measure"
    area, precision = fmean(line.area for line in told), fmean(line.average_precision for line in told)
    return f"{len(told)} labels, mean area {area:.2f}, mean average precision {precision:.2f}"


def train_calibration(
    golden: Sequence[Path], exemplars: Path, output: Path | None, check: bool, echo: Callable[[str], None]
) -> bool:
    """Calibrate on `golden`; True where `check` finds that the file is not what the conversations give.

    What rules sound like is learned anew for it, from `exemplars` and conversations but those of one fold at a time: the
    labelled conversations that come with coach, and `golden`."""
    _demand_sklearn()
    from coach.training.calibration import calibrate
    from coach.training.crossing import CrossReaders

    own = _distinct(golden)
    cases = read_cases(own)
    rubrics = {case.rubric.id for case in cases}
    # Of other rubrics nothing is learned here, and their ids may be those of `golden`.
    shipped = [file for file in all_golden() if any(case.rubric.id in rubrics for case in read_cases([file]))]
    learned = calibrate(cases, CrossReaders(exemplars, _distinct([*shipped, *own])).reader_of)
    _print_reliability(learned, echo)
    violations = sum(case.verdict(one.id) == "violated" for case in cases for one in case.rubric.assessable)
    _print_thresholds(learned, violations, echo)
    path = output or _WEIGHTS / "calibration.json"
    return _written(path, learned.text, check, echo)


def _print_reliability(learned: Calibration, echo: Callable[[str], None]) -> None:
    echo("| verdict | confidence | decisions | predicted | right |\n|---|---|---|---|---|")
    for verdict in ("violated", "met"):
        for low, high in pairwise((0.0, 0.3, 0.5, 0.6, 0.7, 0.8, 0.9, 1.01)):
            found = [(d, p[verdict]) for d, p in learned.predicted if low <= p[verdict] < high]
            if found:
                right = sum(d.label == verdict for d, _ in found) / len(found)
                predicted = sum(p for _, p in found) / len(found)
                echo(f"| {verdict} | {low:.1f}-{min(1.0, high):.1f} | {len(found)} | {predicted:.2f} | {right:.2f} |")


def _print_thresholds(learned: Calibration, violations: int, echo: Callable[[str], None]) -> None:
    """What accusing from a probability on finds of all `violations`."""
    echo("\n| threshold | accused | precision | recall | F1 |\n|---|---|---|---|---|")
    for threshold in (0.4, 0.45, 0.5, 0.55, 0.6, 0.65, 0.7, 0.8):
        accused = [d.label == "violated" for d, p in learned.predicted if p["violated"] >= threshold]
        right = sum(accused)
        if right:
            precision, recall = right / len(accused), right / violations
            f1 = 2 * precision * recall / (precision + recall)
            echo(f"| {threshold:.2f} | {len(accused)} | {precision:.2f} | {recall:.2f} | {f1:.2f} |")


def _subfolders(exemplars: Path) -> list[str]:
    """The folders that hold exemplars themselves: `rules`, beside those of the languages, holds a folder per rubric."""
    if not exemplars.is_dir():
        raise InputError("is no folder", source=exemplars, hint="--exemplars says where the exemplars are")
    return sorted(path.name for path in exemplars.iterdir() if path.is_dir() and any(path.glob("*.jsonl")))


def _distinct(golden: Sequence[Path]) -> list[Path]:
    """The files of `golden`, each once, however often and by whatever path it is named."""
    found: dict[Path, Path] = {}
    for file in label_files(golden, but=SECOND_PASS):
        found.setdefault(file.resolve(), file)
    return list(found.values()) or list(golden)


def _demand_sklearn() -> None:
    try:
        import sklearn  # type: ignore[import-untyped]  # noqa: F401
    except ImportError as error:
        raise ConfigError("training needs scikit-learn: pip install 'coach[train]'") from error


def _written(path: Path, text: str, check: bool, echo: Callable[[str], None]) -> bool:
    """Write `text`, or with `check` say whether the file is something else."""
    if not check:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")
        echo(f"{path}: {len(text) / 1e3:.0f} kB")
        return False
    if path.is_file() and path.read_text("utf-8") == text:
        return False
    echo(f"{path} is not what training gives")
    return True


def _language(exemplars: Path, language: str, acts: dict[str, Act], echo: Callable[[str], None]) -> str:
    from coach.training.acts import train

    models: dict[str, Mapping[str, object]] = {}
    weights: dict[str, Mapping[str, bytes]] = {}
    for speaker in _SPEAKERS:
        samples = read_samples(exemplars, language, speaker, acts)
        written = sum(sample.written for sample in samples)
        trained = train(samples, acts)
        echo(f"\n{language}, {speaker}: {written} exemplars, {len(samples) - written} sentences of conversations")
        echo("\n| act | exemplars | AP | threshold | precision | recall |\n|---|---|---|---|---|---|")
        for line in trained.report:
            echo(
                f"| {line.act} | {line.exemplars} | {line.average_precision:.2f} | {line.threshold:.2f} "
                f"| {line.precision:.2f} | {line.recall:.2f} |"
            )
        if trained.model["labels"]:
            models[speaker], weights[speaker] = trained.model, trained.weights
    return encode(models, weights)
