"""The model's answers about the features of products."""

import json

from fondly.mailer.domain.copy.answers import AnswerFormatError

MAX_PROPOSED = 12


def read_features(text: str) -> list[str]:
    """Return what is proposed for the one product that was asked about; raise `AnswerFormatError`."""
    try:
        answer = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise AnswerFormatError("not JSON") from error
    features = answer.get("features") if isinstance(answer, dict) else None
    proposed = features.get("1") if isinstance(features, dict) else None
    if not isinstance(proposed, list):
        raise AnswerFormatError("features.1 is not a list")
    return [each for each in proposed if isinstance(each, str)][:MAX_PROPOSED]
