"""Who asks on AWS is who our load balancer says, and nobody else."""

import json
from base64 import urlsafe_b64encode
from collections.abc import Callable, Mapping
from typing import Any

import pytest
from joserfc.jwk import ECKey
from starlette.requests import HTTPConnection

from fondly.console.alb import ALGORITHM, HEADER, MOST_KEYS, PublicKeys, SignedIn, TokenError
from fondly.console.roles import Role

ARN = "arn:aws:elasticloadbalancing:eu-west-1:123456789012:loadbalancer/app/console/50dc6c495c0c9188"
KEY_ID = "12345678-1234-1234-1234-123456789012"
NOW = 1_764_547_200.0
OURS, THEIRS, OF_OTHER_CURVE = (ECKey.generate_key(curve) for curve in ("P-256", "P-256", "P-384"))
HEAD: Mapping[str, Any] = {
    "alg": "ES256",
    "kid": KEY_ID,
    "signer": ARN,
    "iss": "https://id.shop.example",
    "client": "console",
    "exp": int(NOW) + 120,
}
CLAIMS: Mapping[str, Any] = {
    "sub": "0a1b2c3d",
    "email": "ada@shop.example",
    "email_verified": "true",
    "groups": ["marketing", "everybody"],
}
ROLES = {"marketing": Role.APPROVER, "support": Role.READER}


def part(value: object) -> str:
    """A part of a token, padded as the load balancer pads it."""
    text = value if isinstance(value, bytes) else json.dumps(value).encode()
    return urlsafe_b64encode(text).decode()


def token(claims: Mapping[str, Any] = CLAIMS, key: ECKey = OURS, **head: object) -> str:
    """A token as the load balancer makes it, but for some fields of its header."""
    signed = f"{part({**HEAD, **head})}.{part(claims)}"
    return f"{signed}.{part(ALGORITHM.sign(signed.encode(), key))}"


class Region:
    """The public keys of a region."""

    def __init__(self, **keys: ECKey) -> None:
        """Have these keys."""
        self.keys = keys or {KEY_ID: OURS}
        self.asked: list[str] = []

    async def __call__(self, url: str) -> bytes:
        """Answer with a key."""
        self.asked.append(url)
        key_id = url.rpartition("/")[2]
        if key_id not in self.keys:
            raise TokenError("kid is of no key of this region")
        return self.keys[key_id].as_pem(private=False)


async def asked_by(headers: Mapping[str, str], region: Region | None = None) -> tuple[str, set[str]] | None:
    """Who asks with these headers: name and roles."""
    keys = PublicKeys("eu-west-1", region or Region())
    ours = {"signer": ARN, "iss": "https://id.shop.example", "client": "console"}
    raw = [(name.lower().encode(), value.encode()) for name, value in headers.items()]
    connection = HTTPConnection({"type": "http", "headers": raw})
    found = await SignedIn(ours, keys, "groups", ROLES, clock=lambda: NOW).person(connection)
    return (found.name, set(found.roles)) if found else None


async def test_a_person_has_the_roles_of_their_groups() -> None:
    """By the address that is known to be theirs, otherwise by the issuer's id."""
    approver = {Role.VIEWER, Role.READER, Role.APPROVER}
    assert await asked_by({HEADER: token()}) == ("ada@shop.example", approver)
    unverified = {**CLAIMS, "email_verified": False, "groups": "[support, other]"}
    assert await asked_by({HEADER: token(unverified)}) == ("0a1b2c3d", {Role.VIEWER, Role.READER})
    assert await asked_by({HEADER: token({"sub": "0a1b2c3d"})}) == ("0a1b2c3d", set())


def changed(position: int, change: Callable[[str], str]) -> str:
    """A token one part of which has been changed."""
    parts = token().split(".")
    parts[position] = change(parts[position])
    return ".".join(parts)


@pytest.mark.parametrize(
    "forged",
    [
        token(key=THEIRS),
        token(alg="none"),
        token(alg="HS256"),
        token(exp=int(NOW)),
        token(exp="later"),
        token(exp=None),
        token(signer=ARN.replace("0c9188", "0c9189")),
        token(iss="https://id.evil.example"),
        token(client="another"),
        token(kid="../../evil"),
        token(kid=f"{KEY_ID}\n"),
        token(kid=KEY_ID.replace("1", "9")),
        changed(1, lambda _: part({**CLAIMS, "email": "eve@shop.example"})),
        changed(0, lambda each: f"{each}="),
        changed(1, lambda each: f"{each}===="),
        changed(2, lambda each: each.rstrip("=")),
        changed(2, lambda each: f" {each}"),
        changed(2, lambda _: ""),
        changed(2, lambda each: each.replace("=", "%3D")),
        changed(2, lambda each: f"{each}\n"),
        changed(2, lambda each: each[:40]),
        changed(2, lambda _: part(b"\0" * 64)),
        changed(0, lambda _: part(b"[" * 9_000)),
        changed(0, lambda _: part(b"[]")),
        changed(0, lambda _: part(b"\xff\xfe")),
        changed(0, lambda _: part(b'{"alg": "ES256", "alg": "none"}')),
        changed(0, lambda _: "\xff\u0100"),
        token(alg="es256"),
        token(alg=["ES256"]),
        token(alg=None),
        token(exp=True),
        token(exp=-1e308),
        token(exp=[int(NOW) + 120]),
        token(kid=None),
        token(kid=[KEY_ID]),
        token(kid=KEY_ID.upper().replace("1", "A")),
        token(kid=f"{KEY_ID}/../{KEY_ID}"),
        token(kid=f"{KEY_ID}?x"),
        token(signer=ARN.replace("eu-west-1", "us-east-1")),
        token(signer=ARN.replace("123456789012", "210987654321")),
        token(signer=[ARN]),
        token(iss="https://id.shop.example/"),
        token(client=None),
        token(key=THEIRS, jwk=OURS.as_dict(private=False), jku="https://evil.example"),
        token(CLAIMS, THEIRS, x5u="https://evil.example"),
        token().replace(".", ". "),
        f" {token()}",
        f"{token()},{token()}",
        token().rpartition(".")[0],
        f"{token()}.{part({})}",
        "..",
        "",
    ],
)
async def test_forged_tokens_are_refused(forged: str) -> None:
    """Of another signer, issuer, client or key, expired, changed, or padded otherwise."""
    assert await asked_by({HEADER: forged}) is None


@pytest.mark.parametrize("kept", [OF_OTHER_CURVE, THEIRS])
async def test_a_key_of_another_kind_or_region_verifies_nothing(kept: ECKey) -> None:
    """The region's own endpoint says which key an id means."""
    assert await asked_by({HEADER: token()}, Region(**{KEY_ID: kept})) is None


async def test_who_brings_a_token_of_ours_is_not_signed_in_by_the_header() -> None:
    """The load balancer lets such requests through as they are."""
    assert await asked_by({HEADER: token(), "Authorization": "Bearer x"}) is None
    assert await asked_by({}) is None


async def test_keys_are_asked_for_once_and_not_without_bound() -> None:
    """At the region's endpoint, whatever a token says."""
    ids = [KEY_ID.replace("12345678", f"{number:08}") for number in range(MOST_KEYS + 1)]
    region = Region(**dict.fromkeys(ids, OURS))
    keys = PublicKeys("eu-west-1", region)
    for key_id in (ids[0], ids[0], *ids, ids[0]):
        await keys.get(key_id)
    assert len(region.asked) == MOST_KEYS + 2
    assert region.asked[0] == f"https://public-keys.auth.elb.eu-west-1.amazonaws.com/{ids[0]}"
