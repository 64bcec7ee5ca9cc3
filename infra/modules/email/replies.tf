# Mails that come back: whoever presses "unsubscribe" in a mail program may write to the mailto address of the email. SES
# receives for one address of a subdomain and passes each mail on to a topic; larger ones than its SNS action carries,
# 150 KB, it refuses, and none of them unsubscribes anybody.

locals {
  replies_domain  = var.replies == null ? null : "${var.replies.subdomain}.${var.domain}"
  replies_address = var.replies == null ? null : "${var.replies.user}@${local.replies_domain}"
  replies_rule    = "${var.name}-replies"

  # An account has one active rule set in a region: one that others have made gets another rule.
  own_rule_set = var.replies != null && try(var.replies.rule_set_name, null) == null
  rule_set     = local.own_rule_set ? var.name : try(var.replies.rule_set_name, null)

  replies_records = var.replies == null ? [] : [
    { name = local.replies_domain, type = "MX", value = "10 inbound-smtp.${data.aws_region.current.region}.amazonaws.com" },
  ]
}

resource "aws_ses_receipt_rule_set" "this" {
  count = local.own_rule_set ? 1 : 0

  rule_set_name = local.rule_set
}

resource "aws_ses_active_receipt_rule_set" "this" {
  count = local.own_rule_set ? 1 : 0

  rule_set_name = aws_ses_receipt_rule_set.this[0].rule_set_name
}

resource "aws_ses_receipt_rule" "replies" {
  #checkov:skip=CKV_AWS_399:mail servers without TLS deliver unsubscriptions too, and the law does not ask how they came
  count = var.replies == null ? 0 : 1

  name          = local.replies_rule
  rule_set_name = local.rule_set
  recipients    = [local.replies_address]
  enabled       = true
  scan_enabled  = true
  tls_policy    = "Optional"

  sns_action {
    topic_arn = aws_sns_topic.replies[0].arn
    encoding  = "Base64" # a mail may be in any encoding
    position  = 1
  }

  stop_action {
    scope    = "RuleSet"
    position = 2
  }

  depends_on = [aws_ses_receipt_rule_set.this, aws_sns_topic_policy.replies] # SES publishes a test message at once
}

resource "aws_sns_topic" "replies" {
  count = var.replies == null ? 0 : 1

  name              = "${var.name}-email-replies"
  kms_master_key_id = var.messages_key_arn
}

resource "aws_sns_topic_policy" "replies" {
  count = var.replies == null ? 0 : 1

  arn    = aws_sns_topic.replies[0].arn
  policy = data.aws_iam_policy_document.replies[0].json
}

data "aws_iam_policy_document" "replies" {
  count = var.replies == null ? 0 : 1

  statement {
    sid       = "FromSesRule"
    actions   = ["sns:Publish"]
    resources = [aws_sns_topic.replies[0].arn]

    principals {
      type        = "Service"
      identifiers = ["ses.amazonaws.com"]
    }

    condition {
      test     = "StringEquals"
      variable = "aws:SourceAccount"
      values   = [data.aws_caller_identity.current.account_id]
    }

    condition {
      test     = "ArnEquals"
      variable = "aws:SourceArn"
      values = [
        join(":", [
          "arn",
          data.aws_partition.current.partition,
          "ses",
          data.aws_region.current.region,
          data.aws_caller_identity.current.account_id,
          "receipt-rule-set/${local.rule_set}:receipt-rule/${local.replies_rule}",
        ]),
      ]
    }
  }
}
