"""What an account may do: Service Quotas, and SES's view of the account."""

from understudy.account.options import AccountOptions
from understudy.account.service import create_services

__all__ = ["AccountOptions", "create_services"]
