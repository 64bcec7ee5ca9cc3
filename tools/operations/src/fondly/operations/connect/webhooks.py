"""What a platform's webhooks ask for, once it is proved that the platform has sent them.

Also an AWS Lambda function by itself (`handler`, infra/modules/connect): the standard library and boto3 do.

Sources: shopify.dev, "Privacy law compliance" (`customers/redact`, `customers/data_request`, `shop/redact`)
and "Deliver webhooks through HTTPS" (X-Shopify-Hmac-Sha256); "Webhooks" of
woocommerce.github.io/woocommerce-rest-api-docs (`customer.deleted`, X-WC-Webhook-Signature). Both sign the
body's bytes by HMAC-SHA256, in Base64.
"""

import base64
import hmac
import json
import os
from collections.abc import Mapping
from functools import cache
from hashlib import sha256
from importlib import import_module
from typing import Any

FORGET, EXPORT, LEAVE = "forget", "export", "leave"
TOPICS = {
    "customers/redact": FORGET,
    "customer.deleted": FORGET,
    "customers/data_request": EXPORT,
    "shop/redact": LEAVE,
}
"""What is asked for, by topic; other webhooks are answered and left alone."""
HEADERS = {
    "shopify": ("x-shopify-hmac-sha256", "x-shopify-topic"),
    "woocommerce": ("x-wc-webhook-signature", "x-wc-webhook-topic"),
}
"""The headers with signature and topic."""
Request = dict[str, str]


class ForgedError(Exception):
    """Nobody who knows the secret has signed a webhook."""


def received(platform: str, headers: Mapping[str, str], body: bytes, secret: str) -> Request | None:
    """Return what a webhook asks for, and of whom; None for nothing of the kind.

    Names of headers are in lower case. Raises `ForgedError`, or `ValueError` for what is not JSON.
    """
    signature, topic = HEADERS[platform]
    made = base64.b64encode(hmac.digest(secret.encode(), body, "sha256"))
    if not secret or not hmac.compare_digest(made, headers.get(signature, "").encode()):
        raise ForgedError("the signature is wrong")
    asks = TOPICS.get(headers.get(topic, ""))
    if asks is None:
        return None
    said = json.loads(body)
    who = said.get("customer", {}) if platform == "shopify" else said
    return {"asks": asks, "customer_id": str(who.get("id") or ""), "email": str(who.get("email") or "")}


def stored_as(request: Request) -> tuple[str, bytes]:
    """Return the key and the content of the object that keeps a request: the same one twice is one."""
    body = json.dumps(request, sort_keys=True).encode()
    return f"connect/requests/{sha256(body).hexdigest()}.json", body


def handler(event: Mapping[str, Any], _context: object) -> dict[str, int]:
    """Answer a request by way of API Gateway: 200 once it is safe, 401 for what the platform has not sent."""
    text = event.get("body") or ""
    body = base64.b64decode(text) if event.get("isBase64Encoded") else text.encode()
    try:
        request = received(os.environ["PLATFORM"], event["headers"], body, _secret())
    except ForgedError:
        return {"statusCode": 401}
    except ValueError:
        return {"statusCode": 400}
    if request:
        key, content = stored_as(request)
        _client("s3").put_object(Bucket=os.environ["BUCKET"], Key=key, Body=content)
    return {"statusCode": 200}


@cache
def _secret() -> str:
    found = _client("secretsmanager").get_secret_value(SecretId=os.environ["SECRET"])
    return str(found["SecretString"])


@cache
def _client(service: str) -> Any:  # noqa: ANN401 - clients have no common type
    return import_module("boto3").client(service)  # half a second, and commands need none
