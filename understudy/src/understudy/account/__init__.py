"""What an account may do, by Service Quotas."""

from understudy.account.options import AccountOptions
from understudy.account.service import create_services

__all__ = ["AccountOptions", "create_services"]
