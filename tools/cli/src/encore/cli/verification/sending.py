"""Checks of the sender's domain."""

from functools import partial

from encore.cli.verification.account import Account
from encore.cli.verification.check import Check, Finding, judged, skipped

REMEDY = "create the DNS records (terraform output dns_records) and wait until SES has verified them"


def sending_checks(account: Account) -> list[Check]:
    """One check, of the SES identity, if there is one."""
    return [Check("SES identity", REMEDY, partial(_identity, account))]


def _identity(account: Account) -> Finding:
    if not account.on_aws:
        return skipped("emulator: emails are stored, not sent")
    domain = account.mailer_setting("from-address").rsplit("@", 1)[-1]
    try:
        identity = account.ses.get_email_identity(EmailIdentity=domain)
    except account.ses.exceptions.NotFoundException:
        return skipped(f"none for {domain}: emails are stored, not sent")
    return judged(
        [] if identity.get("VerifiedForSendingStatus") else [f"{domain} is not verified"], detail=domain
    )
