"""Finished emails are handed over, and what comes back is read."""

from collections.abc import Iterator
from itertools import chain

from tests.support.flows.messages import SQS_PAGES, delivered
from tests.support.flows.steps import BUCKET, HERE, KEYS, RUN, Flow, queue_arn, role, steps, topic_arn, via
from tests.support.flows.tasks import start_of
from tests.support.hcl.aws import arn

DOMAIN = "shop.example"
IDENTITY = arn("ses", f"identity/{DOMAIN}")
CONFIGURATION_SET = arn("ses", "configuration-set/fondly-prod")
DISPATCHES, CONTACTS, SUPPRESSIONS, CUSTOMERS, RUNS = (
    arn("dynamodb", f"table/fondly-prod-{name}")
    for name in ("dispatches", "contacts", "suppressions", "customers", "runs")
)
SENDER, FEEDBACK, CLICKS = role("sender-task"), role("feedback-task"), role("clicks-task")
SES = "ses.amazonaws.com"
REPLIES_RULE = arn("ses", "receipt-rule-set/fondly-prod:receipt-rule/fondly-prod-replies")
SES_PAGE = "Actions, resources, and condition keys for Amazon Simple Email Service v2"
PARAMETERS_PAGE = "Pass Systems Manager parameters through Amazon ECS environment variables"


