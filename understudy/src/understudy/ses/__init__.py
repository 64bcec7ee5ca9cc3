"""Amazon SES, API v2: sends emails nowhere, and says what a real account would have said."""

from understudy.ses.service import SesOptions, create_service

__all__ = ["SesOptions", "create_service"]
