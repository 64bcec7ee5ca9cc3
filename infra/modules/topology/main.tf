data "aws_region" "current" {}
data "aws_caller_identity" "current" {}

locals {
  account_id = data.aws_caller_identity.current.account_id

  # The only description of the system's resources; nothing here repeats a name from it.
  topology = yamldecode(file("${path.module}/../../topology.yaml"))
}

# What everything refuses, by what it is attached to.
data "aws_iam_policy_document" "tls_only" {
  for_each = merge(
    { for name, topic in aws_sns_topic.this : "topic ${name}" => { action = "sns:Publish", arns = [topic.arn] } },
    { for name, queue in aws_sqs_queue.this : "queue ${name}" => { action = "sqs:*", arns = [queue.arn] } },
    { for name, queue in aws_sqs_queue.dead_letters : "dead letters ${name}" => { action = "sqs:*", arns = [queue.arn] } },
    { for name, bucket in aws_s3_bucket.this : "bucket ${name}" => { action = "s3:*", arns = [bucket.arn, "${bucket.arn}/*"] } },
  )

  statement {
    sid       = "TlsOnly"
    effect    = "Deny"
    actions   = [each.value.action]
    resources = each.value.arns

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
