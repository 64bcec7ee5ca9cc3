"""The dependency rules of docs/architecture.md, checked against what Python actually loads."""

import ast
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterable, Iterator, Sequence
from functools import cache
from pathlib import Path

import pytest

from tests.support.services import SERVICES

ROOT = Path(__file__).parents[2]
SHARED = ("contracts", "aspects", "runtime")
"""Each but the first uses those before it."""
SOURCES = {
    **{name: ROOT / f"shared/{name}/src/fondly/{name}" for name in SHARED},
    **{name: ROOT / f"services/{name}/src/fondly/{name}" for name in SERVICES},
}
SHARED_SOURCES = [SOURCES[name] for name in SHARED]
AWS = {"aiobotocore", "boto3", "botocore"}
GROWN = ("ingest", "sentiment", "recommender", "mailer", "sender")
"""Services that have every room; one that has just begun may have none yet."""
BESIDE = {"recommender": {"web"}, "sender": {"feedback", "web"}}
"""What a service has beside its queue: processes that answer requests, or read another queue."""
IMPORTED_AS = {"dkimpy": "dkim", "fluent.runtime": "fluent", "pyyaml": "yaml"}
"""Import names that do not follow from the distribution's name."""
ONLY_EMBEDDED = {"aiosmtpd", "ministack", "understudy"}
"""What comes with the extra `embedded` of the stack."""
ONLY_SERVICES = {"arro3", "cryptography", "dkim", "joserfc", "numpy", "python_multipart", "uvloop"}
"""What comes with the extra `service` of ours."""
WITH_EXTRAS = {"fondly.operations.recommending", "fondly.cli.tables.picks"}
"""Modules of commands that take one of those to load."""
TOOLS = {
    "fondly.operations",
    "fondly.stack",
    "fondly.console",
    "fondly.cli",
    "fondly.evaluation",
    "fondly.checks",
    "understudy",
}


def module_name(path: Path) -> str:
    """The dotted name of a module under a `src` folder."""
    parts = path.with_suffix("").parts
    return ".".join(parts[parts.index("src") + 1 :]).removesuffix(".__init__")


@cache
def loaded_by(*folders: Path, without: Sequence[str] = ()) -> list[set[str]]:
    """The modules that a fresh interpreter has loaded after importing each of these, `without` some."""
    groups = [sorted(module_name(path) for path in folder.rglob("*.py")) for folder in folders]
    assert all(groups)
    script = (
        f"import importlib, sys\nsys.modules |= dict.fromkeys({without!r})\n"
        f"for names in {groups}:\n"
        "    for name in names: importlib.import_module(name)\n"
        "    print(*sys.modules)"
    )
    command = [sys.executable, "-c", script]
    done = subprocess.run(command, capture_output=True, text=True, check=True)  # noqa: S603 - our own modules
    return [set(line.split()) for line in done.stdout.splitlines()]


def loaded_by_service(name: str) -> list[set[str]]:
    """What a service has loaded after its domain, if it has one, and after all of it."""
    domain = SOURCES[name] / "domain"
    return loaded_by(*([domain] if domain.is_dir() else []), SOURCES[name])


def within(loaded: set[str], packages: Iterable[str]) -> set[str]:
    """The loaded modules that are one of the packages or inside one."""
    return {name for name in loaded if any(f"{name}.".startswith(f"{package}.") for package in packages)}


@pytest.mark.parametrize("name", SERVICES)
def test_a_service_loads_neither_another_service_nor_a_tool(name: str) -> None:
    """Services communicate only by events; they know neither understudy nor the embedded stack."""
    loaded = loaded_by_service(name)[-1]
    others = {f"fondly.{other}" for other in SERVICES if other != name}
    assert within(loaded, others | TOOLS) == set()


def test_the_runtime_loads_no_service_and_no_tool() -> None:
    """The shared code depends on none of its users."""
    *_, loaded = loaded_by(*SHARED_SOURCES)
    assert within(loaded, {f"fondly.{name}" for name in SERVICES} | TOOLS) == set()


