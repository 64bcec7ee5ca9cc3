"""Uploads: files are checked, mapped and started from the page, and nothing of them is believed."""

import asyncio
import re
import signal
from http import HTTPStatus
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest

from fondly.console.framing import FRAME_POLICY
from fondly.console.roles import Role
from fondly.console.staging import Staged, safe_name
from fondly.operations import audit
from tools.console.tests.conftest import Asking

HEADER = (
    "product_id,product_name,category,discounted_price,product_link,img_link,user_id,user_name,email,"
    "review_id,review_title,review_content,May write"
)
ROW = (
    "P{0},{1},Home|Kettles,19.99,https://shop.example/p/{0},https://shop.example/{0}.jpg,C{0},{1},"
    "c{0}@shop.example,R{0},{1},{1},{2}"
)
SHOP = "\n".join([HEADER, ROW.format(1, "Kettle", "yes"), ROW.format(2, "Tea Pot", "no"), ""])
HOSTILE = [
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "</textarea><script>alert(1)</script>",
    "</select><svg onload=alert(1)>",
    "{{ 7 * 7 }}",
    "{% for x in y %}",
    "\n\nevent: done\ndata: <script>alert(1)</script>",
    "data: <b>bold</b>",
    "javascript:alert(1)",
    "\"' onmouseover=alert(1) x='",
    "&lt;script&gt;alert(1)&lt;/script&gt;",
    "\u202etxt.exe",
    "=cmd|'/C calc'!A1",
    "&#x3C;script&#x3E;",
    "<iframe srcdoc='<script>alert(1)</script>'>",
    "<a hx-get='/uploads/discard' hx-trigger='load'>x</a>",
    "<style>@import url(https://evil.example)</style>",
    "<!--#include file='/etc/passwd'-->",
    "\u2028<script>alert(1)</script>",
]
"""Texts that would do something if a page took them for its own."""
NAMES = [
    *HOSTILE,
    "../../etc/passwd.csv",
    "..\\..\\windows\\win.csv",
    "/absolute/shop.csv",
    "....csv",
    ".",
    "..",
    "...",
    " ",
    "~/.ssh/id_rsa",
    "a\x00b.csv",
    "a\r\nb.csv",
    "CON.csv",
    "x" * 400 + ".csv",
    "\U0001f600.csv",
    "Kunden ä ö.csv",
    "-rf.csv",
    "$(reboot).csv",
    "`reboot`.csv",
    "%2e%2e%2fshop.csv",
    "shop.csv;rm -rf.csv",
    "ann@shop.example.csv",
]
TAG = re.compile(r"<(script|img|svg|iframe srcdoc|style|b|a hx)\b", re.IGNORECASE)


@pytest.mark.parametrize("name", NAMES)
def test_a_name_is_made_one_of_a_file_in_the_folder(name: str, tmp_path: Path) -> None:
    """No name leads elsewhere, is too long for a file system, or has a mark that means something."""
    safe = safe_name(name)
    assert (tmp_path / safe).resolve().parent == tmp_path.resolve()
    (tmp_path / safe).write_bytes(b"")
    assert not set(safe) & set("<>\"'&/\\|;$`%@\x00\r\n\u202e\u2028{}")


async def test_files_are_checked_mapped_and_started(console: Asking) -> None:
    """What is asked is answered in the page, by a choice; the run's source is the bucket's copy."""
    assert (await console.upload({"shop.csv": SHOP.encode()})).status == HTTPStatus.SEE_OTHER
    assert "shop.csv" in (await console.get("/uploads")).text
    told = (await console.get("/uploads/check")).text
    assert "May write" in told
    assert told.endswith("event: done\ndata: done\n\n")
    staged = _staged(console)
    assert staged.checked
    columns = [each.name for each in staged.checked.mapped.files[0].columns]
    field = f"column.0.{columns.index('May write')}"
    stale = await console.post("/uploads/mapping", {"key": "another", field: "ignore"})
    assert stale.status == HTTPStatus.PRECONDITION_FAILED
    mapped = await console.post("/uploads/mapping", {"key": staged.key, field: "marketing_consent"})
    assert mapped.status == HTTPStatus.SEE_OTHER, mapped.text
    assert "marketing_consent" in (staged.set_folder / "mapping.yaml").read_text()
    assert "Start the run" in (await console.get("/uploads/check")).text
    frame = await console.get("/uploads/examples/0")
    assert frame.headers["content-security-policy"] == FRAME_POLICY
    await console.post("/uploads/start", {"key": staged.key})
    assert staged.begun
    assert f"/runs/{staged.begun.run_id}" in (await console.get("/uploads")).text
    objects = await console.environment.objects()
    keys = [key async for key in objects.keys("uploads/")]
    assert keys == [
        f"uploads/console-{staged.key}/{name}" for name in ("manifest.json", "mapping.yaml", "shop.csv")
    ]
    noted = (await audit.entries(console.environment)).entries[0]
    assert (noted.by, noted.act, noted.about) == ("Ann", "upload", staged.begun.run_id)


