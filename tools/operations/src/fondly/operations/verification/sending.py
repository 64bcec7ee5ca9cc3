"""Checks of what emails are sent with: the domain's identity, its records, and where reports come back."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from typing import Any

from fondly.operations.verification.account import Account
from fondly.operations.verification.check import Check, Finding, judged, passed, skipped
from fondly.operations.verification.expectations import unless
from fondly.operations.verification.services import task_settings

RECORDS = "create the DNS records (terraform output dns_records) and wait until SES has verified them"
APPLY = 'terraform apply, with sending = { transport = "ses" }'
ADVICE = "do what AWS advises; `terraform output dns_records` has the records of DKIM, SPF and DMARC"
UNSUBSCRIBE = "set unsubscribe_endpoint = true and apply: bulk senders have to offer one-click unsubscribe"
SENDER, FEEDBACK = "sender", "feedback"
TRANSPORT, CONFIGURATION_SET = "FONDLY_SENDER_TRANSPORT", "FONDLY_SENDER_CONFIGURATION_SET"
KEY = "FONDLY_MAILER_UNSUBSCRIBE_KEY"
SES, NONE = "ses", "none"
REPORTED = ("SEND", "BOUNCE", "COMPLAINT")
VERIFIED = "SUCCESS"
OFF = frozenset({"BadRequestException", "NotFoundException"})
"""What SES answers where nobody has turned its advice on (Virtual Deliverability Manager)."""
Probe = Callable[[Account, str], Finding]


def sending_checks(account: Account) -> list[Check]:
    """Checks of the SES identity, if there is one, and of all that sending takes, if something is sent."""
    return [
        Check("SES identity", RECORDS, partial(_identity, account)),
        Check("SES DKIM and SPF", RECORDS, partial(_with_ses, account, _records)),
        Check("SES advice", ADVICE, partial(_with_ses, account, _advice)),
        Check("SES configuration set", APPLY, partial(_with_ses, account, _configuration_set)),
        Check("SES reports", APPLY, partial(_with_ses, account, _reports)),
        Check("unsubscribe links", UNSUBSCRIBE, partial(_unsubscribe, account)),
    ]


def transport_of(account: Account) -> str:
    """How the deployed sender hands emails over; `none` where there is no sender."""
    return task_settings(account, SENDER).get(TRANSPORT, NONE) if account.on_aws else NONE


def record_problems(identity: Mapping[str, Any], domain: str) -> list[str]:
    """Check the records of `GetEmailIdentity` that align with the From address: DKIM's and MAIL FROM's."""
    dkim, mail_from = identity.get("DkimAttributes", {}), identity.get("MailFromAttributes", {})
    bounces = mail_from.get("MailFromDomain", "")
    aligned = bounces.endswith(f".{domain}")
    return [
        *([] if dkim.get("SigningEnabled") else ["SES does not sign emails (DKIM)"]),
        *unless("DKIM", dkim.get("Status"), VERIFIED),
        *([] if aligned else [f"MAIL FROM is {bounces or 'amazonses.com'}: SPF does not align"]),
        *(unless("MAIL FROM", mail_from.get("MailFromDomainStatus"), VERIFIED) if bounces else []),
    ]


def configuration_problems(found: Mapping[str, Any]) -> list[str]:
    """Check `GetConfigurationSet`: it sends, encrypted, and its bounces and complaints are counted."""
    counted = found.get("ReputationOptions", {}).get("ReputationMetricsEnabled")
    return [
        *([] if found.get("SendingOptions", {}).get("SendingEnabled", True) else ["sending is off"]),
        *unless("TLS", found.get("DeliveryOptions", {}).get("TlsPolicy"), "REQUIRE"),
        *([] if counted else ["bounces and complaints are not counted"]),
    ]


def report_topics(destinations: Sequence[Mapping[str, Any]]) -> dict[str, str]:
    """Return the topics to which the destinations that are on report, by type of event."""
    return {
        event: each["SnsDestination"]["TopicArn"]
        for each in destinations
        if each.get("Enabled") and "SnsDestination" in each
        for event in each["MatchingEventTypes"]
    }


def _identity(account: Account) -> Finding:
    if not account.on_aws:
        return skipped("emulator: nobody outside gets an email")
    domain = _domain(account)
    try:
        identity = account.ses.get_email_identity(EmailIdentity=domain)
    except account.ses.exceptions.NotFoundException:
        if transport_of(account) == SES:
            return judged([f"none for {domain}"])
        return skipped(f"none for {domain}: nothing is sent by SES")
    verified = identity.get("VerifiedForSendingStatus")
    return judged([] if verified else [f"{domain} is not verified"], detail=domain)


def _with_ses(account: Account, probe: Probe) -> Finding:
    """Probe the domain, if emails are sent by SES."""
    if not account.on_aws:
        return skipped("emulator: nobody outside gets an email")
    if (transport := transport_of(account)) != SES:
        return skipped(f"the sender's transport is {transport}")
    return probe(account, _domain(account))


def _records(account: Account, domain: str) -> Finding:
    identity = account.ses.get_email_identity(EmailIdentity=domain)
    bounces = identity.get("MailFromAttributes", {}).get("MailFromDomain", "")
    return judged(record_problems(identity, domain), detail=f"signed as {domain}, bounces to {bounces}")


def _advice(account: Account, domain: str) -> Finding:
    """What AWS advises of the identity: records of DKIM, SPF and DMARC that are missing or weak."""
    try:
        found = list(_open_recommendations(account))
    except account.ses.exceptions.ClientError as error:
        if error.response["Error"]["Code"] not in OFF:
            raise
        return skipped("SES gives none: Virtual Deliverability Manager is off")
    ours = [each for each in found if each.get("ResourceArn", "").endswith(f"identity/{domain}")]
    urgent = [
        f"{each['Type']}: {each.get('Description', '')}" for each in ours if each.get("Impact") == "HIGH"
    ]
    rest = ", ".join(sorted({each["Type"] for each in ours}))
    return judged(urgent, detail=f"of little weight: {rest}" if rest else "")


def _open_recommendations(account: Account) -> Iterator[Mapping[str, Any]]:
    """Yield what AWS advises in this account; botocore has no paginator for it."""
    page: dict[str, str] | None = {}
    while page is not None:
        reply = account.ses.list_recommendations(Filter={"STATUS": "OPEN"}, **page)
        yield from reply.get("Recommendations", [])
        page = {"NextToken": token} if (token := reply.get("NextToken")) else None


def _configuration_set(account: Account, domain: str) -> Finding:  # noqa: ARG001 - as the other probes
    name = _set_name(account)
    found = account.ses.get_configuration_set(ConfigurationSetName=name)
    return judged(configuration_problems(found), detail=name)


def _reports(account: Account, domain: str) -> Finding:  # noqa: ARG001 - as the other probes
    """Whether bounces and complaints reach the queue that suppresses by them."""
    reply = account.ses.get_configuration_set_event_destinations(ConfigurationSetName=_set_name(account))
    topics = report_topics(reply.get("EventDestinations", []))
    queue = account.named(FEEDBACK)
    unreported = [f"{event} is not reported" for event in REPORTED if event not in topics]
    unread = [
        f"{topic.rpartition(':')[2]} does not lead to {queue}"
        for topic in sorted({topics[event] for event in REPORTED if event in topics})
        if not any(endpoint.endswith(f":{queue}") for endpoint in _endpoints(account, topic))
    ]
    return judged([*unreported, *unread])


def _unsubscribe(account: Account) -> Finding:
    """Whoever sends in bulk has to offer one-click unsubscribe, and somebody has to read the clicks."""
    if transport_of(account) == NONE:
        return skipped("nothing is sent")
    try:
        url = account.mailer_setting("unsubscribe-url")
    except account.ssm.exceptions.ParameterNotFound:
        return judged(["emails offer to unsubscribe by email only"])
    if KEY not in task_settings(account, FEEDBACK):
        return judged([f"feedback has no {KEY}: it can verify no link"])
    return passed(url)


def _domain(account: Account) -> str:
    return account.mailer_setting("from-address").rsplit("@", 1)[-1]


def _set_name(account: Account) -> str:
    return task_settings(account, SENDER).get(CONFIGURATION_SET, account.environment)


def _endpoints(account: Account, topic_arn: str) -> Iterator[str]:
    pages = account.sns.get_paginator("list_subscriptions_by_topic").paginate(TopicArn=topic_arn)
    return (each["Endpoint"] for page in pages for each in page["Subscriptions"])
