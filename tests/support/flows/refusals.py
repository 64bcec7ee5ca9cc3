"""Requests that must be refused, each with what refuses it."""

from itertools import chain

from tests.support.configurations import PROFILE
from tests.support.flows.console import TASK as CONSOLE
from tests.support.flows.delivery import (
    CONFIGURATION_SET,
    CONTACTS,
    CUSTOMERS,
    DISPATCHES,
    IDENTITY,
    SUPPRESSIONS,
)
from tests.support.flows.deployment import (
    ACCESS_POINT,
    BY_STATE_KEY,
    DEPLOYER,
    FILE_SYSTEM,
    STATE,
    UNDERSTUDY,
)
from tests.support.flows.realtime import CAMPAIGN, HISTORIES, LEADING_KEYS, RUNS, TRACKER
from tests.support.flows.steps import (
    BUCKET,
    HERE,
    KEYS,
    OTHER_ACCOUNT,
    RUN,
    TLS,
    Refusal,
    queue_arn,
    role,
    topic_arn,
    via,
)
from tests.support.hcl.aws import ACCOUNT, REGION, arn
from tests.support.iam import Context, Request

THERE = {"aws:SourceAccount": OTHER_ACCOUNT}


def _refused(
    why: str,
    principal: str,
    action: str,
    resource: str,
    context: Context | None = None,
    *,
    by: str | None = None,
    environment: str = "prod",
) -> Refusal:
    return Refusal(why, Request(principal, action, resource, {**TLS, **(context or {})}), by, environment)


_CONFUSED_DEPUTIES = (
    _refused(
        "a topic of somebody else delivers to a queue",
        "sns.amazonaws.com",
        "sqs:SendMessage",
        queue_arn("sentiment"),
        {**THERE, "aws:SourceArn": f"arn:aws:sns:{REGION}:{OTHER_ACCOUNT}:fondly-prod-data-ingested"},
        by="aws:SourceArn",
    ),
    _refused(
        "another topic of ours delivers to a queue",
        "sns.amazonaws.com",
        "sqs:SendMessage",
        queue_arn("sentiment"),
        {**HERE, "aws:SourceArn": topic_arn("email-finished")},
        by="aws:SourceArn",
    ),
    _refused(
        "the bucket's name belongs to another account",
        "s3.amazonaws.com",
        "sqs:SendMessage",
        queue_arn("ingest-uploads"),
        {**THERE, "aws:SourceArn": BUCKET},
        by="aws:SourceAccount",
    ),
    _refused(
        "S3 uses the key for another account",
        "s3.amazonaws.com",
        "kms:GenerateDataKey",
        KEYS["messages"],
        THERE,
        by="aws:SourceAccount",
    ),
    _refused(
        "CloudWatch publishes alarms of another account",
        "cloudwatch.amazonaws.com",
        "sns:Publish",
        topic_arn("alarms"),
        THERE,
        by="aws:SourceAccount",
    ),
    _refused(
        "Personalize assumes the role for another account",
        "personalize.amazonaws.com",
        "sts:AssumeRole",
        role("personalize"),
        {**THERE, "aws:SourceArn": arn("personalize", "dataset-import-job/x")},
        by="aws:SourceAccount",
    ),
    _refused(
        "a log group of another account uses the key",
        f"logs.{REGION}.amazonaws.com",
        "kms:Decrypt",
        KEYS["logs"],
        {"kms:EncryptionContext:aws:logs:arn": f"arn:aws:logs:{REGION}:{OTHER_ACCOUNT}:log-group:x"},
        by="kms:EncryptionContext:aws:logs:arn",
    ),
)

