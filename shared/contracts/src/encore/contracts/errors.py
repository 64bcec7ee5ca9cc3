"""What a failure means for the message being handled."""


class TransientError(Exception):
    """The same work may succeed later: the message returns after a backoff."""


class PermanentError(Exception):
    """The work can never succeed: the message goes to the dead-letter queue at once, with this reason."""
