"""What an operator is told in one line when a command cannot do what it was asked for."""


class OpsError(Exception):
    """A command found something wrong; the message is one line for a person."""


class MissingResourceError(OpsError):
    """Something that the topology names is not there."""

    def __init__(self, kind: str, name: str) -> None:
        super().__init__(f"there is no {kind} {name}: check --stage, the region and the account")
