"""What a command tells a person, in one line, when it cannot do what it was asked for."""


class CommandError(Exception):
    """A command found something wrong; the message is one line for a person."""


class MissingResourceError(CommandError):
    """A resource of the topology does not exist."""

    def __init__(self, kind: str, name: str) -> None:
        super().__init__(f"there is no {kind} {name}: check --environment, the region and the account")


class NoSuchDeadLetterError(CommandError):
    """No dead letter of a queue was selected."""

    def __init__(self, queue: str) -> None:
        super().__init__(f"{queue} has no dead letter with that run or message id")


def explain(error: Exception) -> str | None:
    """Return what to tell a person about an error; None for a defect, which deserves its traceback."""
    from botocore.exceptions import ProfileNotFound

    if isinstance(error, (ProfileNotFound, CommandError)):  # without the profile the imports below fail
        return " ".join(str(error).split())
    from boto3.exceptions import Boto3Error
    from botocore.exceptions import BotoCoreError, ClientError, EndpointConnectionError, NoCredentialsError

    from fondly.mailer.domain.message.toml_file import InvalidFileError
    from fondly.stack.demo import DemoFailedError
    from fondly.stack.processes import ProcessDiedError, StackNotReadyError

    if isinstance(error, NoCredentialsError):
        return "no AWS credentials: set AWS_PROFILE, or AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY"
    if isinstance(error, EndpointConnectionError):
        return f"no answer from {error.kwargs['endpoint_url']}: check AWS_ENDPOINT_URL and the region"
    if isinstance(error, (DemoFailedError, InvalidFileError, ProcessDiedError, StackNotReadyError)):
        return str(error)
    if isinstance(error, BrokenPipeError) or not isinstance(
        error, (CommandError, BotoCoreError, ClientError, Boto3Error, OSError)
    ):
        return None
    return " ".join(str(error).split())