_ROLES = (
    _refused(
        "Personalize's role reads customers",
        role("personalize"),
        "s3:GetObject",
        f"{BUCKET}/runs/{RUN}/customers/00001.jsonl",
    ),
    _refused(
        "Personalize's role lists customers",
        role("personalize"),
        "s3:ListBucket",
        BUCKET,
        {"s3:prefix": f"runs/{RUN}/customers/"},
        by="s3:prefix",
    ),
    _refused(
        "Personalize's role deletes",
        role("personalize"),
        "s3:DeleteObject",
        f"{BUCKET}/runs/{RUN}/personalize/x",
    ),
    _refused("Personalize's role uses another key", role("personalize"), "kms:Decrypt", KEYS["messages"]),
    _refused("Personalize uses another key", "personalize.amazonaws.com", "kms:Decrypt", KEYS["messages"]),
    _refused(
        "the mailer asks another profile",
        role("mailer-task"),
        "bedrock:InvokeModel",
        arn("bedrock", f"inference-profile/us.{PROFILE}"),
    ),
    _refused(
        "the mailer asks another model",
        role("mailer-task"),
        "bedrock:InvokeModel",
        arn("bedrock", "foundation-model/anthropic.claude-opus-5", account=""),
    ),
    _refused(
        "the recommender passes a role to another service",
        role("recommender-task"),
        "iam:PassRole",
        role("personalize"),
        {"iam:PassedToService": "lambda.amazonaws.com"},
        by="iam:PassedToService",
    ),
    _refused(
        "the mailer passes Personalize's role",
        role("mailer-task"),
        "iam:PassRole",
        role("personalize"),
        {"iam:PassedToService": "personalize.amazonaws.com"},
    ),
    _refused("ingest calls Comprehend", role("ingest-task"), "comprehend:BatchDetectSentiment", "*"),
    _refused(
        "ingest receives from another queue", role("ingest-task"), "sqs:ReceiveMessage", queue_arn("mailer")
    ),
    _refused(
        "the mailer starts itself again",
        role("mailer-task"),
        "sns:Publish",
        topic_arn("recommendations-ready"),
    ),
    _refused(
        "the mailer has a run cleared anew", role("mailer-task"), "sns:Publish", topic_arn("upload-read")
    ),
    _refused(
        "a task decrypts by itself, not through S3",
        role("ingest-task"),
        "kms:Decrypt",
        KEYS["data"],
        by="kms:ViaService",
    ),
    _refused("a task makes a grant", role("recommender-task"), "kms:CreateGrant", KEYS["data"], via("s3")),
    _refused(
        "EventBridge uses the key of the data", "events.amazonaws.com", "kms:Decrypt", KEYS["data"], HERE
    ),
    _refused(
        "understudy mounts the file system without its access point",
        UNDERSTUDY,
        "elasticfilesystem:ClientMount",
        FILE_SYSTEM,
        by="elasticfilesystem:AccessPointArn",
        environment="dev",
    ),
    _refused(
        "understudy mounts the file system as root",
        UNDERSTUDY,
        "elasticfilesystem:ClientRootAccess",
        FILE_SYSTEM,
        {"elasticfilesystem:AccessPointArn": ACCESS_POINT},
        environment="dev",
    ),
)

