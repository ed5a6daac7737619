"""The forms in which `coach audit` gives out its results: one file of this folder each, behind one registry.

Promise: a form is written as audits come (nothing waits for the last conversation that need not), and a file appears
only when it is whole: what is written grows beside it under another name and is renamed at the end.
"""

from coach.reports.formats.registry import FORMATS, Format, Writer, open_writer, write

__all__ = ["FORMATS", "Format", "Writer", "open_writer", "write"]
