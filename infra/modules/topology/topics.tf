resource "aws_sns_topic" "this" {
  for_each = local.topology.topics

  name              = "${var.name}-${each.key}"
  kms_master_key_id = var.keys.messages
}

resource "aws_sns_topic_policy" "this" {
  for_each = local.topology.topics

  arn    = aws_sns_topic.this[each.key].arn
  policy = data.aws_iam_policy_document.topic[each.key].json
}

# IAM policies decide who in this account may publish or subscribe.
data "aws_iam_policy_document" "topic" {
  for_each = local.topology.topics

  statement {
    sid       = "TlsOnly"
    effect    = "Deny"
    actions   = ["sns:Publish"]
    resources = [aws_sns_topic.this[each.key].arn]

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
