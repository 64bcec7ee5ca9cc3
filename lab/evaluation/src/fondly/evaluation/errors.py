"""What a person is told when an evaluation cannot start or go on."""


class EvaluationError(Exception):
    """The input cannot be evaluated; the message is one line that says what was found and expected."""
