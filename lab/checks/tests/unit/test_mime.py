from pathlib import Path

import pytest

from fondly.checks.emails.message import Email, read_email, read_emails
from fondly.checks.emails.mime import mime_problems
from fondly.stack.pictures.inline import with_pictures
from lab.checks.tests.emails import HEADER, an_email
from tools.stack.tests.unit.test_inline_pictures import STORED


def changed(old: bytes, new: bytes) -> Email:
    """A good email with other bytes in one place."""
    raw = an_email().raw
    assert old in raw
    return read_email(raw.replace(old, new), name="c1.eml")


def test_a_good_email_has_no_problem() -> None:
    """Every header once, two parts, CRLF everywhere."""
    assert list(mime_problems(an_email())) == []


@pytest.mark.parametrize(
    ("email", "problem"),
    [
        pytest.param(
            changed(b"Date: Wed", b"X-Date: Wed"), "MIME: 0 fields Date, expected one", id="no-date"
        ),
        pytest.param(changed(b"To: ", b"To: a@b.example\r\nTo: "), "MIME: 2 fields To", id="two-recipients"),
        pytest.param(changed(b"Date: Wed, 25 Nov 2026", b"Date: soon"), "MIME: Date: ", id="bad-date"),
        pytest.param(
            changed(b"<1@shop.example>\r\n", b"<1@shop.example>\n"), "MIME: a line that does not", id="lf"
        ),
        pytest.param(changed(b"Hello\r\n", b"Hello\0\r\n"), "MIME: a NUL byte", id="nul"),
        pytest.param(changed(b"Electric", b"E" * 1000), "MIME: a line of ", id="long-line"),
        pytest.param(changed(b"--b--", b"--c--"), "MIME: ", id="no-end"),
        pytest.param(changed(b"text/plain", b"text/html"), "MIME: parts text/html, text/html", id="parts"),
        pytest.param(
            an_email(header=HEADER.replace("<mailto:", "<https://shop.example/u>, <mailto:")),
            "MIME: List-Unsubscribe-Post is not",
            id="one-click",
        ),
        pytest.param(an_email(text=" "), "MIME: text/plain is empty", id="empty"),
    ],
)
def test_what_is_wrong_is_named(email: Email, problem: str) -> None:
    """The first problem names what a strict reader stumbles over."""
    found = list(mime_problems(email))
    assert found
    assert found[0].startswith(problem)


def test_files_of_a_run_are_checked_as_the_emails_are_stored(tmp_path: Path) -> None:
    """Without the pictures that they carry for people."""
    (tmp_path / "C1.eml").write_bytes(with_pictures(STORED))
    assert [email.raw for email in read_emails(tmp_path)] == [STORED]
