"""The mail server of a local stack that sends: what it delivers arrives in a folder, and nowhere else."""

import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

MAILBOX = "mailbox"
"""The folder beside that of the logs."""
FOLDER = "FONDLY_MAILBOX_FOLDER"
"""The variable that says where the emails of a running stack arrive."""
TRANSPORT, SMTP, NOWHERE = "FONDLY_SENDER_TRANSPORT", "smtp", "none"
SENDING = {TRANSPORT: SMTP, "FONDLY_SENDER_APPROVAL": "automatic", "FONDLY_SENDER_PER_S": "1000"}
"""With these a local stack delivers every run that finishes, to its own mail server, at any pace."""
HOLDING = SENDING | {"FONDLY_SENDER_APPROVAL": "required"}
"""The same, once a person has approved it."""
TO_EVERYBODY = {"FONDLY_SENDER_WITHOUT_ADDRESS": "true"}
"""A file may have no addresses: its emails arrive all the same, for a domain that can never exist."""
_SECRETS = ("FONDLY_SENDER_SMTP_USER", "FONDLY_SENDER_SMTP_PASSWORD")


@contextmanager
def local_mail(folder: Path, environment: Mapping[str, str]) -> Iterator[dict[str, str]]:
    """Run a mail server if the environment sends by SMTP; yield the settings that lead to it, none otherwise.

    A server that the environment names is not asked: a local stack writes to nobody.
    """
    if environment.get(TRANSPORT) != SMTP:
        yield {}
        return
    # Only the extra `embedded` has the server; the commands in an image have this module without it.
    from fondly.stack.mailbox import HOST, mail_server  # noqa: PLC0415

    with mail_server(folder) as port:
        yield {
            "FONDLY_SENDER_SMTP_HOST": HOST,
            "FONDLY_SENDER_SMTP_PORT": str(port),
            "FONDLY_SENDER_SMTP_SECURITY": "none",
            FOLDER: str(folder),
            **{name: "" for name in _SECRETS if environment.get(name)},
        }


class ArrivedIn:
    """The messages in a mail server's folder, by their `Message-ID`."""

    def __init__(self, folder: Path) -> None:
        from fondly.stack.mailbox import INDEX  # noqa: PLC0415 - as above

        self._files: dict[str, list[Path]] = {}
        for line in (folder / INDEX).read_text(encoding="utf-8").splitlines():
            received = json.loads(line)
            self._files.setdefault(received["message_id"], []).append(folder / received["file"])

    def copies(self, message_id: str) -> Sequence[Path]:
        """Return the files of a message: one, unless it arrived again."""
        return self._files.get(message_id, ())
