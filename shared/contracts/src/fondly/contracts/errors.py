"""Errors that determine what happens to the message being handled, and of files that people write."""


class TransientError(Exception):
    """The work may succeed later: the message is retried after a backoff."""


class NewerReleaseError(TransientError):
    """A newer release has written what this one cannot read: one of its tasks may take the message."""


class PermanentError(Exception):
    """The work can never succeed: the message is moved to the dead-letter queue at once, with this reason."""


class InvalidFileError(ValueError):
    """A file that a person wrote cannot be used: file, line, what was found, what is expected; one line."""
