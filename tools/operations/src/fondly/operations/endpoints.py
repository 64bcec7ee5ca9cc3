"""Tells AWS from an emulator."""

from urllib.parse import urlsplit

AWS_DOMAINS = (".amazonaws.com", ".amazonaws.com.cn", ".api.aws")


def is_aws(endpoint_url: str) -> bool:
    """Whether an endpoint is one of AWS, rather than an emulator's."""
    return (urlsplit(endpoint_url).hostname or "").endswith(AWS_DOMAINS)
