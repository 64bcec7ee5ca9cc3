"""The console's own style and scripts, by addresses that change with their content: browsers keep them."""

from functools import cache
from hashlib import sha256
from importlib.resources import files
from pathlib import Path

from starlette.middleware.gzip import GZipMiddleware
from starlette.responses import Response
from starlette.routing import Mount
from starlette.staticfiles import StaticFiles
from starlette.types import Scope

FOLDER = Path(str(files("fondly.console") / "static"))
KEPT = "public, max-age=31536000, immutable"


@cache
def address(name: str) -> str:
    """Return where a file is, with a digest of its content."""
    return f"/static/{name}?{sha256((FOLDER / name).read_bytes()).hexdigest()[:16]}"


class _Files(StaticFiles):
    async def get_response(self, path: str, scope: Scope) -> Response:
        answer = await super().get_response(path, scope)
        if address(path).encode().endswith(b"?" + scope["query_string"]):
            answer.headers["Cache-Control"] = KEPT
        return answer


ROUTE = Mount("/static", GZipMiddleware(_Files(directory=FOLDER)))
