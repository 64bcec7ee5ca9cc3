"""Serves ministack's application on loopback: `python -m encore.stack.emulator`.

Its own command listens on every interface.
"""

import gc
import os

import uvicorn

GARBAGE_AFTER = 10_000
"""New objects until Python looks for cycles of garbage: at the default, 700, a tenth of the CPU time."""


def main() -> None:
    """Serve on ministack's own setting `GATEWAY_PORT`, until SIGTERM or SIGINT."""
    gc.set_threshold(GARBAGE_AFTER)
    uvicorn.run(
        "ministack.app:app", host="127.0.0.1", port=int(os.environ["GATEWAY_PORT"]), log_level="warning"
    )


if __name__ == "__main__":
    main()
