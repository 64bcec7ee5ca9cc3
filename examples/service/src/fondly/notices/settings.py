"""The settings of the service."""

from typing import Annotated

from pydantic import Field

from fondly.runtime.settings import ServiceSettings


class NoticesSettings(ServiceSettings):
    """Read from `FONDLY_*`; resource names come from the provisioner or Terraform."""

    notices_queue_url: str
    notices_text: Annotated[str, Field(min_length=1, max_length=160)] = "We have picked something for you."
    """What every notice says."""
