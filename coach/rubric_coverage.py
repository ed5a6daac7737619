"""How much of a manual a rubric covers, clause by clause.

Promise: every clause of the catalogue is in exactly one of three lists (covered, marked, missing), and every criterion
that is in no catalogue is called invented; so the figures add up or say why not.
"""

from __future__ import annotations

import json
from pathlib import Path

from pydantic import BaseModel, ConfigDict, ValidationError

from coach.errors import InputError
from coach.resources import rubrics_folder
from coach.rubric import Assess, Rubric, in_language

__all__ = ["Clause", "Coverage", "MarkedClause", "coverage", "own_catalogue", "read_catalogue"]


class Clause(BaseModel):
    """One line of a clause catalogue; what else the line holds is not needed here."""

    model_config = ConfigDict(extra="ignore")

    clause: str
    title: str
    assessable: Assess


class MarkedClause(BaseModel):
    """A clause that no transcript can settle: what kind it is, and what would settle it."""

    clause: str
    title: str
    assess: Assess
    needs: str


class Coverage(BaseModel):
    """Clause ids by what became of them. `differing`: judged from other material than the catalogue says."""

    rubric: str
    clauses: int
    covered: list[str]
    marked: list[MarkedClause]
    missing: list[Clause]
    invented: list[str]
    differing: list[str]

    @property
    def complete(self) -> bool:
        """True where nothing is missing, invented or assessed otherwise than the catalogue says."""
        return not (self.missing or self.invented or self.differing)


def own_catalogue(rubric: Rubric) -> Path | None:
    """The catalogue that comes with coach for this rubric, if it is one of coach's own."""
    path = rubrics_folder() / "manuals" / f"{rubric.id}.clauses.jsonl"
    return path if path.is_file() else None


def read_catalogue(path: Path) -> list[Clause]:
    """The clauses of a catalogue (JSON Lines). Raises `InputError` with file and line."""
    try:
        lines = path.read_text("utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(f"the catalogue cannot be read: {error}", source=path) from error
    clauses: list[Clause] = []
    seen: dict[str, int] = {}
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        try:
            clause = Clause.model_validate(json.loads(line))
        except json.JSONDecodeError as error:
            raise InputError(f"not valid JSON: {error.msg}", source=path, line=number) from error
        except ValidationError as error:
            first = error.errors()[0]
            where = ".".join(map(str, first["loc"]))
            hint = "a catalogue line has at least clause, title and assessable"
            raise InputError(f"{where}: {first['msg']}", source=path, line=number, hint=hint) from error
        if clause.clause in seen:
            message = f"clause {clause.clause!r} is already on line {seen[clause.clause]}"
            raise InputError(message, source=path, line=number)
        seen[clause.clause] = number
        clauses.append(clause)
    if not clauses:
        raise InputError("the catalogue is empty", source=path)
    return clauses


def coverage(rubric: Rubric, clauses: list[Clause], language: str | None = None) -> Coverage:
    """Hold `rubric` against a catalogue; texts in `language`."""
    covered: list[str] = []
    marked: list[MarkedClause] = []
    missing: list[Clause] = []
    differing: list[str] = []
    for clause in clauses:
        criterion = rubric.by_id.get(clause.clause)
        if criterion is None:
            missing.append(clause)
            continue
        if criterion.assess != clause.assessable:
            differing.append(f"{clause.clause}: {criterion.assess}, but {clause.assessable} in the catalogue")
        if criterion.assessable:
            covered.append(clause.clause)
        else:
            needs = in_language(criterion.needs, language) if criterion.needs else ""
            title = in_language(criterion.title, language)
            marked.append(MarkedClause(clause=clause.clause, title=title, assess=criterion.assess, needs=needs))
    known = {clause.clause for clause in clauses}
    invented = [criterion.id for criterion in rubric.criteria if criterion.id not in known]
    return Coverage(
        rubric=rubric.id,
        clauses=len(clauses),
        covered=covered,
        marked=marked,
        missing=missing,
        invented=invented,
        differing=differing,
    )
