"""Where the local stack's console is."""

from pathlib import Path

from fondly.cli.commands.stack import look
from fondly.operations.local_stack import BackgroundStack, StateFolder
from fondly.stack.embedded import CONSOLE_KEY, CONSOLE_PORT
from fondly.stack.processes import free_port


def test_why_the_console_does_not_answer_is_told_at_once(tmp_path: Path) -> None:
    """In a line, with the last of its log; nobody waits for what does not come."""
    stack = BackgroundStack(1, {CONSOLE_PORT: str(free_port()), CONSOLE_KEY: "key"}, StateFolder(tmp_path))
    death = "console ended with code 1: no such module; it is started again"
    stack.folder.deaths.write_text(f"{death}\nsender ended\n")
    assert look(stack) == f"the console does not answer: {death}"
