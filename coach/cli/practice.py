"""`coach practice`: answer real customer lines on the terminal, graded at once."""

from __future__ import annotations

from typing import Annotated

import typer

from coach.cli.database import Agent, Database, OneRubric, named_database

__all__ = ["practice"]


def practice(
    agent: Agent,
    db: Database = None,
    rubric: OneRubric = None,
    lang: Annotated[str | None, typer.Option(help="Language of the session: en, zh, es.")] = None,
) -> None:
    """Ask what customers really said where the agent's habits showed; grade each answer by the clause, at once.

    An empty answer skips a line; the end of the input ends the session. Nothing typed is stored or sent.
    """
    from coach.coaching.exercises import exercises_of
    from coach.coaching.habits import picture_of
    from coach.coaching.practice import practise
    from coach.coaching.sheet import agent_audits
    from coach.coaching.words import Words
    from coach.errors import ConfigError
    from coach.rubric_file import load_rubric
    from coach.store.database import Store

    file = named_database(db)
    chosen = load_rubric(rubric) if rubric else None
    with Store.open(file, create=False) as store:
        audits, name = agent_audits(store, agent, rubric=chosen.id if chosen else None)
        if not audits or name is None:
            raise ConfigError(f"{file}: no conversation of agent {agent!r} has been graded")
        chosen = chosen or load_rubric(name)
        exercises = exercises_of(picture_of(audits, chosen).habits, store.transcript)
    if not exercises:
        typer.echo(Words(lang or chosen.language)("nothing_to_practise"))
        return
    practise(exercises, chosen, _ask, typer.echo, lang)


def _ask(line: str) -> str | None:
    typer.echo(f"\n{line}")
    try:
        return input("> ")
    except EOFError:
        return None
