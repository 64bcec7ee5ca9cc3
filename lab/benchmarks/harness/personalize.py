"""How anybody makes something in Personalize; peers do it, too."""

import json
import time
from collections.abc import Callable
from typing import Any

POLL_S = 0.5
ROLE = "arn:aws:iam::000000000000:role/personalize"
RECIPE = "arn:aws:personalize:::recipe/aws-user-personalization-v2"
FIELDS = {"USER_ID": "string", "ITEM_ID": "string", "TIMESTAMP": "long", "EVENT_TYPE": "string"}
"""Of an interaction."""
SCHEMA = json.dumps(
    {
        "type": "record",
        "name": "Interactions",
        "namespace": "com.amazonaws.personalize.schema",
        "fields": [{"name": name, "type": kind} for name, kind in FIELDS.items()],
        "version": "1.0",
    }
)


def made(client: Any, noun: str, look: Callable[[], None] = lambda: None, /, **request: Any) -> str:  # noqa: ANN401
    """Create a resource of any kind, and return its ARN when it is active; `look` is called meanwhile.

    Raises `RuntimeError` if it fails.
    """
    answer = getattr(client, f"create_{noun}")(**request)
    [member] = [each for each in answer if each.endswith("Arn")]
    while True:
        look()
        described = getattr(client, f"describe_{noun}")(**{member: answer[member]})
        found = next(each for each in described.values() if "status" in each)
        if found["status"] == "ACTIVE":
            return str(answer[member])
        if "FAILED" in found["status"]:
            raise RuntimeError(f"{noun}: {found['failureReason']}")
        time.sleep(POLL_S)
