# One-click unsubscribe without compute: API Gateway puts the link's token into a queue and answers. It is a REST API
# because WAF does not protect HTTP APIs.
#
#   POST /unsubscribe?t=…  (RFC 8058: a mailbox provider, or the page below)  -> queue -> 200
#   GET  /unsubscribe?t=…  (the visible link)                                 -> a page with one button that POSTs
#
# Missing: the service that reads the queue, checks the token's signature and maintains the suppression list. Until it
# exists, requests are kept for 14 days, and an alarm fires when one has waited for a day: the law and mailbox providers
# allow two.

data "aws_region" "current" {}

data "aws_caller_identity" "current" {}

data "aws_partition" "current" {}

locals {
  account_id = data.aws_caller_identity.current.account_id
  partition  = data.aws_partition.current.partition
  region     = data.aws_region.current.region
  log_prefix = "aws-waf-logs-" # WAF requires this prefix
}

resource "aws_sqs_queue" "unsubscribes" {
  name                      = "${var.name}-unsubscribes"
  message_retention_seconds = 1209600
  kms_master_key_id         = var.keys.messages
}

resource "aws_sqs_queue_policy" "unsubscribes" {
  queue_url = aws_sqs_queue.unsubscribes.url
  policy    = data.aws_iam_policy_document.queue.json
}

data "aws_iam_policy_document" "queue" {
  statement {
    sid       = "TlsOnly"
    effect    = "Deny"
    actions   = ["sqs:*"]
    resources = [aws_sqs_queue.unsubscribes.arn]

    principals {
      type        = "AWS"
      identifiers = ["*"]
    }

    condition {
      test     = "Bool"
      variable = "aws:SecureTransport"
      values   = ["false"]
    }
  }
}

resource "aws_cloudwatch_metric_alarm" "waiting" {
  alarm_name          = "${var.name}-unsubscribes-waiting"
  alarm_description   = "An unsubscribe request has waited for a day; two are allowed."
  namespace           = "AWS/SQS"
  metric_name         = "ApproximateAgeOfOldestMessage"
  dimensions          = { QueueName = aws_sqs_queue.unsubscribes.name }
  statistic           = "Maximum"
  period              = 300
  evaluation_periods  = 1
  comparison_operator = "GreaterThanThreshold"
  threshold           = 86400
  treat_missing_data  = "notBreaching"
  alarm_actions       = [var.ops_topic_arn]
  ok_actions          = [var.ops_topic_arn]
}

# The key that signs the tokens goes straight from the generator to the parameter; no plan or state contains it.
ephemeral "random_password" "key" {
  length  = 64
  special = false
}

resource "aws_ssm_parameter" "key" {
  name             = "/encore/${var.name}/unsubscribe-key"
  description      = "Signs the tokens of unsubscribe links"
  type             = "SecureString"
  key_id           = var.keys.data
  value_wo         = ephemeral.random_password.key.result
  value_wo_version = var.key_version
}