def test_understudy_loads_nothing_of_ours() -> None:
    """Strangers install it alone: no module and no test needs any of ours, nor does its distribution."""
    folder = ROOT / "understudy"
    [loaded] = loaded_by(folder / "src", without=("fondly",))
    assert within(loaded, {"fondly"}) == {"fondly"}
    project = tomllib.loads((folder / "pyproject.toml").read_text())["project"]
    assert not [each for each in project["dependencies"] if each.startswith("fondly")]
    texts = {path: path.read_text("utf-8") for path in folder.rglob("*.py") if ".venv" not in path.parts}
    ours = re.compile(r"^(from|import) (fondly|tests)\b", re.MULTILINE)
    assert [str(path) for path, text in texts.items() if ours.search(text)] == []


def test_the_mailer_and_understudy_learn_of_models_from_pages_of_their_own() -> None:
    """One wrong page misled both once: neither names a file of the other's, which it might copy."""
    mailers, theirs = SOURCES["mailer"], ROOT / "understudy"
    names = [path.stem for path in (mailers / "adapters").glob("bedrock_*")]
    assert names
    for folder, foreign in ((mailers, ["understudy"]), (theirs / "src", names), (theirs / "tests", names)):
        files = [path for path in folder.rglob("*") if path.suffix in {".py", ".toml"}]
        texts = [path.read_text("utf-8") for path in files]
        assert not [name for name in foreign for text in texts if re.search(rf"\b{name}\b", text)]


def test_operations_load_nothing_that_draws_and_no_other_tool() -> None:
    """The command line and any other surface stand on them: they neither print nor know who does."""
    drawing = ("rich", "typer")
    [loaded] = loaded_by(ROOT / "tools/operations/src", without=drawing)
    assert within(loaded, {*TOOLS, *drawing} - {"fondly.operations"}) == set(drawing)


def test_the_stack_loads_no_command() -> None:
    """The embedded stack and the gallery stand beside the command line, on the operations."""
    [loaded] = loaded_by(ROOT / "tools/stack/src")
    assert within(loaded, {"fondly.cli"}) == set()


def test_the_gallery_loads_nothing_of_the_console_but_its_templates() -> None:
    """It is a folder on disk, which needs no server, whose pages are made by the same templates."""
    [loaded] = loaded_by(ROOT / "tools/stack/src/fondly/stack/gallery", without=("starlette",))
    assert within(loaded, {"fondly.console"}) == {"fondly.console", "fondly.console.templating"}


def test_contracts_load_nothing_of_ours_and_no_aws_library() -> None:
    """Any subscriber of `email-finished` can depend on the contracts: they need only pydantic."""
    loaded, *_ = loaded_by(*SHARED_SOURCES)
    assert within(loaded, AWS | {"structlog"}) == set()
    assert within(loaded, {"fondly"}) == within(loaded, {"fondly.contracts"}) | {"fondly"}


def test_aspects_load_only_contracts_and_no_aws_library() -> None:
    """Any service or tool can read aspects: they need no model library and no other package of ours."""
    _, loaded, _ = loaded_by(*SHARED_SOURCES)
    assert within(loaded, AWS | {"onnxruntime", "torch", "sklearn", "structlog"}) == set()
    ours = within(loaded, {"fondly.aspects", "fondly.contracts"})
    assert within(loaded, {"fondly"}) == ours | {"fondly"}


@pytest.mark.parametrize(
    "name", [name for name in SERVICES if name in GROWN or (SOURCES[name] / "domain").is_dir()]
)
def test_a_domain_loads_no_aws_library(name: str) -> None:
    """Domain rules are pure: they can be read, tested and reused without AWS."""
    loaded, _ = loaded_by_service(name)
    outer = {f"fondly.{name}.{part}" for part in ("adapters", "use_cases", "handler", "settings")}
    assert within(loaded, AWS | outer) == set()


@pytest.mark.parametrize("name", SERVICES)
def test_every_service_has_the_same_layout(name: str) -> None:
    """Knowing one service is enough to find your way in all of them."""
    entries = {path.name for path in SOURCES[name].iterdir() if path.name != "__pycache__"}
    least = {"__init__.py", "__main__.py", "handler.py", "py.typed", "settings.py"}
    whole = least | {"ports.py", "adapters", "domain", "use_cases"}
    assert entries - BESIDE.get(name, set()) == (whole if "domain" in entries or name in GROWN else least)


