"""Whether a container's command is one of our command line."""

from collections.abc import Sequence
from typing import Any

import typer.main

from expenseflow.app.cli import program


def fault_of(words: Sequence[str]) -> str | None:
    """What is wrong with it, None if nothing is."""
    if len(words) < 2 or words[0] != program.PROGRAM or words[1] not in program.COMMANDS:
        return f"{' '.join(words) or 'nothing'!r} is no command of ours"
    group: Any = typer.main.get_command(program.program(words[1]))
    options = {
        name
        for parameter in group.commands[words[1]].params
        for name in (*parameter.opts, *parameter.secondary_opts)
    }
    for word in words[2:]:
        if word not in options:
            return f"{words[1]} has no option {word}"
    return None
