"""What an account may do, by Service Quotas."""

from understudy.account.service import AccountOptions, create_service

__all__ = ["AccountOptions", "create_service"]
