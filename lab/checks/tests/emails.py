"""Small emails for the tests: one that keeps every rule, with changes that break one."""

from fondly.checks.emails.message import Email, read_email

HTML = """<!DOCTYPE html><html lang="en"><head><title>Hello</title></head><body><div role="main">
<h1>Hello</h1><p><img src="http://pictures.example/1.png" alt="A kettle" width="10" height="10">
<a href="https://shop.example/p/1">Electric kettle</a>
<a href="mailto:hello@shop.example?subject=unsubscribe">Unsubscribe</a></p></div></body></html>"""
TEXT = "Hello\nElectric kettle: https://shop.example/p/1."
HEADER = (
    "From: Shop <hello@shop.example>\nTo: c1@customers.example\nSubject: {subject}\n"
    "Date: Wed, 25 Nov 2026 10:00:00 +0000\nMessage-ID: <1@shop.example>\nMIME-Version: 1.0\n"
    "List-Unsubscribe: <mailto:hello@shop.example?subject=unsubscribe>\n"
    'Content-Type: multipart/alternative; boundary="b"\n\n'
)
PART = "--b\nContent-Type: text/{kind}; charset=utf-8\n\n{body}\n"


def an_email(*, html: str = HTML, text: str = TEXT, subject: str = "Hello", header: str = HEADER) -> Email:
    """An email with these bodies."""
    parts = PART.format(kind="plain", body=text) + PART.format(kind="html", body=html)
    raw = header.format(subject=subject) + parts + "--b--\n"
    return read_email(raw.replace("\n", "\r\n").encode(), name="c1.eml")
