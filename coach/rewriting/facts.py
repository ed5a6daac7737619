"""Are the facts of a turn still the same after a rewrite? Numbers, times, names and promises, compared by program.

Promise: nothing is waved through on a judge's word. A fact of the original that the rewrite has not, and a fact that the
rewrite has and the original has not, are each a discrepancy with the words in question. Let in besides: names by which
somebody was called in the conversation before, and figures and promises of the words that the manual and the rubric's
scripts have for the broken clause; never refunds, compensation and their like.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Literal

from coach.rewriting.names import Name, capitalised, find_names
from coach.rewriting.promises import load_promises
from coach.rewriting.quantities import find_quantities, find_times
from coach.rubric import Criterion, in_language
from coach.transcript import Transcript

__all__ = ["Discrepancy", "FactCheck", "Facts", "facts_of"]

Kind = Literal["number", "time", "name", "code", "promise"]

_CODE = re.compile(r"[\w.+-]+@[\w-]+\.\w+|https?://\S+|(?<![\w@])(?:www\.\S+|[A-Za-z]+-?\d[\w-]*)", re.ASCII)


@dataclass(frozen=True, slots=True)
class Discrepancy:
    """A fact that was lost, or added, and the words that state it."""

    change: Literal["lost", "added"]
    kind: Kind
    words: str

    def __str__(self) -> str:
        return f"{self.kind} {self.change}: {self.words}"


@dataclass(frozen=True)
class Facts:
    """What a text states: canonical form -> the words. `names` without a title have an empty title."""

    numbers: Mapping[tuple[str, str], str]
    times: Mapping[str, str]
    names: Mapping[Name, str]
    codes: Mapping[str, str]
    promises: Mapping[str, str]


def facts_of(text: str, language: str | None, *, known_names: Iterable[str] = ()) -> Facts:
    """The facts of `text`. `known_names`: words known to be names elsewhere, to be found at the start of a sentence too."""
    names = find_names(text)
    titled = {word for name in names for word in name.name.split()}
    bare = capitalised(text) | {word for word in known_names if re.search(rf"\b{re.escape(word)}\b", text)}
    names.update({Name("", word): word for word in bare if word not in titled and not _is_part(word, names.values())})
    return Facts(
        numbers={(q.value, q.unit): f"{q.words} {q.unit}".strip() for q in find_quantities(text, language)},
        times=find_times(text),
        names=names,
        codes={match[0].casefold(): match[0] for match in _CODE.finditer(text)},
        promises=load_promises(language).find(text),
    )


def _is_part(word: str, titled: Iterable[str]) -> bool:
    return any(word in words.split() for words in titled)


@dataclass(frozen=True)
class FactCheck:
    """Compares texts that belong to one conversation in `language`; `allowed` is what may come in besides."""

    language: str | None
    names: frozenset[str] = frozenset()
    titled: frozenset[Name] = frozenset()
    manual: Facts = field(default_factory=lambda: Facts({}, {}, {}, {}, {}))

    @classmethod
    def of(cls, transcript: Transcript, turn: int, criteria: Iterable[Criterion], language: str | None) -> FactCheck:
        """For a rewrite at `turn`: names said up to there may be used, and what the clauses' own words state."""
        before = " \n".join(t.text for t in transcript.turns[: turn + 2])
        titled = frozenset(find_names(before))
        names = frozenset(capitalised(before)) | {name.name for name in titled}
        chosen = list(criteria)
        scripts = " \n".join(script.say for criterion in chosen for script in criterion.wordings)
        clauses = " \n".join(f"{c.quote} \n{in_language(c.requirement, language)}" for c in chosen)
        quotes = " \n".join(c.quote for c in chosen)
        asked, stated = facts_of(f"{clauses} \n{scripts}", language), facts_of(f"{quotes} \n{scripts}", language)
        return cls(language, names, titled, Facts(stated.numbers, {}, stated.names, {}, asked.promises))

    def compare(self, original: str, rewritten: str) -> list[Discrepancy]:
        """What `rewritten` has lost of `original` and what it has added. For words inserted, `original` is empty."""
        old = facts_of(original, self.language, known_names=self.names)
        new = facts_of(rewritten, self.language, known_names=self.names)
        found: list[Discrepancy] = []
        for kind, before, after in (
            ("number", old.numbers, new.numbers),
            ("time", old.times, new.times),
            ("name", old.names, new.names),
            ("code", old.codes, new.codes),
            ("promise", old.promises, new.promises),
        ):
            found += [Discrepancy("lost", kind, words) for key, words in before.items() if key not in after]  # type: ignore
            found += [
                Discrepancy("added", kind, words)  # type: ignore[arg-type]
                for key, words in after.items()
                if key not in before and not self._may_come_in(kind, key, old)  # type: ignore[arg-type]
            ]
        return found

    def _may_come_in(self, kind: Kind, key: object, old: Facts) -> bool:
        if kind == "number":
            return key in self.manual.numbers
        if kind == "promise":
            return key in self.manual.promises and key not in load_promises(self.language).never_added
        if kind == "name" and isinstance(key, Name):
            return self._known(key, old)
        return False

    def _known(self, name: Name, old: Facts) -> bool:
        """Said in the conversation under no other title, or a name in the manual's own words."""
        titled = self.titled | {known for known in old.names if known.title}
        if name in titled or any(name.name == known.name for known in self.manual.names):
            return True
        if not name.title:
            return name.name in self.names or any(name.name in known.name.split() for known in old.names)
        other = {known.title for known in titled if known.name.split()[-1] == name.name.split()[-1]}
        return not other and all(word in self.names for word in name.name.split())
