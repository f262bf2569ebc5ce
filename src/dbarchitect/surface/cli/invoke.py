"""Loads one command and runs it with its arguments; the only module that knows how Typer is called."""

from __future__ import annotations

import importlib
from collections.abc import Callable, Sequence
from typing import Any, Literal, get_args, get_origin

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
    below = [part for command in getattr(loaded, "commands", {}).values() for part in command.params]
    for parameter in [*loaded.params, *below]:
        if parameter.param_type_name == "argument":  # its help would read "BRIEF <list[str]>"
            setattr(parameter, "display_type_rich", _no_type)  # noqa: B010
        _convert_seldom(parameter)
    find = loaded.get_help_option
    setattr(loaded, "get_help_option", lambda context: _convert_seldom(find(context)))  # noqa: B010
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


def _convert_seldom(parameter: Any) -> Any:
    """Let Typer convert a parameter's value only where there is something to convert: it loads pydantic to do so."""
    if parameter is not None and not isinstance(vars(parameter).get("get_runtime_param"), _Conversion):
        setattr(parameter, "get_runtime_param", _Conversion(parameter, parameter.get_runtime_param))  # noqa: B010
    return parameter


class _Conversion:
    """What Typer asks for when it turns the words of a command line into a value."""

    def __init__(self, parameter: Any, ours: Callable[[], Any]) -> None:
        self._about = parameter.type_descriptor
        self._default = parameter.default
        self._many = parameter.multiple or parameter.nargs == -1
        self._load = ours

    def __call__(self) -> _Conversion:
        return self

    def coerce(self, value: Any, param: Any, ctx: Any) -> Any:
        """The value as the command takes it."""
        wanted = self._about.annotation
        if value is None:
            return () if self._many else None
        if not self._about.parameter_info.parser:
            if wanted == list[str] and isinstance(value, (list, tuple)):
                return list(value)
            if get_origin(wanted) is Literal and value in get_args(wanted):
                return value
            if type(value) is wanted and (wanted is str or value == self._default):
                return value
        return self._load().coerce(value, param=param, ctx=ctx)
