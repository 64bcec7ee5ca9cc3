"""`understudy conform`: see whether an endpoint, or AWS itself, answers as AWS does."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

if TYPE_CHECKING:
    from argparse import ArgumentParser, Namespace

    from understudy.conform.check import Check
    from understudy.conform.world import Target

SERVICES = (
    "comprehend",
    "personalize",
    "personalize-events",
    "personalize-runtime",
    "bedrock-runtime",
    "sesv2",
)
"""The services that have checks, by botocore's names; here, since the suite takes long to import."""
_ACCOUNT_ID = "000000000000"
_LOCAL_POLL_S, _AWS_POLL_S = 0.05, 15.0
_LOCAL_TIMEOUT_S, _AWS_TIMEOUT_S = 60.0, 3 * 3_600.0
_DIFFERENT, _UNUSABLE = 1, 2


def add_arguments(parser: ArgumentParser) -> None:
    """Add the options of the command."""
    where = parser.add_mutually_exclusive_group(required=True)
    where.add_argument("--endpoint", metavar="URL", help="ask this endpoint, such as understudy's")
    where.add_argument("--real", action="store_true", help="ask AWS, with the credentials of the environment")
    parser.add_argument(
        "--service", action="append", choices=SERVICES, help="only this service; may be repeated"
    )
    parser.add_argument("--region", default="us-east-1", help="us-east-1 by default")
    parser.add_argument("--paid", action="store_true", help="make the checks that cost money, too")
    parser.add_argument("--bucket", help="a bucket for the checks that read and write files")
    parser.add_argument("--role-arn", metavar="ARN", help="the role by which services reach that bucket")
    parser.add_argument("--s3-endpoint", metavar="URL", help="where that bucket is, if not on AWS")
    parser.add_argument(
        "--model-id", default="global.anthropic.claude-haiku-5-5", help="the model of Bedrock to ask"
    )
    parser.add_argument("--account-id", help="of the ARNs; by default zeros, or with --real the caller's")
    parser.add_argument("--timeout", type=float, metavar="S", help="how long a resource may take to be ready")
    parser.add_argument("--list", action="store_true", help="only list the checks and what each costs")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the report as JSON")


def conform(arguments: Namespace) -> NoReturn:
    """Make the checks and exit: with 0 if nothing is different, 1 if something is, 2 if it cannot be told."""
    from botocore.exceptions import BotoCoreError

    from understudy.conform.runner import plain

    try:
        sys.exit(_run(arguments))
    except (BotoCoreError, OSError, KeyboardInterrupt) as error:
        reason = str(error) or "interrupted"
        lines = [f"understudy conform: {reason}", *getattr(error, "__notes__", ())]
        sys.stderr.write("".join(f"{plain(each)}\n" for each in lines))
        sys.exit(_UNUSABLE)


def _run(arguments: Namespace) -> int:
    if arguments.list:
        return _list(arguments)
    from understudy.conform.runner import as_json, line, run_checks, summary
    from understudy.conform.world import World

    checks = _chosen(arguments)
    if arguments.paid:
        _say(f"AWS charges at most ${sum(check.cost_usd for check in checks):.2f} for these checks.")
    target = _target(arguments)
    report = run_checks(checks, World(target), paid=arguments.paid, told=lambda result: _say(line(result)))
    _say(summary(report))
    if arguments.json is not None:
        arguments.json.write_text(as_json(report, target), "utf-8")
    return 0 if report.conforms else _DIFFERENT


def _list(arguments: Namespace) -> int:
    for check in _chosen(arguments):
        needs = "".join(f", needs {need}" for need in sorted(check.needs))
        cost = f"at most ${check.cost_usd:.4f}" if check.cost_usd else "free"
        _say(f"{check.service:19}  {check.name} ({cost}{needs})")
    return 0


def _chosen(arguments: Namespace) -> list[Check]:
    from understudy.conform.suites import all_checks

    wanted = arguments.service or SERVICES
    return [check for check in all_checks() if check.service in wanted]


def _target(arguments: Namespace) -> Target:
    from understudy.conform.world import Target

    real = arguments.real
    return Target(
        region=arguments.region,
        account_id=arguments.account_id or (_caller(arguments.region) if real else _ACCOUNT_ID),
        endpoint_url=None if real else arguments.endpoint.rstrip("/"),
        s3_endpoint_url=arguments.s3_endpoint,
        bucket=arguments.bucket,
        role_arn=arguments.role_arn,
        model_id=arguments.model_id,
        poll_s=_AWS_POLL_S if real else _LOCAL_POLL_S,
        timeout_s=arguments.timeout or (_AWS_TIMEOUT_S if real else _LOCAL_TIMEOUT_S),
    )


def _caller(region: str) -> str:
    import boto3

    return str(boto3.client("sts", region_name=region).get_caller_identity()["Account"])


def _say(text: str) -> None:
    sys.stdout.write(text + "\n")
    sys.stdout.flush()
