"""`coach audit`: grade conversations and say what happened, what broke and how it scores."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

__all__ = ["audit"]


def audit(
    inputs: Annotated[list[str], typer.Argument(metavar="INPUT...", help="Files, folders, globs, or - for stdin.")],
    rubric: Annotated[str, typer.Option(help="Name or file of a rubric; auto picks the only one that fits.")] = "auto",
    judge: Annotated[str, typer.Option(help="auto (llm where an endpoint is configured), llm or embedded.")] = "auto",
    model: Annotated[str | None, typer.Option(help="Model of the endpoint [COACH_MODEL].")] = None,
    base_url: Annotated[str | None, typer.Option(help="Base URL of the endpoint [OPENAI_BASE_URL].")] = None,
    db: Annotated[Path | None, typer.Option(help="SQLite file to keep audits in [COACH_DB].")] = None,
    format: Annotated[str, typer.Option(help="table, jsonl, json, csv, md, junit or xlsx.")] = "table",
    output: Annotated[Path | None, typer.Option("--output", "-o", help="Write to this file.")] = None,
    concurrency: Annotated[int | None, typer.Option(help="Requests in flight at once.")] = None,
    group_size: Annotated[
        int | None, typer.Option(min=1, help="Criteria per request; default the whole rubric.")
    ] = None,
    samples: Annotated[int | None, typer.Option(min=1, max=25, help="Ask so often; the majority decides.")] = None,
    timeout: Annotated[float | None, typer.Option(min=0.1, help="Seconds to wait for one answer.")] = None,
    prices: Annotated[Path | None, typer.Option(help="YAML file of prices, over those that come with coach.")] = None,
    limit: Annotated[int | None, typer.Option(min=1, help="Stop after so many conversations.")] = None,
    force: Annotated[bool, typer.Option("--force", help="Grade again what the database already has.")] = False,
    fail_under: Annotated[
        float | None,
        typer.Option(min=0, max=100, help="Exit with 1 if a conversation scores less or fails a critical criterion."),
    ] = None,
    accept_unqualified: Annotated[
        bool, typer.Option("--accept-unqualified", help="Let --fail-under pass though the judge is unqualified.")
    ] = False,
    budget: Annotated[float | None, typer.Option(min=0, help="Stop before spending more than so many USD.")] = None,
    rewrites: Annotated[
        bool, typer.Option("--rewrites/--no-rewrites", help="Propose compliant wordings, each audited again.")
    ] = True,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Send nothing: predict requests, tokens and cost.")
    ] = False,
    redact: Annotated[
        bool | None,
        typer.Option(
            "--redact/--no-redact",
            help="Mask personal data in what is sent; by default wherever it leaves this machine.",
        ),
    ] = None,
    strict: Annotated[bool, typer.Option("--strict", help="One unreadable conversation stops everything.")] = False,
    lang: Annotated[str | None, typer.Option(help="Language of titles and labels: en, zh, es.")] = None,
    roles: Annotated[str | None, typer.Option(help="Who is who: A=agent,B=customer, or a file of such lines.")] = None,
    columns: Annotated[str | None, typer.Option(help="CSV, XLSX: text=Message,speaker=Who,...")] = None,
    input_format: Annotated[str | None, typer.Option(help="Format of the input, instead of detection.")] = None,
    language: Annotated[str | None, typer.Option(help="Language of the conversations.")] = None,
    channel: Annotated[str | None, typer.Option(help="phone, phone-outbound, chat or in-person.")] = None,
    agent: Annotated[str | None, typer.Option(help="Agent of all the conversations.")] = None,
    encoding: Annotated[str | None, typer.Option(help="Encoding of the input, instead of detection.")] = None,
    repair: Annotated[
        bool, typer.Option("--repair", help="Undo text that was decoded wrongly; the original is kept.")
    ] = False,
    merge_fragments: Annotated[
        bool | None,
        typer.Option(
            "--merge-fragments/--keep-fragments", help="Join what one speaker says without a break into a turn."
        ),
    ] = None,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="No notes or progress on standard error.")] = False,
) -> None:
    """Grade conversations against a rubric: scenarios, verdicts with quotes, score.

    Exit code: 0 fine; 1 fell short of --fail-under, or --fail-under was given and the judge is unqualified; 2 wrong use or
    bad input, nothing written; 3 some conversations could not be read or graded (they are listed, the rest is saved).
    """
    from coach.cli.auditing import AuditCommand, InputFlags

    flags = InputFlags(roles, columns, input_format, language, channel, agent, encoding, repair, merge_fragments)
    command = AuditCommand(
        inputs=inputs,
        read_options=flags.read_options(),
        rubric=rubric,
        judge=judge,
        model=model,
        base_url=base_url,
        db=db,
        format=format,
        output=output,
        endpoint_flags={
            "concurrency": concurrency,
            "group_size": group_size,
            "samples": samples,
            "timeout": timeout,
            "prices": prices,
        },
        limit=limit,
        force=force,
        fail_under=fail_under,
        accept_unqualified=accept_unqualified,
        budget=budget,
        dry_run=dry_run,
        rewrites=rewrites,
        redact=redact,
        strict=strict,
        lang=lang,
        quiet=quiet,
    )
    raise typer.Exit(command.run())
