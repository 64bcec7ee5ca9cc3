data "aws_region" "current" {}
data "aws_caller_identity" "current" {}
data "aws_partition" "current" {}

locals {
  # What becomes of emails, one topic each, to which the queue `feedback` subscribes.
  feedback = {
    sends      = ["SEND"]
    bounces    = ["BOUNCE"]
    complaints = ["COMPLAINT"]
  }

  # It has one MX record, of one region.
  mail_from_domain = "bounce-${data.aws_region.current.region}.${var.domain}"

  # Beside those of DKIM, which SES makes up.
  dns_records = concat([
    {
      name  = local.mail_from_domain
      type  = "MX"
      value = "10 feedback-smtp.${data.aws_region.current.region}.amazonses.com"
    },
    { name = local.mail_from_domain, type = "TXT", value = "v=spf1 include:amazonses.com -all" },
    { name = "_dmarc.${var.domain}", type = "TXT", value = "v=DMARC1; p=quarantine; adkim=r; aspf=r" },
  ], local.replies_records)
}

resource "aws_sesv2_email_identity" "this" {
  email_identity         = var.domain
  configuration_set_name = aws_sesv2_configuration_set.this.configuration_set_name

  dkim_signing_attributes {
    next_signing_key_length = "RSA_2048_BIT"
  }
}

# Bounces go to a subdomain, so that SPF aligns with the From address (DMARC).
resource "aws_sesv2_email_identity_mail_from_attributes" "this" {
  email_identity         = aws_sesv2_email_identity.this.email_identity
  mail_from_domain       = local.mail_from_domain
  behavior_on_mx_failure = "USE_DEFAULT_VALUE"
}

resource "aws_sesv2_configuration_set" "this" {
  configuration_set_name = var.name

  delivery_options {
    tls_policy = "REQUIRE"
  }

  reputation_options {
    reputation_metrics_enabled = true
  }

  suppression_options {
    suppressed_reasons = ["BOUNCE", "COMPLAINT"]
  }
}

resource "aws_sesv2_configuration_set_event_destination" "feedback" {
  for_each = local.feedback

  configuration_set_name = aws_sesv2_configuration_set.this.configuration_set_name
  event_destination_name = each.key

  event_destination {
    enabled              = true
    matching_event_types = each.value

    sns_destination {
      topic_arn = aws_sns_topic.feedback[each.key].arn
    }
  }

  depends_on = [aws_sns_topic_policy.feedback] # SES publishes a test message at once
}

resource "aws_sns_topic" "feedback" {
  for_each = local.feedback

  name              = "${var.name}-email-${each.key}"
  kms_master_key_id = var.messages_key_arn
}

resource "aws_sns_topic_policy" "feedback" {
  for_each = local.feedback

  arn    = aws_sns_topic.feedback[each.key].arn
  policy = data.aws_iam_policy_document.feedback[each.key].json
}

data "aws_iam_policy_document" "feedback" {
  for_each = local.feedback

  statement {
    sid       = "FromSes"
    actions   = ["sns:Publish"]
    resources = [aws_sns_topic.feedback[each.key].arn]

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
      values   = [aws_sesv2_configuration_set.this.arn]
    }
  }
}
