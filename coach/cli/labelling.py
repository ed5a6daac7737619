"""What `coach eval agreement` does once its flags are parsed."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path

from coach.cli.evaluating import Output, note
from coach.errors import ConfigError
from coach.evals import labelling
from coach.evals.golden import read_cases

__all__ = ["compare_passes"]


def compare_passes(
    first: Path,
    second: Path,
    output: Output,
    *,
    disagreements: Path | None = None,
    conversations: list[Path] | None = None,
) -> int:
    """Lay a second labelling pass beside the labelled cases, or two passes over `conversations`. Returns the exit code."""
    if output.format == "junit":
        raise ConfigError("--format junit: two passes can only be compared, not fail: choose table, md or json")
    cases = labelling.read_pass([first], read_cases(conversations)) if conversations else read_cases([first])
    again = labelling.read_pass([second], cases)
    found = labelling.pass_agreement(cases, again)
    listed = list(labelling.differences(cases, again))
    if disagreements is not None:
        try:
            disagreements.write_text("".join(f"{each.as_json()}\n" for each in listed), "utf-8")
        except OSError as error:
            raise ConfigError(f"--disagreements {disagreements}: cannot be written: {error}") from error
        note(f"{disagreements}: {len(listed)} differences to decide")
    output.write(
        lambda: labelling.sections(found, listed),
        lambda: {"agreement": {name: asdict(each) for name, each in found.items()}, "differences": len(listed)},
        list,
        name="coach eval agreement",
    )
    if len(again) < len(cases):
        note(f"{len(cases) - len(again)} of {len(cases)} conversations have no second pass and do not count")
    return 0
