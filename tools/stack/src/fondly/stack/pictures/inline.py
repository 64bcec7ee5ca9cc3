"""Lets an email carry the pictures of a made-up shop, which are only served while a stack runs."""

import re
from base64 import encodebytes
from binascii import a2b_qp, b2a_qp
from functools import cache

from fondly.stack.pictures.addresses import BASE_URL, FOLDER, names_in, picture_names

_DOMAIN = "pictures"
"""What follows the file's name in a picture's Content-ID."""
_BOUNDARY = "=_pictures"  # cannot occur in quoted-printable or Base64
_OPENING = (
    f'Content-Type: multipart/related; type="text/html";\r\n boundary="{_BOUNDARY}"\r\n\r\n--{_BOUNDARY}\r\n'
).encode()
_END = f"\r\n--{_BOUNDARY}--\r\n".encode()
_SIGNED = re.compile(rb"^DKIM-Signature:", re.IGNORECASE | re.MULTILINE)
_HTML = (
    rb"(Content-Type: text/html; charset=utf-8\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n)"
    rb"(.*?\r\n)"
)
_ALONE = re.compile(_HTML + rb"(?=\r\n--=_)", re.DOTALL)
"""As the mailer writes it; parsing every email takes twenty times as long."""
_CARRYING = re.compile(
    re.escape(_OPENING) + _HTML + rf"\r\n--{_BOUNDARY}\r\n.*{_BOUNDARY}--\r\n".encode(), re.DOTALL
)


def with_pictures(message: bytes) -> bytes:
    """Return an email of the mailer that shows these pictures anywhere: attached, and named by `cid:`.

    A signed email stays as it is. Source: RFC 2387 (`multipart/related`), 2392 (`cid:`).
    """
    head, _, _ = message.partition(b"\r\n\r\n")
    if BASE_URL.encode() not in message.replace(b"=\r\n", b"") or _SIGNED.search(head):
        return message
    return _ALONE.sub(_carrying, message, count=1)


def without_pictures(message: bytes) -> bytes:
    """Return an email as it was before `with_pictures`."""
    return _CARRYING.sub(_alone, message, count=1)


def _carrying(part: re.Match[bytes]) -> bytes:
    head, html = part[1], a2b_qp(part[2]).decode("utf-8")
    names = sorted(picture_names() & names_in(html))
    if not names:
        return part[0]
    for name in names:
        html = html.replace(BASE_URL + name, f"cid:{name}@{_DOMAIN}")
    return b"".join((_OPENING, head, _quoted(html), *map(_attached, names), _END))


def _alone(part: re.Match[bytes]) -> bytes:
    html = re.sub(rf"cid:([\w.-]+)@{_DOMAIN}", rf"{BASE_URL}\1", a2b_qp(part[2]).decode("utf-8"))
    return part[1] + _quoted(html)


def _quoted(html: str) -> bytes:
    return b"".join(b2a_qp(line, istext=True) for line in html.encode().splitlines(keepends=True))


@cache
def _attached(name: str) -> bytes:
    head = (
        f"\r\n--{_BOUNDARY}\r\nContent-Type: image/png\r\nContent-Transfer-Encoding: base64\r\n"
        f'Content-ID: <{name}@{_DOMAIN}>\r\nContent-Disposition: inline; filename="{name}"\r\n\r\n'
    )
    return head.encode() + encodebytes((FOLDER / name).read_bytes()).replace(b"\n", b"\r\n")
