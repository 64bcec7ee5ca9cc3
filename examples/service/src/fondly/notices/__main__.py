"""Starts the service: `python -m fondly.notices`."""

from fondly.notices.handler import NoticesHandler
from fondly.notices.settings import NoticesSettings
from fondly.runtime.queue.consumer import Handler
from fondly.runtime.service import Runtime, run_service


async def make_handler(runtime: Runtime[NoticesSettings]) -> Handler:
    """Wire the handler to AWS."""
    return NoticesHandler(runtime.objects, runtime.settings.notices_text)


if __name__ == "__main__":
    run_service("notices", NoticesSettings, make_handler)
