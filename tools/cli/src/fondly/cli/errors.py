"""What a command tells a person, in one line, when it cannot do what it was asked for."""

import errno
import tomllib
from importlib.resources import files
from urllib.parse import urlsplit

from fondly.operations.errors import OperationError

LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})
UNSET = "unset AWS_ENDPOINT_URL and give --region for AWS"


def explain(error: Exception) -> str | None:
    """Return what to tell a person about an error; None for a defect, which deserves its traceback."""
    from botocore.exceptions import ProfileNotFound

    if isinstance(error, (ProfileNotFound, OperationError)):  # without the profile the imports below fail
        return _in_a_line(str(error))
    from boto3.exceptions import Boto3Error
    from botocore.exceptions import BotoCoreError, ClientError, EndpointConnectionError, NoCredentialsError

    from fondly.contracts.errors import InvalidFileError
    from fondly.ingest.domain.errors import FileError
    from fondly.runtime.runs.release import OlderReleaseError
    from fondly.stack.outcome import DemoFailedError
    from fondly.stack.processes import ProcessDiedError, StackNotReadyError

    if isinstance(error, NoCredentialsError):
        return (
            "no AWS credentials: set AWS_PROFILE, or AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY; or start a"
            " local stack by `fondly up`"
        )
    if isinstance(error, EndpointConnectionError):
        return _no_answer(error.kwargs["endpoint_url"])
    if isinstance(error, (DemoFailedError, InvalidFileError, ProcessDiedError, StackNotReadyError)):
        return str(error)
    if isinstance(error, OSError) and not isinstance(error, BrokenPipeError):
        return _of_system(error)
    known = isinstance(
        error, (FileError, BotoCoreError, ClientError, Boto3Error, UnicodeError, OlderReleaseError)
    )
    return _in_a_line(str(error)) if known else _missing(error)


def _missing(error: Exception) -> str | None:
    """What to do about a package of others that is not installed; None for any other error."""
    name = error.name if isinstance(error, ModuleNotFoundError) else None
    if name is None or name.startswith("fondly."):
        return None
    return f"this takes {name}, which fondly-cli alone leaves out: install fondly-cli[all]"


def _no_answer(url: str) -> str:
    if urlsplit(url).hostname in LOOPBACK:
        return f"no stack is running here any more (no answer from {url}): `fondly up`, or {UNSET}"
    return f"no answer from {url}: check AWS_ENDPOINT_URL and the region"


def _of_system(error: OSError) -> str:
    """Return `path: what is wrong: what can be done about it`."""
    remedies = tomllib.loads(files(__package__).joinpath("remedies.toml").read_text("utf-8"))
    remedy = remedies.get(errno.errorcode.get(error.errno or 0, ""))
    named = [str(error.filename)] if error.filename else []
    problem = error.strerror or str(error)
    return _in_a_line(": ".join([*named, problem[:1].lower() + problem[1:], *([remedy] if remedy else [])]))


def _in_a_line(text: str) -> str:
    return " ".join(text.split())
