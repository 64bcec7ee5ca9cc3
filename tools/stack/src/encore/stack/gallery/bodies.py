"""The emails' contents in script files: a page opened from disk may load scripts, but not `fetch`."""

import json
import zlib
from base64 import b64encode
from collections.abc import Sequence
from pathlib import Path

from encore.stack.gallery.model import GalleryEmail

EMAILS_PER_FILE = 50


def write_bodies(folder: Path, number: int, emails: Sequence[GalleryEmail]) -> None:
    """Write the contents of up to `EMAILS_PER_FILE` emails as file `number` of `folder`.

    Deflated JSON in Base64: emails of one design shrink to a few per cent, and no content can
    break out of the script. All HTML parts come first, then texts, then sources, because deflate finds
    repetitions only within 32 KB.
    """
    contents = {
        "html": [email.html for email in emails],
        "text": [email.text for email in emails],
        "source": [email.source for email in emails],
    }
    packed = b64encode(zlib.compress(json.dumps(contents).encode("ascii")))
    script = f'receiveBodies({number}, "{packed.decode("ascii")}");\n'
    folder.joinpath(f"bodies-{number}.js").write_text(script, encoding="ascii")
