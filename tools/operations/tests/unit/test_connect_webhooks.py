"""What connectors ask Shopify, and what platforms' webhooks ask of us."""

import base64
import hmac
import json
from pathlib import Path
from typing import Any

import pytest
from graphql import build_schema, parse, validate

from fondly.operations.connect import webhooks
from fondly.operations.connect.shopify import query
from fondly.operations.connect.webhooks import handler

SCHEMA = build_schema(Path(__file__).with_name("shopify.graphql").read_text("utf-8"))
SECRET = "whsec"
REDACT = {"shop_id": 1, "shop_domain": "a.myshopify.com", "customer": {"id": 7, "email": "ada@example.com"}}


@pytest.mark.parametrize("name", ["shop", "node", "operation", "bulk", "products", "customers", "orders"])
def test_every_query_is_one_of_the_published_schema(name: str) -> None:
    """With its filter, as it is sent: Shopify refuses a query with a field that it does not know."""
    asked = query(name).replace("(FILTER)", "(query: \"updated_at:>='2026-01-01T00:00:00Z'\")")
    assert validate(SCHEMA, parse(asked)) == []


@pytest.fixture
def stored(monkeypatch: pytest.MonkeyPatch) -> list[dict[str, Any]]:
    """What the function has stored."""
    found = list[dict[str, Any]]()

    class Client:
        """S3 and Secrets Manager."""

        def put_object(self, **request: Any) -> None:  # noqa: ANN401 - S3's
            """Store an object."""
            found.append(request)

        def get_secret_value(self, SecretId: str) -> dict[str, str]:  # noqa: N803 - AWS's name
            """Return the secret."""
            return {"SecretString": SECRET if SecretId == "arn" else ""}

    monkeypatch.setattr(webhooks, "_client", lambda _: Client())
    webhooks._secret.cache_clear()
    for name, value in {"PLATFORM": "shopify", "BUCKET": "data", "SECRET": "arn"}.items():
        monkeypatch.setenv(name, value)
    return found


def event(topic: str, body: bytes, *, secret: str = SECRET) -> dict[str, Any]:
    """Return a webhook as API Gateway hands it on."""
    signature = base64.b64encode(hmac.digest(secret.encode(), body, "sha256")).decode()
    headers = {"x-shopify-topic": topic, "x-shopify-hmac-sha256": signature}
    return {"headers": headers, "body": base64.b64encode(body).decode(), "isBase64Encoded": True}


def test_a_signed_request_is_kept_once(stored: list[dict[str, Any]]) -> None:
    """Under the same key however often the platform sends it."""
    for _ in range(2):
        assert handler(event("customers/redact", json.dumps(REDACT).encode()), None) == {"statusCode": 200}
    first, second = stored
    assert first == second
    assert (first["Bucket"], first["Key"][:17]) == ("data", "connect/requests/")
    assert json.loads(first["Body"]) == {"asks": "forget", "customer_id": "7", "email": "ada@example.com"}


@pytest.mark.parametrize(
    ("topic", "body", "secret", "status"),
    [
        ("customers/redact", b"{}", "guessed", 401),
        ("customers/redact", b"{}", "", 401),
        ("customers/redact", b"{half", SECRET, 400),
        ("products/update", b"{}", SECRET, 200),
    ],
)
def test_nothing_else_is_kept(
    stored: list[dict[str, Any]], topic: str, body: bytes, secret: str, status: int
) -> None:
    """What is forged, broken or about something else: the platform learns which."""
    assert handler(event(topic, body, secret=secret), None) == {"statusCode": status}
    assert stored == []
