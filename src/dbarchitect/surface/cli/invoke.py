"""Loads one command and runs it with its arguments; the only module that knows how Typer is called."""

from __future__ import annotations

import importlib
from collections.abc import Sequence

import typer

from dbarchitect.errors import InputError


def new_app() -> typer.Typer:
    """The Typer application of one command; plain help, because it loads twice as fast and reads well in a file."""
    return typer.Typer(
        add_completion=False,
        rich_markup_mode=None,
        pretty_exceptions_enable=False,
        context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    )


def load(name: str) -> typer.Typer:
    """The application of the command called `name`."""
    module = importlib.import_module(f"dbarchitect.surface.cli.commands.{name.replace('-', '_')}")
    app: typer.Typer = module.app
    return app


def parts(name: str) -> tuple[str, ...]:
    """The commands below a command, sorted; none for most."""
    return tuple(sorted(getattr(typer.main.get_command(load(name)), "commands", ())))


def command(name: str, arguments: Sequence[str]) -> int:
    """Run a command and return its exit code.

    Args:
        name: one of `main.commands()`.
        arguments: what follows the name on the command line.

    Raises:
        InputError: for options that the command does not have or values that they cannot take.
    """
    program = f"dbarchitect {name}"
    loaded = typer.main.get_command(load(name))
    for parameter in loaded.params:
        if parameter.param_type_name == "argument":  # its help would read "BRIEF <list[str]>"
            setattr(parameter, "display_type_rich", _no_type)  # noqa: B010
    try:
        code = loaded.main(args=list(arguments), prog_name=program, standalone_mode=False)
    except typer.Exit as stop:
        return stop.exit_code
    except typer.Abort as stop:
        raise KeyboardInterrupt from stop
    except typer.TyperException as error:
        message = error.format_message().replace("Value error, ", "").rstrip(".")
        message = message[:1].lower() + message[1:]
        raise InputError(message, hint=f"See `{program} --help`.") from error
    return code if isinstance(code, int) else 0


def _no_type(ctx: object) -> str:
    return ""
