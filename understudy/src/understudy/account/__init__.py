"""What an account may do, by Service Quotas."""

from understudy.account.options import AccountOptions
from understudy.account.service import create_service

__all__ = ["AccountOptions", "create_service"]
