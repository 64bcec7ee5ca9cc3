"""ECS starts tasks, which receive, announce and keep records."""

from collections.abc import Iterator
from itertools import chain

from tests.support.flows.messages import SQS_PAGES
from tests.support.flows.steps import BUCKET, HERE, KEYS, Flow, by_s3, queue_arn, role, steps, topic_arn, via
from tests.support.hcl.aws import REGION, arn


def start_of(service: str, *, image: str) -> Flow:
    """ECS pulls an image, hands out the roles, and writes what the task logs."""
    task, execution = role(f"{service}-task"), role(f"{service}-execution")
    source = {**HERE, "aws:SourceArn": arn("ecs", "task/fondly-prod/x")}
    log = arn("logs", f"log-group:/fondly/fondly-prod-{service}")
    return Flow(
        f"ECS starts a task of {service}",
        (
            "Amazon ECS task execution IAM role",
            "Amazon ECS task IAM role",
            "Encrypt log data in CloudWatch Logs using AWS Key Management Service",
        ),
        tuple(
            chain(
                steps("ecs-tasks.amazonaws.com", "sts:AssumeRole", task, execution, context=source),
                steps(execution, "ecr:GetAuthorizationToken", "*"),
                steps(
                    execution,
                    ["ecr:BatchCheckLayerAvailability", "ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer"],
                    arn("ecr", f"repository/fondly/{image}"),
                ),
                steps(
                    execution,
                    ["logs:CreateLogStream", "logs:PutLogEvents"],
                    f"{log}:log-stream:task/app/x",
                ),
                steps(
                    f"logs.{REGION}.amazonaws.com",
                    [
                        "kms:Decrypt",
                        "kms:DescribeKey",
                        "kms:Encrypt",
                        "kms:GenerateDataKey",
                        "kms:ReEncryptFrom",
                    ],
                    KEYS["logs"],
                    context={"kms:EncryptionContext:aws:logs:arn": log},
                ),
            )
        ),
    )


def flows() -> Iterator[Flow]:
    """Yield what each service needs to start and to work."""
    queues = {
        "ingest": "ingest-uploads",
        "sentiment": "sentiment",
        "recommender": "recommender",
        "mailer": "mailer",
        "sender": "sender",
        "feedback": "feedback",
    }
    images = {"feedback": "sender"}
    topics = {
        "ingest": "data-ingested",
        "sentiment": "sentiment-scored",
        "recommender": "recommendations-ready",
        "mailer": "email-finished",
        "sender": "email-sent",
        "feedback": "email-bounced",
    }
    for service, queue in queues.items():
        task = role(f"{service}-task")
        ends_runs = () if service in {"sentiment", "sender", "feedback"} else (topic_arn("run-finished"),)
        others = {"ingest": "upload-read", "recommender": "safety-reported"}
        more = (topic_arn(others[service]),) if service in others else ()
        yield start_of(service, image=images.get(service, service))
        yield Flow(
            f"{service} receives and announces",
            (*SQS_PAGES, "Key management (Amazon SNS Developer Guide)"),
            tuple(
                chain(
                    steps(task, ["sqs:ReceiveMessage", "sqs:DeleteMessage"], queue_arn(queue)),
                    steps(task, "sqs:SendMessage", queue_arn(f"{queue}-dlq")),
                    steps(task, "sns:Publish", topic_arn(topics[service]), *ends_runs, *more),
                    steps(task, "kms:Decrypt", KEYS["messages"], context=via("sqs")),
                    steps(task, ["kms:Decrypt", "kms:GenerateDataKey"], KEYS["messages"], context=via("sns")),
                )
            ),
        )
        yield Flow(
            f"{service} sends a message anew that it has held for almost twelve hours",
            SQS_PAGES,
            tuple(
                chain(
                    steps(task, ["sqs:SendMessage", "sqs:DeleteMessage"], queue_arn(queue)),
                    steps(task, ["kms:Decrypt", "kms:GenerateDataKey"], KEYS["messages"], context=via("sqs")),
                )
            ),
        )
        yield Flow(
            f"{service} keeps records and objects",
            (
                "Using server-side encryption with AWS KMS keys (SSE-KMS)",
                "How Amazon DynamoDB uses AWS KMS",
            ),
            tuple(
                chain(
                    steps(
                        task,
                        ["dynamodb:GetItem", "dynamodb:UpdateItem"],
                        arn("dynamodb", "table/fondly-prod-runs"),
                    ),
                    steps(task, "kms:Decrypt", KEYS["data"], context=via("dynamodb")),
                    by_s3(f"{service}-task"),
                )
            ),
        )
        tables = {
            "ingest": "products",
            "sentiment": "opinions",
            "recommender": "recommendations",
            "mailer": "emails",
            "sender": "dispatches",
            "feedback": "suppressions",
        }
        yield Flow(
            f"a new revision of {service} is checked",
            (
                "Actions, resources, and condition keys for Amazon DynamoDB",
                "Actions, resources, and condition keys for Amazon SNS",
            ),
            tuple(
                chain(
                    steps(task, "s3:ListBucket", BUCKET),
                    steps(
                        task,
                        "dynamodb:DescribeTable",
                        *(
                            arn("dynamodb", f"table/fondly-prod-{table}")
                            for table in ("runs", tables[service])
                        ),
                    ),
                    steps(
                        task, "sns:GetTopicAttributes", topic_arn(topics[service]), topic_arn("run-finished")
                    ),
                    steps(task, "sqs:GetQueueAttributes", queue_arn(queue)),
                )
            ),
        )
    secrets = ("brand-name", "model-id")
    yield Flow(
        "ECS reads the mailer's parameters",
        ("Pass Systems Manager parameters through Amazon ECS environment variables",),
        tuple(
            chain(
                steps(
                    role("mailer-execution"),
                    "ssm:GetParameters",
                    *(arn("ssm", f"parameter/fondly/fondly-prod/mailer/{name}") for name in secrets),
                    arn("ssm", "parameter/fondly/fondly-prod/unsubscribe-key"),
                ),
                steps(role("mailer-execution"), "kms:Decrypt", KEYS["data"], context=via("ssm")),
            )
        ),
    )
    flow_log = f"{arn('logs', 'log-group:/fondly/fondly-prod/network')}:log-stream:eni"
    yield Flow(
        "The network logs what it rejects",
        ("IAM role for publishing flow logs to CloudWatch Logs",),
        tuple(
            chain(
                steps("vpc-flow-logs.amazonaws.com", "sts:AssumeRole", role("flow-log"), context=HERE),
                steps(
                    role("flow-log"),
                    ["logs:CreateLogStream", "logs:DescribeLogStreams", "logs:PutLogEvents"],
                    flow_log,
                ),
            )
        ),
    )
