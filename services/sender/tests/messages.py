"""Messages as the mailer makes them, for tests."""

from fondly.sender.ports import Outgoing

ADDRESS = "ada@mail.example"
HEADER = (
    "From: Fondly Shop <hello@shop.example>\r\n"
    "To: {address}\r\n"
    "Subject: Something to go with your kettle\r\n"
    "Date: Thu, 26 Nov 2026 15:14:15 +0000\r\n"
    "Message-ID: <{name}@shop.example>\r\n"
    "List-Id: <recommendations.shop.example>\r\n"
    "List-Unsubscribe: <https://shop.example/u?t=QWRh.AAAAAAAAAAAAAAAAAAAAAA>,\r\n"
    " <mailto:hello@shop.example?subject=unsubscribe%20QWRh.AAAAAAAAAAAAAAAAAAAAAA>\r\n"
    "List-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n"
    "X-Customer-Id: Ada\r\n"
    "X-Fondly-Run: run-1\r\n"
    "MIME-Version: 1.0\r\n"
    "Content-Type: multipart/alternative;\r\n"
    ' boundary="=_fondly_{name}"\r\n'
)
BODY = (
    "\r\n"
    "--=_fondly_{name}\r\n"
    "Content-Type: text/plain; charset=utf-8\r\n"
    "Content-Transfer-Encoding: quoted-printable\r\n"
    "\r\n"
    "Dear Ada,\r\n"
    ".a line with a dot, and =E2=82=B9219\r\n"
    "Unsubscribe: https://shop.example/u?t=3DQWRh.AAAAAAAAAAA=\r\n"
    "AAAAAAAAAAA\r\n"
    "\r\n"
    "--=_fondly_{name}\r\n"
    "Content-Type: text/html; charset=utf-8\r\n"
    "Content-Transfer-Encoding: quoted-printable\r\n"
    "\r\n"
    '<html><p>Dear Ada,</p><a href=3D"https://shop.example/u?t=3DQWRh.AAAAAAAAAAA=\r\n'
    'AAAAAAAAAAA">Unsubscribe</a></html>\r\n'
    "\r\n"
    "--=_fondly_{name}--\r\n"
)


def message(name: str = "one", *, address: str = ADDRESS) -> bytes:
    """Return a finished email."""
    return (HEADER + BODY).format(name=name, address=address).encode()


def outgoing(name: str = "one", *, address: str = ADDRESS, content: bytes | None = None) -> Outgoing:
    """Return an email that is to be handed over."""
    return Outgoing(
        run_id="run-1",
        customer_id="Ada",
        address=address,
        content=message(name, address=address) if content is None else content,
        tags={"run": "run-1"},
    )