def flows() -> Iterator[Flow]:
    """Yield what delivery takes beyond what every service does."""
    yield Flow(
        "the sender hands an email to SES",
        (SES_PAGE, "Sending raw email using the Amazon SES API v2"),
        tuple(
            chain(
                # SES checks a raw message as SendRawEmail, whichever operation carries it.
                steps(SENDER, ["ses:SendEmail", "ses:SendRawEmail"], IDENTITY, CONFIGURATION_SET),
                steps(SENDER, "ses:GetAccount", "*"),
            )
        ),
    )
    yield Flow(
        "the sender reserves an email and reads it",
        ("Amazon DynamoDB Transactions: How it works", "How Amazon DynamoDB uses AWS KMS"),
        tuple(
            chain(
                steps(SENDER, "dynamodb:BatchGetItem", DISPATCHES, CONTACTS, SUPPRESSIONS),
                steps(SENDER, "dynamodb:PutItem", DISPATCHES, CONTACTS, RUNS),
                steps(SENDER, "dynamodb:UpdateItem", DISPATCHES),
                steps(SENDER, "dynamodb:BatchWriteItem", SUPPRESSIONS),
                steps(
                    SENDER,
                    "s3:GetObject",
                    f"{BUCKET}/runs/{RUN}/mailed/part-00001.jsonl",
                    f"{BUCKET}/runs/{RUN}/emails/C1.eml",
                ),
                steps(SENDER, "sns:Publish", topic_arn("email-suppressed")),
                steps(SENDER, "kms:Decrypt", KEYS["data"], context=via("s3")),
                steps(SENDER, "kms:Decrypt", KEYS["data"], context=via("dynamodb")),
            )
        ),
    )
    yield Flow(
        "the mailer asks for consent before it pays, and lists what it has made",
        ("Actions, resources, and condition keys for Amazon DynamoDB",),
        tuple(
            chain(
                steps(role("mailer-task"), "dynamodb:BatchGetItem", CONTACTS, SUPPRESSIONS),
                steps(role("mailer-task"), "s3:PutObject", f"{BUCKET}/runs/{RUN}/mailed/part-00001.jsonl"),
            )
        ),
    )
    yield Flow(
        "the sender looks for deliveries that wait",
        ("Using resource-based policies for Amazon EventBridge", *SQS_PAGES),
        (
            *delivered("events.amazonaws.com", "sender", arn("events", "rule/fondly-prod-deliveries")),
            *steps(SENDER, "dynamodb:Scan", RUNS),
        ),
    )
    yield Flow(
        "ECS reads the mail server's secrets",
        (PARAMETERS_PAGE,),
        tuple(
            chain(
                steps(
                    role("sender-execution"),
                    "ssm:GetParameters",
                    *(
                        arn("ssm", f"parameter/fondly/fondly-prod/{name}")
                        for name in ("smtp-password", "dkim-key")
                    ),
                ),
                steps(role("sender-execution"), "kms:Decrypt", KEYS["data"], context=via("ssm")),
            )
        ),
        environment="guarded",
    )
    yield Flow(
        "ECS reads the password of the mailbox",
        (PARAMETERS_PAGE,),
        tuple(
            chain(
                steps(
                    role("feedback-execution"),
                    "ssm:GetParameters",
                    arn("ssm", "parameter/fondly/fondly-prod/mailbox-password"),
                ),
                steps(role("feedback-execution"), "kms:Decrypt", KEYS["data"], context=via("ssm")),
            )
        ),
        environment="guarded",
    )
    yield Flow(
        "feedback puts what it read in a mailbox into its queue, and tells of a late email",
        SQS_PAGES,
        tuple(
            chain(
                steps(FEEDBACK, "sqs:SendMessage", queue_arn("feedback")),
                steps(FEEDBACK, ["kms:Decrypt", "kms:GenerateDataKey"], KEYS["messages"], context=via("sqs")),
                steps(FEEDBACK, "sns:Publish", topic_arn("email-sent")),
                steps(FEEDBACK, ["kms:Decrypt", "kms:GenerateDataKey"], KEYS["messages"], context=via("sns")),
            )
        ),
    )
    yield Flow(
        "SES passes on a mail that it received",
        (
            "Giving permissions to Amazon SES for email receiving",
            "Enabling compatibility between event sources and encrypted topics",
        ),
        tuple(
            chain(
                steps(
                    SES,
                    "sns:Publish",
                    topic_arn("email-replies"),
                    context={**HERE, "aws:SourceArn": REPLIES_RULE},
                ),
                steps(
                    SES,
                    ["kms:Decrypt", "kms:GenerateDataKey"],
                    KEYS["messages"],
                    context=HERE,
                ),
            )
        ),
    )
    for kind in ("sends", "bounces", "complaints", "replies"):
        yield Flow(
            f"SNS delivers {kind} to feedback",
            ("Subscribing an Amazon SQS queue to an Amazon SNS topic", *SQS_PAGES),
            delivered("sns.amazonaws.com", "feedback", topic_arn(f"email-{kind}")),
        )
    yield Flow(
        "feedback suppresses customers and pauses deliveries",
        ("Actions, resources, and condition keys for Amazon DynamoDB",),
        tuple(
            chain(
                steps(FEEDBACK, "dynamodb:BatchGetItem", CUSTOMERS, CONTACTS, SUPPRESSIONS),
                steps(FEEDBACK, "dynamodb:BatchWriteItem", SUPPRESSIONS),
                steps(FEEDBACK, ["dynamodb:BatchGetItem", "dynamodb:Query"], DISPATCHES),
                steps(FEEDBACK, "dynamodb:UpdateItem", DISPATCHES, RUNS),
                steps(FEEDBACK, "dynamodb:PutItem", CONTACTS, RUNS),
            )
        ),
    )
    yield Flow(
        "feedback tells of clicks",
        ("Uploading objects", "Using server-side encryption with AWS KMS keys (SSE-KMS)"),
        tuple(
            chain(
                steps(FEEDBACK, "dynamodb:UpdateItem", DISPATCHES),
                steps(FEEDBACK, "s3:PutObject", f"{BUCKET}/uploads/interactions/clicks/x.jsonl"),
                steps(FEEDBACK, "kms:GenerateDataKey", KEYS["data"], context=via("s3")),
            )
        ),
    )
    yield start_of("clicks", image="sender")
    yield Flow(
        "a new revision of clicks is checked, and passes clicks on",
        SQS_PAGES,
        tuple(
            chain(
                steps(CLICKS, ["sqs:GetQueueAttributes", "sqs:SendMessage"], queue_arn("feedback")),
                steps(CLICKS, ["kms:Decrypt", "kms:GenerateDataKey"], KEYS["messages"], context=via("sqs")),
            )
        ),
    )
    yield Flow(
        "ECS reads the keys of links that count clicks",
        (PARAMETERS_PAGE,),
        tuple(
            chain(
                steps(
                    role("clicks-execution"),
                    "ssm:GetParameters",
                    *(
                        arn("ssm", f"parameter/fondly/fondly-prod/{name}")
                        for name in ("unsubscribe-key", "former-unsubscribe-keys")
                    ),
                ),
                steps(role("clicks-execution"), "kms:Decrypt", KEYS["data"], context=via("ssm")),
            )
        ),
    )
    yield Flow(
        "sentiment and the recommender leave out who is suppressed",
        ("Actions, resources, and condition keys for Amazon DynamoDB",),
        tuple(
            chain.from_iterable(
                steps(role(f"{name}-task"), "dynamodb:BatchGetItem", SUPPRESSIONS)
                for name in ("sentiment", "recommender")
            )
        ),
    )
    yield Flow(
        "ECS reads the keys of unsubscribe links",
        (PARAMETERS_PAGE,),
        tuple(
            chain(
                steps(
                    role("feedback-execution"),
                    "ssm:GetParameters",
                    *(
                        arn("ssm", f"parameter/fondly/fondly-prod/{name}")
                        for name in ("unsubscribe-key", "former-unsubscribe-keys")
                    ),
                ),
                steps(role("feedback-execution"), "kms:Decrypt", KEYS["data"], context=via("ssm")),
            )
        ),
    )
