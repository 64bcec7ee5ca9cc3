from pathlib import Path

from PIL import Image

from fondly.checks import screenshots
from fondly.evaluation.sample.row import picture_url
from lab.checks.tests.emails import HTML, an_email
from lab.checks.tests.tools import skipped_without_tools
from tools.stack.tests.gallery_pages import email, write_gallery

PICTURED = HTML.replace("http://pictures.example/1.png", picture_url("kettle", "Sage"))
IMAGE = f'<img src="{picture_url("lamp", "Copper")}" alt="A lamp">'


def a_run(folder: Path, *, reasons: dict[str, str]) -> Path:
    """A run with an email and a reason for each name, all with five pictures."""
    (folder / "emails").mkdir(parents=True)
    for name, reason in reasons.items():
        shown = f'<p class="reason">{reason}</p>{IMAGE * 4}<p>'
        raw = an_email(html=PICTURED.replace("<p>", shown, 1)).raw
        (folder / "emails" / f"{name}.eml").write_bytes(raw)
    html = "<html><head></head><body><h1>Hello</h1></body></html>"
    write_gallery(folder, {"run_id": "run-1"}, [email(html=html)])
    return folder


def size_of(path: Path) -> tuple[int, int]:
    """A picture's width and height."""
    with Image.open(path) as opened:
        return opened.size


def test_pictures_have_the_same_size_every_time(tmp_path: Path) -> None:
    """An email on a desk and on a phone at two pixels a unit, and the gallery."""
    run, out = a_run(tmp_path / "run", reasons={"C1": "Popular"}), tmp_path / "images"
    with skipped_without_tools():
        screenshots.take(run, out)
    assert {path.name: size_of(path) for path in sorted(out.iterdir())} == {
        "email-phone.png": (750, 1624),
        "email.png": (1400, 2000),
        "gallery.png": (1440, 900),
    }


def test_the_email_that_says_most_of_the_customer_is_shown(tmp_path: Path) -> None:
    """Rather than the first, whose reasons might be those of anybody."""
    run = a_run(tmp_path, reasons={"C1": "Popular", "C2": "Goes with your kettle", "C3": "New"})
    assert screenshots.shown(run).name == "C2.eml"
