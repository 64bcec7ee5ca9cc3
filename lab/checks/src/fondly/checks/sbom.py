"""Writes what is in images as SPDX 2.3: `python -m fondly.checks.sbom out/sbom fondly/ingest:local …`.

Nothing of an image is run: what Debian and Python record of packages is read from its files. Sources: SPDX
specification 2.3, "Package information"; the types `deb`, `pypi` and `generic` of the purl specification.
"""

import json
import re
import subprocess
import sys
import tarfile
from collections.abc import Iterator, Mapping
from email import message_from_string
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, NamedTuple
from urllib.parse import quote
from uuid import NAMESPACE_URL, uuid5

from packaging.licenses import InvalidLicenseExpression, canonicalize_license_expression
from packaging.utils import canonicalize_name

SYSTEM, INTERPRETER = "usr/lib/os-release", "venv/pyvenv.cfg"
RECORDS = re.compile(rf"{SYSTEM}|{INTERPRETER}|var/lib/dpkg/status(\.d/.*)?|.*\.dist-info/METADATA")
"""The files that say what is installed."""
IMAGE, UNSTATED = "SPDXRef-image", "NOASSERTION"


class Package(NamedTuple):
    """A package, its address, and its licence: an expression of SPDX's, its own words, or nothing."""

    purl: str
    name: str
    version: str
    licence: str = ""


def packages(records: Mapping[str, str]) -> list[Package]:
    """Return the packages that an image's records, by path, know of, each once, sorted by address."""
    system = _settings(records.get(SYSTEM, "")).get("VERSION_CODENAME", "")
    return sorted({package for path, text in records.items() for package in _packages(path, text, system)})


def document(image: str, digest: str, created: str, contents: list[Package]) -> dict[str, Any]:
    """Return the SPDX document of an image: `digest` is its id, `created` an ISO time in UTC."""
    name, _, version = image.rpartition(":")
    checksum = {"algorithm": "SHA256", "checksumValue": digest.removeprefix("sha256:")}
    root = {"primaryPackagePurpose": "CONTAINER", "checksums": [checksum]}
    contained = [_related(IMAGE, "CONTAINS", _id("SPDXRef", package.purl)) for package in contents]
    words = sorted({text for *_, text in contents if _licence(text).startswith("LicenseRef")})
    return {
        "spdxVersion": "SPDX-2.3",
        "dataLicense": "CC0-1.0",
        "SPDXID": "SPDXRef-DOCUMENT",
        "name": image,
        "documentNamespace": f"urn:uuid:{uuid5(NAMESPACE_URL, f'{image}@{digest}')}",
        "creationInfo": {"created": created, "creators": ["Tool: fondly-checks"]},
        "packages": [_entry(IMAGE, name, version) | root, *map(_listed, contents)],
        "relationships": [_related("SPDXRef-DOCUMENT", "DESCRIBES", IMAGE), *contained],
        "hasExtractedLicensingInfos": [
            {"licenseId": _licence(text), "extractedText": text} for text in words
        ],
    }


def _packages(path: str, text: str, system: str) -> Iterator[Package]:
    if path == INTERPRETER:
        version = _settings(text)["version"]
        yield Package(f"pkg:generic/python@{version}", "python", version, "PSF-2.0")
    elif path.endswith("METADATA"):
        yield _distribution(text)
    elif path != SYSTEM:
        for found in map(message_from_string, text.split("\n\n")):
            if name := found["Package"]:
                place = f"arch={found['Architecture']}&distro={system}"
                version = quote(found["Version"], safe="")
                yield Package(f"pkg:deb/debian/{name}@{version}?{place}", name, found["Version"])


def _distribution(text: str) -> Package:
    told = message_from_string(text)
    name, version = canonicalize_name(told["Name"]), told["Version"]
    licence = (told["License-Expression"] or told["License"] or "").strip().partition("\n")[0]
    if not licence or licence == "UNKNOWN" or licence.startswith("Copyright"):
        classes = [each for each in told.get_all("Classifier", []) if each.startswith("License ::")]
        licence = " or ".join(each.rpartition(" :: ")[2] for each in classes)
    return Package(f"pkg:pypi/{name}@{quote(version, safe='')}", name, version, licence)


def _entry(identity: str, name: str, version: str) -> dict[str, Any]:
    named = {"SPDXID": identity, "name": name, "versionInfo": version}
    return named | {"downloadLocation": UNSTATED, "filesAnalyzed": False}


def _listed(package: Package) -> dict[str, Any]:
    address = {"referenceType": "purl", "referenceLocator": package.purl}
    entry = _entry(_id("SPDXRef", package.purl), package.name, package.version)
    references = [{"referenceCategory": "PACKAGE-MANAGER", **address}]
    return entry | {"licenseDeclared": _licence(package.licence), "externalRefs": references}


def _related(one: str, kind: str, other: str) -> dict[str, str]:
    return {"spdxElementId": one, "relationshipType": kind, "relatedSpdxElement": other}


def _licence(text: str) -> str:
    try:
        return canonicalize_license_expression(text) if text else UNSTATED
    except InvalidLicenseExpression:
        return _id("LicenseRef", text)


def _id(kind: str, text: str) -> str:
    return f"{kind}-" + re.sub(r"[^A-Za-z0-9.]+", "-", text).strip("-")


def _settings(text: str) -> dict[str, str]:
    return dict(re.findall(r"^(\w+) ?= ?(.*)$", text, re.MULTILINE))


def _docker(*arguments: str) -> str:
    command = ["docker", *arguments]
    return subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout.strip()  # noqa: S603 - ours


def _records(image: str) -> dict[str, str]:
    container = _docker("create", image)
    with TemporaryDirectory() as folder:
        _docker("export", "--output", f"{folder}/files", container)
        _docker("rm", container)
        with tarfile.open(f"{folder}/files") as files:
            wanted = ((file, files.extractfile(file)) for file in files if RECORDS.fullmatch(file.name))
            return {file.name: content.read().decode() for file, content in wanted if content}


def main(folder: str, *images: str) -> None:
    """Write a document for each image into the folder, as `NAME.spdx.json`."""
    for image in images:
        digest, created = _docker("image", "inspect", "--format", "{{.Id}} {{.Created}}", image).split()
        contents = packages(_records(image))
        path = Path(folder) / f"{image.rpartition(':')[0].rpartition('/')[2]}.spdx.json"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(document(image, digest, created, contents), indent=1) + "\n")


if __name__ == "__main__":
    main(*sys.argv[1:])
