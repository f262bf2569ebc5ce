"""Say what is installed, what works, and what to do about the rest."""

from dbarchitect.surface.cli import choices, invoke, terminal

app = invoke.new_app()


@app.command()
def doctor(form: choices.FormatOption = "full", output: choices.OutputOption = None) -> int:
    """Say what is installed, in which version, what works, and what to do about what does not.

    Exit code 2 when something that design needs does not work.
    """
    from dbarchitect import api

    with terminal.showing_progress():
        report = api.doctor()
    payload = report.to_json()
    choices.answer("doctor", payload, form, output)
    return 0 if payload.get("ok", True) else 2
