data "aws_region" "current" {}

data "aws_caller_identity" "current" {}

locals {
  region = data.aws_region.current.region
  stages = { for stage in var.stages : stage.service => stage.queue_name }

  # The services' own metrics, from the log lines of encore.runtime.metrics. A test compares the names.
  namespace = "Encore/${var.name}"
  metrics = {
    received                = "messages_received"
    succeeded               = "messages_succeeded"
    retried                 = "messages_retried"
    dead_lettered           = "messages_dead_lettered"
    handler_seconds         = "handler_seconds"
    age_seconds             = "message_age_seconds"
    lag_seconds             = "lag_seconds"
    backlog                 = "queue_backlog"
    in_flight               = "queue_in_flight"
    circuit_opened          = "circuit_opened"
    quota_calls             = "quota_calls"
    quota_calls_throttled   = "quota_calls_throttled"
    quota_wait_seconds      = "quota_wait_seconds"
    quota_calls_per_s       = "quota_calls_per_s"
    comprehend_units        = "comprehend_units"
    ranked_customers        = "recommendations_asked"
    input_tokens            = "model_input_tokens"
    output_tokens           = "model_output_tokens"
    rejected_rows           = "rejected_rows"
    reviews_scored          = "reviews_scored"
    reviews_unscored        = "reviews_unscored"
    texts_positive          = "texts_positive"
    texts_negative          = "texts_negative"
    texts_neutral           = "texts_neutral"
    texts_mixed             = "texts_mixed"
    customers_by_popularity = "customers_by_popularity"
    emails                  = "emails"
    emails_template_copy    = "emails_template_copy"
    emails_mixed_copy       = "emails_mixed_copy"
    house_fields            = "house_fields"
    emails_failed           = "emails_failed"
    copy_prompts            = "copy_prompts"
    copy_repairs            = "copy_repairs"
    copy_calls              = "copy_calls"
    ai_cost_usd             = "ai_cost_usd"
    run_cost_usd            = "run_cost_usd"
    run_seconds             = "run_seconds"
    runs_finished           = "runs_finished"
    runs_failed             = "runs_failed"
    turns_taken_over        = "turns_taken_over"
    versions_reused         = "versions_reused"
    versions_refused        = "versions_refused"
    runs_stopped            = "runs_stopped"
    campaign_tps_seconds    = "campaign_tps_seconds"
    campaign_idle_seconds   = "campaign_idle_seconds"
    web_requests            = "web_requests"
    web_requests_refused    = "web_requests_refused"
    web_requests_failed     = "web_requests_failed"
    web_fallbacks           = "web_fallbacks"
    web_seconds             = "web_seconds"
    emails_sent             = "emails_sent"
    emails_not_sent         = "emails_not_sent"
    emails_refused          = "emails_refused"
    emails_in_doubt         = "emails_in_doubt"
    deliveries_held         = "deliveries_held"
    deliveries_halted       = "deliveries_halted"
    deliveries_paused       = "deliveries_paused"
    delivery_wait_seconds   = "delivery_wait_seconds"
    bounces_hard            = "bounces_hard"
    bounces_soft            = "bounces_soft"
    complaints              = "complaints"
    complaint_rate          = "complaint_rate"
    unsubscribes            = "unsubscribes"
    preferences_kept        = "preferences_kept"
    feedback_forged         = "feedback_forged"
    mail_unread             = "mail_unread"
    mailbox_failures        = "mailbox_failures"
  }
}

resource "aws_sns_topic" "alarms" {
  name              = "${var.name}-alarms"
  kms_master_key_id = var.messages_key_arn
}

resource "aws_sns_topic_subscription" "alarms" {
  for_each = var.emails

  topic_arn = aws_sns_topic.alarms.arn
  protocol  = "email"
  endpoint  = each.key
}

resource "aws_sns_topic_policy" "alarms" {
  arn    = aws_sns_topic.alarms.arn
  policy = data.aws_iam_policy_document.alarms.json
}

data "aws_iam_policy_document" "alarms" {
  statement {
    sid       = "FromAlarmsAndBudgets"
    actions   = ["sns:Publish"]
    resources = [aws_sns_topic.alarms.arn]

    principals {
      type        = "Service"
      identifiers = ["budgets.amazonaws.com", "cloudwatch.amazonaws.com"]
    }

    condition {
      test     = "StringEquals"
      variable = "aws:SourceAccount"
      values   = [data.aws_caller_identity.current.account_id]
    }
  }
}
