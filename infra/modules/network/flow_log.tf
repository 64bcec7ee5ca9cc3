# Rejected connections only: they reveal a wrong security group or an intruder.

resource "aws_flow_log" "refused" {
  count = local.own

  vpc_id          = aws_vpc.this[0].id
  traffic_type    = "REJECT"
  log_destination = aws_cloudwatch_log_group.flow[0].arn
  iam_role_arn    = aws_iam_role.flow[0].arn

  tags = { Name = "${var.name}-refused" }
}

resource "aws_cloudwatch_log_group" "flow" {
  count = local.own

  name              = "/fondly/${var.name}/network"
  retention_in_days = 365
  kms_key_id        = var.logs_key_arn
}

resource "aws_iam_role" "flow" {
  count = local.own

  name               = "${var.name}-flow-log-${data.aws_region.current.region}"
  assume_role_policy = data.aws_iam_policy_document.flow_trust.json
}

resource "aws_iam_role_policy" "flow" {
  count = local.own

  name   = "write"
  role   = aws_iam_role.flow[0].id
  policy = data.aws_iam_policy_document.flow[0].json
}

data "aws_iam_policy_document" "flow_trust" {
  statement {
    actions = ["sts:AssumeRole"]

    principals {
      type        = "Service"
      identifiers = ["vpc-flow-logs.amazonaws.com"]
    }

    condition {
      test     = "StringEquals"
      variable = "aws:SourceAccount"
      values   = [data.aws_caller_identity.current.account_id]
    }
  }
}

data "aws_iam_policy_document" "flow" {
  count = local.own

  statement {
    sid       = "WriteFlowLog"
    actions   = ["logs:CreateLogStream", "logs:DescribeLogStreams", "logs:PutLogEvents"]
    resources = [aws_cloudwatch_log_group.flow[0].arn, "${aws_cloudwatch_log_group.flow[0].arn}:*"]
  }
}
