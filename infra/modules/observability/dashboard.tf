# The pipeline from left to right, one column per stage, four beside each other; below it the results of finished runs, as
# the mailer reports them, and what has become of their emails.

locals {
  columns      = 4
  column_width = floor(24 / local.columns)
  row_height   = 6
  stage_height = ceil(length(var.stages) / local.columns) * length(local.stage_rows)

  stage_rows = [
    {
      title = "backlog"
      metrics = { for service, queue in local.stages : service => [
        ["AWS/SQS", "ApproximateNumberOfMessagesVisible", "QueueName", queue, { label = "waiting", stat = "Maximum" }],
        [".", "ApproximateNumberOfMessagesNotVisible", ".", ".", { label = "in flight", stat = "Maximum" }],
        [".", "ApproximateNumberOfMessagesDelayed", ".", ".", { label = "delayed", stat = "Maximum" }],
        [local.namespace, local.metrics.backlog, "service", service, { label = "waiting, seen by tasks", stat = "Maximum" }],
        [local.namespace, local.metrics.in_flight, "service", service, { label = "in flight, seen by tasks", stat = "Maximum" }],
        [
          "ECS/ContainerInsights", "RunningTaskCount", "ClusterName", var.cluster_name, "ServiceName", "${var.name}-${service}",
          { label = "tasks", stat = "Maximum", yAxis = "right" },
        ],
      ] }
    },
    {
      title = "age, s"
      metrics = { for service, queue in local.stages : service => [
        ["AWS/SQS", "ApproximateAgeOfOldestMessage", "QueueName", queue, { label = "oldest waiting", stat = "Maximum" }],
        [local.namespace, local.metrics.lag_seconds, "service", service, { label = "sent to handled, p95", stat = "p95" }],
        [local.namespace, local.metrics.age_seconds, "service", service, { label = "since first receipt, p95", stat = "p95" }],
        [local.namespace, local.metrics.handler_seconds, "service", service, { label = "handler, p95", stat = "p95" }],
      ] }
    },
    {
      title = "throughput per minute"
      metrics = { for service, queue in local.stages : service => [
        [local.namespace, local.metrics.received, "service", service, { label = "received", stat = "Sum" }],
        [local.namespace, local.metrics.succeeded, "service", service, { label = "succeeded", stat = "Sum" }],
      ] }
    },
    {
      title = "failures per minute"
      metrics = { for service, queue in local.stages : service => [
        [local.namespace, local.metrics.retried, "service", service, { label = "retried", stat = "Sum" }],
        [local.namespace, local.metrics.dead_lettered, "service", service, { label = "dead-lettered", stat = "Sum" }],
        [local.namespace, local.metrics.circuit_opened, "service", service, { label = "paused", stat = "Sum" }],
        [local.namespace, local.metrics.runs_failed, "service", service, { label = "runs failed", stat = "Sum" }],
      ] }
    },
  ]

  stage_widgets = flatten([
    for row, content in local.stage_rows : [
      for column, stage in var.stages : {
        type   = "metric"
        x      = column % local.columns * local.column_width
        y      = (floor(column / local.columns) * length(local.stage_rows) + row) * local.row_height
        width  = local.column_width
        height = local.row_height
        properties = {
          title   = "${stage.service}: ${content.title}"
          region  = local.region
          period  = 60
          metrics = content.metrics[stage.service]
        }
      }
    ]
  ])

  run_charts = [
    {
      title = "output"
      stat  = "Sum"
      metrics = [
        [local.namespace, local.metrics.reviews_scored, "service", "mailer", { label = "reviews scored" }],
        [local.namespace, local.metrics.emails, "service", "mailer", { label = "emails" }],
        [local.namespace, local.metrics.copy_prompts, "service", "mailer", { label = "prompts for copy" }],
        [local.namespace, local.metrics.copy_calls, "service", "mailer", { label = "calls for copy" }],
        [local.namespace, local.metrics.runs_finished, "service", "mailer", { label = "runs finished", yAxis = "right" }],
      ]
    },
    {
      title = "degraded output"
      stat  = "Sum"
      metrics = [
        [local.namespace, local.metrics.rejected_rows, "service", "mailer", { label = "rows rejected" }],
        [local.namespace, local.metrics.customers_by_popularity, "service", "mailer", { label = "customers by popularity" }],
        [local.namespace, local.metrics.copy_repairs, "service", "mailer", { label = "copy repairs" }],
        [local.namespace, local.metrics.emails_template_copy, "service", "mailer", { label = "emails with template copy" }],
        [local.namespace, local.metrics.emails_mixed_copy, "service", "mailer", { label = "emails with some house text" }],
        [local.namespace, local.metrics.house_fields, "service", "mailer", { label = "fields with house text" }],
        [local.namespace, local.metrics.emails_failed, "service", "mailer", { label = "emails failed" }],
      ]
    },
    {
      title = "texts by label"
      stat  = "Sum"
      metrics = [
        [local.namespace, local.metrics.texts_positive, "service", "mailer", { label = "positive" }],
        [local.namespace, local.metrics.texts_negative, "service", "mailer", { label = "negative" }],
        [local.namespace, local.metrics.texts_neutral, "service", "mailer", { label = "neutral" }],
        [local.namespace, local.metrics.texts_mixed, "service", "mailer", { label = "mixed" }],
        [local.namespace, local.metrics.reviews_unscored, "service", "mailer", { label = "reviews not scored" }],
      ]
    },
    {
      title = "units billed by AI services"
      stat  = "Sum"
      metrics = [
        [local.namespace, local.metrics.comprehend_units, "service", "sentiment", { label = "Comprehend, 100 characters" }],
        [local.namespace, local.metrics.ranked_customers, "service", "recommender", { label = "Personalize, customers" }],
        [local.namespace, local.metrics.input_tokens, "service", "mailer", { label = "Bedrock, tokens in", yAxis = "right" }],
        [local.namespace, local.metrics.output_tokens, "service", "mailer", { label = "Bedrock, tokens out", yAxis = "right" }],
      ]
    },
    {
      title = "runs without a version of their own"
      stat  = "Sum"
      metrics = [
        [local.namespace, local.metrics.versions_reused, "service", "recommender", { label = "used an earlier one again" }],
        [local.namespace, local.metrics.versions_refused, "service", "recommender", { label = "trained a worse one" }],
      ]
    },
    {
      title = "cost per run, US dollars"
      stat  = "Maximum"
      metrics = [
        [local.namespace, local.metrics.run_cost_usd, "service", "mailer", { label = "total" }],
        [local.namespace, local.metrics.ai_cost_usd, "service", "mailer", { label = "AI services" }],
      ]
    },
    {
      title = "run duration, s"
      stat  = "Maximum"
      metrics = [
        [local.namespace, local.metrics.run_seconds, "service", "mailer", { label = "upload to last email" }],
      ]
    },
    {
      title = "calls to Comprehend"
      stat  = "Sum"
      metrics = [
        [local.namespace, local.metrics.quota_calls, "service", "sentiment", { label = "sent" }],
        [local.namespace, local.metrics.quota_calls_throttled, "service", "sentiment", { label = "throttled" }],
        [local.namespace, local.metrics.quota_wait_seconds, "service", "sentiment", { label = "seconds waited", yAxis = "right" }],
        [local.namespace, local.metrics.quota_calls_per_s, "service", "sentiment", { label = "allowed per second", stat = "Maximum" }],
      ]
    },
    {
      title = "calls to the model"
      stat  = "Sum"
      metrics = [
        [local.namespace, local.metrics.quota_calls, "service", "mailer", { label = "sent" }],
        [local.namespace, local.metrics.quota_calls_throttled, "service", "mailer", { label = "throttled" }],
        [local.namespace, local.metrics.quota_wait_seconds, "service", "mailer", { label = "seconds waited", yAxis = "right" }],
        [local.namespace, local.metrics.quota_calls_per_s, "service", "mailer", { label = "allowed per second", stat = "Maximum" }],
      ]
    },
    {
      title = "campaigns of Personalize"
      stat  = "Sum"
      metrics = [
        [local.namespace, local.metrics.campaign_tps_seconds, "service", "recommender", { label = "paid for, s × requests/s" }],
        [local.namespace, local.metrics.campaign_idle_seconds, "service", "recommender", { label = "idle, s", stat = "Maximum" }],
      ]
    },
    {
      title = "delivery"
      stat  = "Sum"
      metrics = [
        [local.namespace, local.metrics.emails_sent, "service", "sender", { label = "sent" }],
        [local.namespace, local.metrics.emails_not_sent, "service", "sender", { label = "not sent, for a reason" }],
        [local.namespace, local.metrics.emails_refused, "service", "sender", { label = "refused" }],
        [local.namespace, local.metrics.emails_in_doubt, "service", "sender", { label = "in doubt" }],
      ]
    },
    {
      title = "what comes back"
      stat  = "Sum"
      metrics = [
        [local.namespace, local.metrics.unsubscribes, "service", "feedback", { label = "unsubscribed" }],
        [local.namespace, local.metrics.preferences_kept, "service", "feedback", { label = "preferences" }],
        [local.namespace, local.metrics.bounces_hard, "service", "feedback", { label = "hard bounces" }],
        [local.namespace, local.metrics.bounces_soft, "service", "feedback", { label = "soft bounces" }],
        [local.namespace, local.metrics.complaints, "service", "feedback", { label = "complaints" }],
        [local.namespace, local.metrics.feedback_forged, "service", "feedback", { label = "forged, dropped" }],
        [local.namespace, local.metrics.mail_unread, "service", "feedback", { label = "mails for nobody" }],
        [local.namespace, local.metrics.complaint_rate, "service", "feedback", { label = "share of complaints", stat = "Maximum", yAxis = "right" }],
      ]
    },
    {
      title = "deliveries that wait for a person"
      stat  = "Sum"
      metrics = [
        [local.namespace, local.metrics.deliveries_held, "service", "sender", { label = "opened and held" }],
        [local.namespace, local.metrics.deliveries_paused, "service", "feedback", { label = "paused by complaints" }],
        [local.namespace, local.metrics.delivery_wait_seconds, "service", "sender", { label = "longest wait, s", stat = "Maximum", yAxis = "right" }],
      ]
    },
    {
      title = "calls to SES"
      stat  = "Sum"
      metrics = [
        [local.namespace, local.metrics.quota_calls, "service", "sender", { label = "sent" }],
        [local.namespace, local.metrics.quota_calls_throttled, "service", "sender", { label = "throttled" }],
        [local.namespace, local.metrics.quota_wait_seconds, "service", "sender", { label = "seconds waited", yAxis = "right" }],
        [local.namespace, local.metrics.quota_calls_per_s, "service", "sender", { label = "allowed per second", stat = "Maximum" }],
      ]
    },
    {
      title = "real-time requests"
      stat  = "Sum"
      metrics = [
        [local.namespace, local.metrics.web_requests, "service", "recommender-web", { label = "answered or refused" }],
        [local.namespace, local.metrics.web_requests_refused, "service", "recommender-web", { label = "refused as too many" }],
        [local.namespace, local.metrics.web_requests_failed, "service", "recommender-web", { label = "failed" }],
        [local.namespace, local.metrics.web_fallbacks, "service", "recommender-web", { label = "from what is kept" }],
      ]
    },
    {
      title = "real-time answers, s"
      stat  = "p99"
      metrics = [
        [local.namespace, local.metrics.web_seconds, "service", "recommender-web", { label = "median", stat = "p50" }],
        [local.namespace, local.metrics.web_seconds, "service", "recommender-web", { label = "p99" }],
      ]
    },
  ]

  run_widgets = [
    for number, chart in local.run_charts : {
      type   = "metric"
      x      = number % 3 * 8
      y      = (local.stage_height + floor(number / 3)) * local.row_height
      width  = 8
      height = local.row_height
      properties = {
        title   = chart.title
        region  = local.region
        period  = 300
        stat    = chart.stat
        metrics = chart.metrics
      }
    }
  ]
}

resource "aws_cloudwatch_dashboard" "this" {
  dashboard_name = var.name
  dashboard_body = jsonencode({ widgets = concat(local.stage_widgets, local.run_widgets) })
}