def test_the_product_imports_nothing_of_the_lab() -> None:
    """It is an optional extra, which `fondly evaluate` alone asks for, by its name, when it runs."""
    measuring = re.compile(r"^ *(from|import) fondly\.(evaluation|checks)\b", re.MULTILINE)
    sources = [path for path in ROOT.glob("*/*/src/**/*.py") if path.relative_to(ROOT).parts[0] != "lab"]
    assert len(sources) > len(SOURCES)
    assert [str(path) for path in sources if measuring.search(path.read_text())] == []


def test_only_entry_points_read_the_environment() -> None:
    """Settings are read in `__main__`, through `fondly.runtime.service`."""
    readers = [
        str(path.relative_to(ROOT))
        for folder in SOURCES.values()
        for path in folder.rglob("*.py")
        if path.name != "__main__.py" and "os.environ" in path.read_text()
    ]
    assert readers == []


@pytest.mark.parametrize("name", SOURCES)
def test_a_package_imports_only_what_it_declares(name: str) -> None:
    """Every third-party import is in the dependencies of the package or of our packages that it uses."""
    known = declared(name) | set(sys.stdlib_module_names) | {"fondly"}
    used = {found for path in SOURCES[name].rglob("*.py") for found in imports(path)}
    # Only type checkers load type stubs, and botocore comes with both AWS libraries.
    assert {found for found in used - known if not found.startswith("types_")} - {"botocore"} == set()


def test_commands_load_without_what_only_services_and_a_local_stack_have() -> None:
    """fondly-cli is installed without both, on laptops of operators and in the image of the command."""
    commands = [path for part in ("operations", "cli") for path in (ROOT / f"tools/{part}/src").rglob("*.py")]
    modules = {module_name(path) for path in commands} - WITH_EXTRAS
    modules |= {
        "fondly.stack.provision",
        "fondly.stack.demo",
        "fondly.stack.embedded",
        "fondly.stack.gallery",
    }
    script = (
        f"import importlib, sys\nsys.modules |= dict.fromkeys({sorted(ONLY_EMBEDDED | ONLY_SERVICES)})\n"
        f"for name in {sorted(modules)}: importlib.import_module(name)\n"
    )
    subprocess.run([sys.executable, "-c", script], check=True)  # noqa: S603 - our own modules


def declared(name: str) -> set[str]:
    """A package's dependencies by import name, with its extras and the dependencies of our packages."""
    project = tomllib.loads((SOURCES[name].parents[2] / "pyproject.toml").read_text())["project"]
    extras = [each for extra in project.get("optional-dependencies", {}).values() for each in extra]
    names = {re.split(r"[\[<>=]", each)[0] for each in (*project["dependencies"], *extras)}
    ours = {each.removeprefix("fondly-") for each in names if each.startswith("fondly-")}
    names |= {IMPORTED_AS[each] for each in names if each in IMPORTED_AS}
    aliases = {each.replace("-", "_") for each in names} | {each.split("-")[0] for each in names}
    return aliases.union(*(declared(each) for each in ours))


def imports(path: Path) -> Iterator[str]:
    """The top-level packages that a module imports."""
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            yield from (alias.name.split(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module.split(".")[0]


@pytest.mark.parametrize(
    ("packages", "file", "given"),
    [
        ("s*/*/pyproject.toml", "Dockerfile", r"^ARG EXTRAS=(\S+)$"),
        ("tools/*/pyproject.toml", "docker-compose.yml", r"^  EXTRAS: (\S+)$"),
    ],
)
def test_images_have_every_extra_of_the_runtime_that_a_package_wants(
    packages: str, file: str, given: str
) -> None:
    """Those of services by default, those of commands as compose says; packages ask in vain by themselves."""
    asked = "\n".join(path.read_text() for path in sorted(ROOT.glob(packages)))
    wanted = {each for found in re.findall(r"fondly-runtime\[([\w,]+)\]", asked) for each in found.split(",")}
    [extras] = re.findall(given, (ROOT / file).read_text(), re.MULTILINE)
    assert wanted
    assert wanted <= set(extras.split(","))
