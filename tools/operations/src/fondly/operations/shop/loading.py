"""The one function by which commands read a shop's file."""

import asyncio
import json
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from pydantic import ValidationError

from fondly.contracts import object_keys
from fondly.contracts.errors import InvalidFileError
from fondly.mailer.adapters.shop_files import LocalShopFiles
from fondly.mailer.domain.language import DEFAULT_LOCALE, language
from fondly.mailer.domain.message.theme import Brand
from fondly.mailer.domain.message.toml_file import line_of, problems_of, text_of
from fondly.mailer.use_cases.load_look import load_look
from fondly.operations.shop.file import EXPECTED, ShopFile, read_shop_file
from fondly.operations.shop.rendering import INGEST_HOSTS, SETTINGS, ingest_hosts, rendered
from fondly.operations.shop.values import ANY_LOCALE

CONFIG = "FONDLY_CONFIG"
UNSUBSCRIBE_URL, UNSUBSCRIBE_KEY = "FONDLY_MAILER_UNSUBSCRIBE_URL", "FONDLY_MAILER_UNSUBSCRIBE_KEY"


class Origin(StrEnum):
    """Where a value comes from."""

    FILE = "file"
    ENVIRONMENT = "environment"
    DEFAULT = "default"


@dataclass(frozen=True)
class Shop:
    """What applies to a shop: of each key the environment's value, else the file's, else the default."""

    file: Path | None
    """The file that was read; None if there is none."""
    given: ShopFile
    """What the file says; without a file, only defaults."""
    applied: ShopFile
    """The same, under the variables that are set in the environment."""
    overrides: Mapping[str, str]
    """The variable that sets a key, by key such as `shop.currency`."""
    ingest_hosts: tuple[str, ...] = ()
    """Where links and pictures of files may lead, by ingest's variable or the file; nothing for anywhere."""

    @property
    def variables(self) -> dict[str, str]:
        """The services' variables that the file stands for, whatever the environment says."""
        return rendered(self.given) if self.file else {}

    def origin(self, key: str) -> Origin:
        """Return where a key's value comes from."""
        if key in self.overrides:
            return Origin.ENVIRONMENT
        section, _, name = key.partition(".")
        said = self.given.model_dump(exclude_unset=True).get(section, {})
        return Origin.FILE if (name in said if name else said) else Origin.DEFAULT


def load_shop(path: Path | None = None, *, environment: Mapping[str, str] | None = None) -> Shop:
    """Read a shop's file: `path`, else the one of `FONDLY_CONFIG`, else `fondly.toml` in this folder.

    Without any of these everything has its default. `environment` is by default this process's.
    Raises `InvalidFileError`, in one line that names file, line and key, or the variable, of every problem.
    """
    environment = os.environ if environment is None else environment
    file = path or _default_file(environment)
    return shop_of(_text(file) if file else "", file=file, environment=environment)


def shop_of(text: str, *, file: Path | None, environment: Mapping[str, str]) -> Shop:
    """Return what a file with this text says, under these variables; raise as `load_shop` does."""
    given = read_shop_file(text, file=str(file))
    firsts = {setting.key: setting.variables[0] for setting in SETTINGS}
    overrides = {key: name for key, name in firsts.items() if environment.get(name)}
    applied = _applied(given, overrides, environment)
    listed = environment.get(INGEST_HOSTS)
    hosts = tuple(each.strip() for each in listed.split(",")) if listed else ingest_hosts(applied)
    shop = Shop(file, given, applied, overrides, hosts)
    if shop.applied.columns:
        _require_mapping(shop, text)
    return shop


def require_theme(file: Path) -> None:
    """Put the file's theme together; raise `InvalidFileError` if the mailer could not."""
    asyncio.run(load_look(LocalShopFiles(file))).theme(Brand("", ""), language(DEFAULT_LOCALE).messages)


def _default_file(environment: Mapping[str, str]) -> Path | None:
    if named := environment.get(CONFIG):
        return Path(named)
    found = Path(object_keys.SHOP_CONFIG)
    return found if found.is_file() else None


def _text(file: Path) -> str:
    try:
        return text_of(file.read_bytes(), file=str(file))
    except OSError as error:
        raise InvalidFileError(
            f"{file}: {error.strerror}: expected a file as `fondly init` writes it"
        ) from error


def _applied(given: ShopFile, overrides: Mapping[str, str], environment: Mapping[str, str]) -> ShopFile:
    tables = given.model_dump(exclude_unset=True)
    for setting in SETTINGS:
        if setting.key in overrides:
            text = environment[overrides[setting.key]]
            try:
                value = setting.read(text)
            except ValueError:
                value = text  # which the model refuses, and says what it expects
            _put(tables, setting.path, value)
    try:
        return ShopFile.model_validate(tables, context=ANY_LOCALE)
    except ValidationError as error:
        found = problems_of(error, ShopFile, EXPECTED)
        named = (f"{_variable(keys, overrides)}: {each}" for keys, each in found)
        raise InvalidFileError("; ".join(named)) from error


def _put(tables: dict[str, object], path: tuple[str, ...], value: object) -> None:
    *sections, name = path
    for section in sections:
        tables = tables.setdefault(section, {})  # type: ignore[assignment] # tables hold tables
    tables[name] = value


def _variable(keys: Sequence[str], overrides: Mapping[str, str]) -> str:
    return overrides.get(".".join(keys[:2])) or overrides.get(keys[0]) or ".".join(keys)


def _require_mapping(shop: Shop, text: str) -> None:
    """Raise `InvalidFileError` for columns that ingest would refuse to start with."""
    from fondly.ingest.domain.errors import FileError  # noqa: PLC0415 - most shops set no columns
    from fondly.ingest.domain.formats.mapping import read_mapping  # noqa: PLC0415

    try:
        read_mapping(json.dumps(shop.applied.columns), file="columns")
    except FileError as error:
        line = line_of(["columns"], text)
        place = shop.overrides.get("columns") or (f"{shop.file}:{line}" if line else str(shop.file))
        problems = str(error).replace("line 1: ", "")  # of the JSON
        raise InvalidFileError(f"{place}: {problems}") from error