async def test_hostile_cells_and_columns_are_inert(console: Asking) -> None:
    """Whatever stands in a file is text in the stream that fills the page, and in the frames of emails."""
    quoted = ['"{}"'.format(text.replace('"', '""')) for text in HOSTILE]
    rows = [ROW.format(at, text, "yes") + f",{text}" * len(quoted) for at, text in enumerate(quoted)]
    body = "\n".join([f"{HEADER},{','.join(quoted)}", *rows]).encode()
    names = {safe_name(name): name for name in HOSTILE}.values()
    for files in (dict.fromkeys(names, b""), {f"{HOSTILE[0]}.csv": body}):
        assert (await console.upload(files)).status == HTTPStatus.SEE_OTHER
        assert not TAG.search((await console.get("/uploads")).main)
    await console.post(
        "/uploads/mapping",
        {"key": _staged(console).key, "mapping": "columns: {May write: marketing_consent}"},
    )
    told = (await console.get("/uploads/check")).text
    assert not TAG.search(told)
    assert {line[:6] for line in told.splitlines() if line} == {"data: ", "event:"}
    assert [line for line in told.splitlines() if line.startswith("event:")] == ["event: done"]
    checked = _staged(console).checked
    assert checked
    assert len(checked.mapped.files[0].columns) > len(HOSTILE)
    for at in range(len(checked.examples)):
        assert "<script" not in (await console.get(f"/uploads/examples/{at}")).text


def _staged(console: Asking) -> Staged:
    staged = console.console.staging.find("Ann")
    assert staged
    return staged


async def test_an_upload_is_its_persons_and_takes_the_role(console: Asking) -> None:
    """Nobody sees, maps, starts or forgets the files of somebody else."""
    await console.upload({"shop.csv": SHOP.encode()})
    console.as_(Role.OPERATOR, name="Ben")
    assert "shop.csv" not in (await console.get("/uploads")).text
    for path in ("/uploads/check", "/uploads/examples/0"):
        assert (await console.get(path)).status == HTTPStatus.NOT_FOUND
    console.as_(Role.APPROVER)
    for path in ("/uploads", "/uploads/mapping", "/uploads/start", "/uploads/discard"):
        assert (await console.post(path, {"key": "x"})).status == HTTPStatus.FORBIDDEN


@pytest.mark.parametrize(
    ("files", "problem"),
    [
        ({}, "expected at least one"),
        ({"fondly.toml": b""}, "edited under Shop"),
        ({"a/shop.csv": b"1", "b/shop.csv": b"2"}, "two files named shop.csv"),
    ],
)
async def test_files_that_make_no_upload_are_refused(
    console: Asking, files: dict[str, bytes], problem: str
) -> None:
    """With what was found and what is expected; nothing of them is kept."""
    asked = await console.upload(files)
    assert (asked.status, problem in asked.text) == (HTTPStatus.UNPROCESSABLE_ENTITY, True)
    assert console.console.staging.find("Ann") is None


async def test_only_uploads_may_be_large(console: Asking) -> None:
    """And those not larger than the setting; what came of them is deleted."""
    object.__setattr__(console.console, "max_upload_bytes", 2_000_000)
    large = SHOP.encode() + b" " * 1_500_000
    assert (await console.upload({"shop.csv": large})).status == HTTPStatus.SEE_OTHER
    asked = await console.upload({"shop.csv": large * 2})
    assert asked.status == HTTPStatus.REQUEST_ENTITY_TOO_LARGE
    asked = await console.post("/uploads/mapping", {"mapping": "x" * 1_100_000})
    assert asked.status == HTTPStatus.REQUEST_ENTITY_TOO_LARGE


async def test_a_check_that_nobody_waits_for_ends(console: Asking, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its process is gone, and another may begin."""
    started: list[asyncio.subprocess.Process] = []
    start = asyncio.create_subprocess_exec

    async def starting(*command: str, **options: Any) -> asyncio.subprocess.Process:  # noqa: ANN401 - as it takes them
        started.append(await start(*command, **options))
        return started[-1]

    monkeypatch.setattr(asyncio, "create_subprocess_exec", starting)
    staged = Staged("Ann")
    staged.add([("shop.csv", BytesIO(SHOP.encode()))])
    checking = staged.check(console.environment)
    await anext(checking)
    await checking.aclose()
    assert (started[0].returncode, staged.checked, staged.lock.locked()) == (-signal.SIGKILL, None, False)