_REAL_TIME = (
    _refused(
        "the web process takes no events where it is not to",
        role("web-task"),
        "dynamodb:UpdateItem",
        arn("dynamodb", "table/fondly-prod-recommendations"),
        environment="guarded",
    ),
    _refused(
        "the web process sends no events where it is not to",
        role("web-task"),
        "personalize:PutEvents",
        TRACKER,
        environment="guarded",
    ),
    _refused(
        "the web process changes stored picks",
        role("web-task"),
        "dynamodb:PutItem",
        arn("dynamodb", "table/fondly-prod-recommendations"),
    ),
    _refused(
        "the web process changes a run",
        role("web-task"),
        "dynamodb:UpdateItem",
        RUNS,
    ),
    _refused(
        "the web process writes what a run has done",
        role("web-task"),
        "dynamodb:BatchWriteItem",
        RUNS,
        {LEADING_KEYS: RUN},
        by=LEADING_KEYS,
    ),
    _refused("the web process reads all histories", role("web-task"), "dynamodb:Scan", HISTORIES),
    _refused("the web process changes histories", role("web-task"), "dynamodb:UpdateItem", HISTORIES),
    _refused(
        "the web process reads an upload", role("web-task"), "s3:GetObject", f"{BUCKET}/uploads/week.csv"
    ),
    _refused(
        "the web process reads emails", role("web-task"), "s3:GetObject", f"{BUCKET}/runs/{RUN}/emails/x.eml"
    ),
    _refused(
        "the web process writes a shop", role("web-task"), "s3:PutObject", f"{BUCKET}/runs/{RUN}/learned/x"
    ),
    _refused("the web process makes campaigns", role("web-task"), "personalize:CreateCampaign", CAMPAIGN),
    _refused(
        "the web process asks somebody else's campaign",
        role("web-task"),
        "personalize:GetRecommendations",
        arn("personalize", "campaign/other"),
    ),
    _refused(
        "the web process receives a run's messages",
        role("web-task"),
        "sqs:ReceiveMessage",
        queue_arn("recommender"),
    ),
    _refused(
        "the web process decrypts by itself, not through S3 or DynamoDB",
        role("web-task"),
        "kms:Decrypt",
        KEYS["data"],
        by="kms:ViaService",
    ),
    _refused(
        "the web process's tasks start with the mailer's key",
        role("web-execution"),
        "ssm:GetParameters",
        arn("ssm", "parameter/fondly/fondly-prod/unsubscribe-key"),
    ),
    _refused(
        "the recommender deletes somebody else's campaign",
        role("recommender-task"),
        "personalize:DeleteCampaign",
        arn("personalize", "campaign/other"),
    ),
    _refused(
        "the recommender deletes what everybody shares",
        role("recommender-task"),
        "personalize:DeleteDatasetGroup",
        arn("personalize", "dataset-group/fondly-prod"),
    ),
)

