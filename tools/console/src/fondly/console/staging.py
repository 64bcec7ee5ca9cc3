"""Files that somebody has given to the console, and that are in no bucket yet: one upload for each person."""

import asyncio
import re
import shutil
import time
import unicodedata
import weakref
from collections.abc import AsyncGenerator, Sequence
from contextlib import aclosing
from dataclasses import dataclass, field
from http import HTTPStatus
from pathlib import Path
from secrets import token_hex
from tempfile import mkdtemp
from typing import BinaryIO

from starlette.datastructures import UploadFile
from starlette.requests import Request

from fondly.ingest.domain.file_names import MAPPING
from fondly.operations.check.apart import Checked, check_apart
from fondly.operations.check.upload_set import OWN
from fondly.operations.environment import Environment
from fondly.operations.errors import OperationError
from fondly.operations.shop.stored import copy_files
from fondly.operations.uploading import Begun, Upload, begin, uploads_of
from fondly.runtime.web.problems import ProblemError

KEPT_S = 3_600.0
"""How long files are kept that nobody does anything with."""
MOST_FILES = 50
MAX_NAME_CHARS = 60
SET_BY_PAGES = OWN - {MAPPING, "manifest.json"}
_UNSAFE = re.compile(r"[^\w .()+=-]")


def safe_name(name: str) -> str:
    """Return the last part of a name as a file may have it: letters, figures and a few marks."""
    base = unicodedata.normalize("NFC", re.split(r"[/\\]", name)[-1])
    clean = _UNSAFE.sub("-", base).strip(" .")
    stem, dot, ending = clean.rpartition(".")
    return f"{stem[:MAX_NAME_CHARS]}{dot}{ending[:10]}" if stem else clean[:MAX_NAME_CHARS] or "upload"


@dataclass(eq=False)
class Staged:
    """One upload: its files in a folder, what the check says of them, and the run that they have become."""

    by: str
    key: str = field(default_factory=lambda: token_hex(8))
    """Tells a page whether it is still about the same files in the same reading."""
    folder: Path = field(default_factory=lambda: Path(mkdtemp(prefix="fondly-upload-")))
    checked: Checked | None = None
    problem: str = ""
    begun: Begun | None = None
    touched: float = field(default_factory=time.monotonic)
    lock: asyncio.Lock = field(default_factory=asyncio.Lock)

    def __post_init__(self) -> None:
        self.set_folder.mkdir()
        self.delete = weakref.finalize(self, shutil.rmtree, self.folder, ignore_errors=True)

    @property
    def set_folder(self) -> Path:
        """Where the files are; ingest knows a set by the folder's name."""
        return self.folder / f"console-{self.key}"

    @property
    def files(self) -> list[Path]:
        """The files, by name."""
        return sorted(self.set_folder.iterdir())

    @property
    def data(self) -> Path:
        """What is checked and uploaded: the only file with data, or the folder."""
        data = [each for each in self.files if each.name not in OWN]
        return data[0] if len(data) == 1 else self.set_folder

    async def receive(self, request: Request) -> None:
        """Keep the files of a form."""
        async with request.form(max_files=MOST_FILES, max_fields=1) as sent:
            files = [each for _, each in sent.multi_items() if isinstance(each, UploadFile)]
            named = [(each.filename, each.file) for each in files if each.filename]
            await asyncio.to_thread(self.add, named)

    def add(self, files: Sequence[tuple[str, BinaryIO]]) -> None:
        """Keep files by their names; raise `ProblemError` for none, a name again, or one of another page."""
        names = [safe_name(name) for name, _ in files]
        problem = "" if names else "found no file, expected at least one"
        for name in names:
            if name in SET_BY_PAGES:
                problem = f"found {name}, which is no file of a set: it is edited under Shop"
            elif names.count(name) > 1:
                problem = f"found two files named {name}"
        if problem:
            raise ProblemError(HTTPStatus.UNPROCESSABLE_ENTITY, problem)
        for name, (_, file) in zip(names, files, strict=True):
            with (self.set_folder / name).open("wb") as stored:
                shutil.copyfileobj(file, stored)

    def map(self, text: str) -> None:
        """Have the files read by another mapping, none if it is empty."""
        path = self.set_folder / MAPPING
        if text.strip():
            path.write_text(text, encoding="utf-8")
        else:
            path.unlink(missing_ok=True)
        self.checked, self.problem = None, ""

    async def check(self, environment: Environment) -> AsyncGenerator[float]:
        """Check the files unless that is done, and yield how far it is; leaving early ends the check."""
        async with self.lock:
            if self.checked or self.problem:
                return
            shop = self.folder / "shop"
            await copy_files(environment, shop)
            try:
                async with aclosing(check_apart(self.data, shop)) as checking:
                    async for each in checking:
                        if isinstance(each, Checked):
                            self.checked = each
                        else:
                            yield each
            except OperationError as error:
                self.problem = str(error)

    async def start(self, environment: Environment, *, by: str) -> Begun:
        """Upload the files, once; raise `OperationError` if they are no set."""
        async with self.lock:
            if self.begun is None:
                files = Upload(await asyncio.to_thread(uploads_of, self.data))
                self.begun = await begin(environment, files, by=by)
            return self.begun


@dataclass
class Staging:
    """What everybody has given to this process, by person; what is old is deleted."""

    of: dict[str, Staged] = field(default_factory=dict)

    def begin(self, person: str) -> Staged:
        """Return a new upload in the place of the person's last one."""
        self.end(person)
        self.of[person] = staged = Staged(person)
        return staged

    def find(self, person: str) -> Staged | None:
        """Return a person's upload."""
        old = time.monotonic() - KEPT_S
        for each in [name for name, staged in self.of.items() if staged.touched < old]:
            self.end(each)
        if staged := self.of.get(person):
            staged.touched = time.monotonic()
        return staged

    def end(self, person: str) -> None:
        """Delete a person's files."""
        if staged := self.of.pop(person, None):
            staged.delete()


async def check_upload(environment: Environment, files: Staged) -> Checked:
    """Check files, with a mapping.yaml among them if they need one: nothing is stored or started."""
    async with aclosing(files.check(environment)) as checking:
        async for _ in checking:
            pass
    if files.checked is None:
        raise OperationError(files.problem)
    return files.checked


async def start_upload(environment: Environment, files: Staged, *, by: str) -> Begun:
    """Check files and upload them, which starts their run; the same files again are the same run."""
    if not (await check_upload(environment, files)).view.usable:
        raise OperationError("these files cannot be used yet: checking them says why")
    return await files.start(environment, by=by)
