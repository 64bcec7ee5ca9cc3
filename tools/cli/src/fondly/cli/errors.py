"""What a command tells a person, in one line, when it cannot do what it was asked for."""


def explain(error: Exception) -> str | None:
    """Return what to tell a person about an error; None for a defect, which deserves its traceback."""
    from botocore.exceptions import ProfileNotFound

    from fondly.operations.errors import OperationError

    if isinstance(error, (ProfileNotFound, OperationError)):  # without the profile the imports below fail
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
        error, (OperationError, BotoCoreError, ClientError, Boto3Error, OSError)
    ):
        return None
    return " ".join(str(error).split())