_DELIVERY = (
    _refused(
        "another topic of ours delivers to the feedback queue",
        "sns.amazonaws.com",
        "sqs:SendMessage",
        queue_arn("feedback"),
        {**HERE, "aws:SourceArn": topic_arn("email-sent")},
        by="aws:SourceArn",
    ),
    *(
        _refused(
            f"{what} reaches the mails that SES received",
            "ses.amazonaws.com",
            "sns:Publish",
            topic_arn("email-replies"),
            {**HERE, "aws:SourceArn": source},
            by="aws:SourceArn",
        )
        for what, source in {
            "another receipt rule": arn("ses", "receipt-rule-set/fondly-prod:receipt-rule/other"),
            "the configuration set": arn("ses", "configuration-set/fondly-prod"),
        }.items()
    ),
    _refused(
        "feedback's tasks start with the mailbox's password where none is read",
        role("feedback-execution"),
        "ssm:GetParameters",
        arn("ssm", "parameter/fondly/fondly-prod/mailbox-password"),
    ),
    _refused(
        "a rule that is none of ours delivers to the sender",
        "events.amazonaws.com",
        "sqs:SendMessage",
        queue_arn("sender"),
        {**HERE, "aws:SourceArn": arn("events", "rule/fondly-prod-jobs-sender")},
        by="aws:SourceArn",
    ),
    _refused(
        "SES's reports reach the sender",
        "sns.amazonaws.com",
        "sqs:SendMessage",
        queue_arn("sender"),
        {**HERE, "aws:SourceArn": topic_arn("email-bounces")},
        by="aws:SourceArn",
    ),
    _refused(
        "the sender writes in the name of another domain",
        role("sender-task"),
        "ses:SendRawEmail",
        arn("ses", "identity/other.example"),
    ),
    _refused(
        "the sender writes in the name of one address",
        role("sender-task"),
        "ses:SendRawEmail",
        arn("ses", "identity/chief@shop.example"),
    ),
    _refused(
        "the sender sends where nobody reads what comes back",
        role("sender-task"),
        "ses:SendEmail",
        arn("ses", "configuration-set/other"),
    ),
    _refused(
        "the sender sends by SES where it is to use a mail server",
        role("sender-task"),
        "ses:SendRawEmail",
        IDENTITY,
        environment="guarded",
    ),
    _refused("the sender suppresses nobody at SES", role("sender-task"), "ses:PutSuppressedDestination", "*"),
    _refused("the mailer suppresses somebody", role("mailer-task"), "dynamodb:BatchWriteItem", SUPPRESSIONS),
    _refused("the mailer sends emails", role("mailer-task"), "ses:SendRawEmail", IDENTITY),
    _refused("feedback sends emails", role("feedback-task"), "ses:SendRawEmail", CONFIGURATION_SET),
    _refused("the sender reads an upload", role("sender-task"), "s3:GetObject", f"{BUCKET}/uploads/week.csv"),
    _refused(
        "the sender changes an email",
        role("sender-task"),
        "s3:PutObject",
        f"{BUCKET}/runs/{RUN}/emails/x.eml",
    ),
    _refused("the sender reads customers", role("sender-task"), "dynamodb:BatchGetItem", CUSTOMERS),
    _refused("the sender forgets who got an email", role("sender-task"), "dynamodb:DeleteItem", DISPATCHES),
    _refused("the sender lists who unsubscribed", role("sender-task"), "dynamodb:Scan", SUPPRESSIONS),
    _refused("feedback forgets who unsubscribed", role("feedback-task"), "dynamodb:DeleteItem", SUPPRESSIONS),
    _refused("feedback lists contacts", role("feedback-task"), "dynamodb:Scan", CONTACTS),
    _refused(
        "feedback uploads a shop's files",
        role("feedback-task"),
        "s3:PutObject",
        f"{BUCKET}/uploads/products.csv",
    ),
    _refused(
        "feedback reads emails", role("feedback-task"), "s3:GetObject", f"{BUCKET}/runs/{RUN}/emails/x.eml"
    ),
    _refused(
        "feedback approves by the sender's queue",
        role("feedback-task"),
        "sqs:SendMessage",
        queue_arn("sender"),
    ),
    _refused(
        "the sender reads unsubscribe requests",
        role("sender-task"),
        "sqs:ReceiveMessage",
        queue_arn("feedback"),
    ),
    *(
        _refused(f"clicks {what}", role("clicks-task"), action, resource)
        for what, action, resource in (
            ("reads what others have clicked", "sqs:ReceiveMessage", queue_arn("feedback")),
            ("deletes an unsubscribe request", "sqs:DeleteMessage", queue_arn("feedback")),
            ("approves by the sender's queue", "sqs:SendMessage", queue_arn("sender")),
            ("reads dispatches", "dynamodb:GetItem", DISPATCHES),
            ("reads suppressions", "dynamodb:BatchGetItem", SUPPRESSIONS),
            ("reads emails", "s3:GetObject", f"{BUCKET}/runs/{RUN}/emails/x.eml"),
            ("uploads events", "s3:PutObject", f"{BUCKET}/uploads/interactions/clicks/x.jsonl"),
            ("sends emails", "ses:SendRawEmail", IDENTITY),
        )
    ),
    _refused(
        "clicks decrypts by itself, not through SQS",
        role("clicks-task"),
        "kms:Decrypt",
        KEYS["messages"],
        by="kms:ViaService",
    ),
    _refused(
        "clicks' tasks start with the key of real time",
        role("clicks-execution"),
        "ssm:GetParameters",
        arn("ssm", "parameter/fondly/fondly-prod/web-key"),
    ),
    _refused(
        "sentiment suppresses somebody", role("sentiment-task"), "dynamodb:BatchWriteItem", SUPPRESSIONS
    ),
    _refused("sentiment lists who unsubscribed", role("sentiment-task"), "dynamodb:Scan", SUPPRESSIONS),
    _refused(
        "the sender's tasks start with the key of unsubscribe links",
        role("sender-execution"),
        "ssm:GetParameters",
        arn("ssm", "parameter/fondly/fondly-prod/unsubscribe-key"),
    ),
    _refused(
        "feedback's tasks start with the mail server's password",
        role("feedback-execution"),
        "ssm:GetParameters",
        arn("ssm", "parameter/fondly/fondly-prod/smtp-password"),
        environment="guarded",
    ),
)

