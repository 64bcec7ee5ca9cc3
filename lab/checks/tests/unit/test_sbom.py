import json
from typing import Any

from fondly.checks.sbom import document, packages

RECORDS = {
    "usr/lib/os-release": "ID=debian\nVERSION_CODENAME=trixie\n",
    "venv/pyvenv.cfg": "home = /usr/local/bin\nversion = 3.13.5\n",
    "var/lib/dpkg/status": (
        "Package: zlib1g\nStatus: install ok installed\nArchitecture: amd64\nVersion: 1:1.3+deb13u1\n\n"
        "Package: tzdata\nStatus: install ok installed\nArchitecture: all\nVersion: 2026a-0\n"
    ),
    "var/lib/dpkg/status.d/libgomp1": "Package: libgomp1\nVersion: 14.2.0-19\nArchitecture: amd64\n",
    "venv/lib/python3.13/site-packages/aiohttp-3.14.5.dist-info/METADATA": (
        "Metadata-Version: 2.4\nName: aiohttp\nVersion: 3.14.5\nLicense-Expression: Apache-2.0 AND MIT\n\nX"
    ),
    "venv/lib/python3.13/site-packages/jinja2-3.1.6.dist-info/METADATA": (
        "Name: Jinja2\nVersion: 3.1.6\nClassifier: License :: OSI Approved :: BSD License\n\n"
    ),
    "venv/lib/python3.13/site-packages/dumb_init-1.2.5.dist-info/METADATA": (
        "Name: dumb_init\nVersion: 1.2.5.post1+local\nLicense: UNKNOWN\n\n"
    ),
}


def listed() -> dict[str, Any]:
    """The document of an image with these records."""
    made = document("fondly/ingest:1.0.0", "sha256:" + "0" * 64, "1970-01-01T00:00:00Z", packages(RECORDS))
    return dict(json.loads(json.dumps(made)))


def test_a_document_lists_what_debian_and_python_have_installed() -> None:
    """Each with its version, its address, and its licence where somebody has stated one."""
    image, *contents = listed()["packages"]
    assert (image["name"], image["versionInfo"]) == ("fondly/ingest", "1.0.0")
    assert {each["externalRefs"][0]["referenceLocator"]: each["licenseDeclared"] for each in contents} == {
        "pkg:deb/debian/libgomp1@14.2.0-19?arch=amd64&distro=trixie": "NOASSERTION",
        "pkg:deb/debian/tzdata@2026a-0?arch=all&distro=trixie": "NOASSERTION",
        "pkg:deb/debian/zlib1g@1%3A1.3%2Bdeb13u1?arch=amd64&distro=trixie": "NOASSERTION",
        "pkg:generic/python@3.13.5": "PSF-2.0",
        "pkg:pypi/aiohttp@3.14.5": "Apache-2.0 AND MIT",
        "pkg:pypi/dumb-init@1.2.5.post1%2Blocal": "NOASSERTION",
        "pkg:pypi/jinja2@3.1.6": "LicenseRef-BSD-License",
    }


def test_everything_that_is_named_is_explained() -> None:
    """The image contains each package, and licences in other words than SPDX's are quoted."""
    made = listed()
    contained = {each["relatedSpdxElement"] for each in made["relationships"]}
    assert contained == {each["SPDXID"] for each in made["packages"]}
    assert len(contained) == 1 + 7
    assert made["hasExtractedLicensingInfos"] == [
        {"licenseId": "LicenseRef-BSD-License", "extractedText": "BSD License"}
    ]


def test_the_same_image_has_the_same_document() -> None:
    """Its number comes from the image's."""
    assert listed() == listed()