_PLAIN = {"aws:SecureTransport": "false"}
_WITHOUT_TLS = tuple(
    _refused(
        f"{action} without TLS",
        principal,
        action,
        resource,
        {**context, **_PLAIN},
        by="TlsOnly",
        environment=env,
    )
    for principal, action, resource, context, env in (
        (role("ingest-task"), "sqs:ReceiveMessage", queue_arn("ingest-uploads"), {}, "prod"),
        (role("ingest-task"), "sqs:SendMessage", queue_arn("ingest-uploads-dlq"), {}, "prod"),
        (role("ingest-task"), "sns:Publish", topic_arn("data-ingested"), {}, "prod"),
        (role("ingest-task"), "s3:GetObject", f"{BUCKET}/uploads/x.csv", {}, "prod"),
        (
            UNDERSTUDY,
            "elasticfilesystem:ClientWrite",
            FILE_SYSTEM,
            {"elasticfilesystem:AccessPointArn": ACCESS_POINT},
            "dev",
        ),
        (DEPLOYER, "s3:GetObject", f"{STATE}/dev/terraform.tfstate", {}, "bootstrap"),
    )
)

_RELEASES = (
    _refused(
        "the state is written with S3's own key",
        DEPLOYER,
        "s3:PutObject",
        f"{STATE}/dev/terraform.tfstate",
        {"s3:x-amz-server-side-encryption": "AES256"},
        by="ItsKeyOnly",
        environment="bootstrap",
    ),
    _refused(
        "the state is written with another key",
        DEPLOYER,
        "s3:PutObject",
        f"{STATE}/dev/terraform.tfstate",
        {**BY_STATE_KEY, "s3:x-amz-server-side-encryption-aws-kms-key-id": arn("kms", "key/other")},
        by="NoOtherKey",
        environment="bootstrap",
    ),
    _refused(
        "a release of dev writes the state of prod",
        DEPLOYER,
        "s3:PutObject",
        f"{STATE}/prod/terraform.tfstate",
        BY_STATE_KEY,
        environment="bootstrap",
    ),
    _refused(
        "a release gives a task a role of its own choice",
        DEPLOYER,
        "iam:PassRole",
        arn("iam", "role/admin", region=""),
        {"iam:PassedToService": "ecs-tasks.amazonaws.com"},
        environment="bootstrap",
    ),
    _refused(
        "a release gives a task's role to another service",
        DEPLOYER,
        "iam:PassRole",
        arn("iam", f"role/fondly-dev-ingest-task-{REGION}", region=""),
        {"iam:PassedToService": "ec2.amazonaws.com"},
        by="iam:PassedToService",
        environment="bootstrap",
    ),
    _refused(
        "a release gives a task a role of another region",
        DEPLOYER,
        "iam:PassRole",
        arn("iam", "role/fondly-dev-ingest-task-us-east-1", region=""),
        {"iam:PassedToService": "ecs-tasks.amazonaws.com"},
        environment="bootstrap",
    ),
    _refused(
        "a release checks its tasks in another cluster",
        DEPLOYER,
        "ecs:RunTask",
        arn("ecs", "task-definition/fondly-dev-ingest:7"),
        {"ecs:cluster": arn("ecs", "cluster/fondly-prod")},
        by="ecs:cluster",
        environment="bootstrap",
    ),
    _refused(
        "a release reads a queue",
        DEPLOYER,
        "sqs:ReceiveMessage",
        f"arn:aws:sqs:{REGION}:{ACCOUNT}:fondly-dev-mailer",
        environment="bootstrap",
    ),
)

_CONSOLE = (
    _refused(
        "the console acts for nobody",
        CONSOLE,
        "sts:AssumeRole",
        role("console-operator"),
        by="sts:SourceIdentity",
        environment="console",
    ),
    _refused(
        "an operator passes Personalize's role to another service",
        role("console-operator"),
        "iam:PassRole",
        role("personalize"),
        {"iam:PassedToService": "ecs-tasks.amazonaws.com"},
        by="iam:PassedToService",
        environment="console",
    ),
    _refused(
        "a viewer decrypts what no service of AWS asks for",
        role("console-viewer"),
        "kms:Decrypt",
        KEYS["data"],
        by="kms:ViaService",
        environment="console",
    ),
)

REFUSALS = {
    each.why: each
    for each in chain(_CONFUSED_DEPUTIES, _ROLES, _REAL_TIME, _DELIVERY, _WITHOUT_TLS, _RELEASES, _CONSOLE)
}
