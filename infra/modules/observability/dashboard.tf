# The pipeline from left to right, one column per stage, four beside each other; below it the results of finished runs, as
# the mailer reports them, and what has become of their emails.

locals {
  columns      = 4
  column_width = floor(24 / local.columns)
  row_height   = 6
  stage_height = ceil(length(var.stages) / local.columns) * length(local.stage_rows)

  stage_rows = [
    { title = "backlog", metrics = { for service, queue in local.stages : service => [
      ["AWS/SQS", "ApproximateNumberOfMessagesVisible", "QueueName", queue, { label = "waiting", stat = "Maximum" }],
      [".", "ApproximateNumberOfMessagesNotVisible", ".", ".", { label = "in flight", stat = "Maximum" }],
      [".", "ApproximateNumberOfMessagesDelayed", ".", ".", { label = "delayed", stat = "Maximum" }],
      [local.namespace, "queue_backlog", "service", service, { label = "waiting, seen by tasks", stat = "Maximum" }],
      [local.namespace, "queue_in_flight", "service", service, { label = "in flight, seen by tasks", stat = "Maximum" }],
      [
        "ECS/ContainerInsights", "RunningTaskCount", "ClusterName", var.cluster_name, "ServiceName", "${var.name}-${service}",
        { label = "tasks", stat = "Maximum", yAxis = "right" },
      ],
    ] } },
    { title = "age, s", metrics = { for service, queue in local.stages : service => [
      ["AWS/SQS", "ApproximateAgeOfOldestMessage", "QueueName", queue, { label = "oldest waiting", stat = "Maximum" }],
      [local.namespace, "lag_seconds", "service", service, { label = "sent to handled, p95", stat = "p95" }],
      [local.namespace, "message_age_seconds", "service", service, { label = "since first receipt, p95", stat = "p95" }],
      [local.namespace, "handler_seconds", "service", service, { label = "handler, p95", stat = "p95" }],
    ] } },
    { title = "throughput per minute", metrics = { for service, queue in local.stages : service => [
      [local.namespace, "messages_received", "service", service, { label = "received", stat = "Sum" }],
      [local.namespace, "messages_succeeded", "service", service, { label = "succeeded", stat = "Sum" }],
    ] } },
    { title = "failures per minute", metrics = { for service, queue in local.stages : service => [
      [local.namespace, "messages_retried", "service", service, { label = "retried", stat = "Sum" }],
      [local.namespace, "messages_dead_lettered", "service", service, { label = "dead-lettered", stat = "Sum" }],
      [local.namespace, "circuit_opened", "service", service, { label = "paused", stat = "Sum" }],
      [local.namespace, "runs_failed", "service", service, { label = "runs failed", stat = "Sum" }],
    ] } },
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

  # By default each line is the sum of what `service` reports.
  run_charts = [
    { title = "output", service = "mailer", lines = [
      { metric = "reviews_scored", label = "reviews scored" },
      { metric = "emails", label = "emails" },
      { metric = "copy_prompts", label = "prompts for copy" },
      { metric = "copy_calls", label = "calls for copy" },
      { metric = "runs_finished", label = "runs finished", yAxis = "right" },
    ] },
    { title = "degraded output", service = "mailer", lines = [
      { metric = "rejected_rows", label = "rows rejected" },
      { metric = "customers_by_popularity", label = "customers by popularity" },
      { metric = "copy_repairs", label = "copy repairs" },
      { metric = "model_members_refused", label = "members of requests refused" },
      { metric = "emails_template_copy", label = "emails with template copy" },
      { metric = "emails_mixed_copy", label = "emails with some template copy" },
      { metric = "template_fields", label = "fields with template copy" },
      { metric = "emails_failed", label = "emails failed" },
    ] },
    { title = "texts by label", service = "mailer", lines = [
      { metric = "texts_positive", label = "positive" },
      { metric = "texts_negative", label = "negative" },
      { metric = "texts_neutral", label = "neutral" },
      { metric = "texts_mixed", label = "mixed" },
      { metric = "reviews_unscored", label = "reviews not scored" },
    ] },
    { title = "units billed by AI services", service = "mailer", lines = [
      { metric = "comprehend_units", service = "sentiment", label = "Comprehend, 100 characters" },
      { metric = "recommendations_asked", service = "recommender", label = "Personalize, customers" },
      { metric = "model_input_tokens", label = "Bedrock, tokens in", yAxis = "right" },
      { metric = "model_output_tokens", label = "Bedrock, tokens out", yAxis = "right" },
    ] },
    { title = "cost per run, US dollars", service = "mailer", stat = "Maximum", lines = [
      { metric = "run_cost_usd", label = "total" },
      { metric = "ai_cost_usd", label = "AI services" },
    ] },
    { title = "run duration, s", service = "mailer", stat = "Maximum", lines = [
      { metric = "run_seconds", label = "upload to last email" },
    ] },
    { title = "delivery", service = "sender", lines = [
      { metric = "emails_sent", label = "sent" },
      { metric = "emails_not_sent", label = "not sent, for a reason" },
      { metric = "emails_refused", label = "refused" },
      { metric = "emails_in_doubt", label = "in doubt" },
    ] },
    { title = "what comes back", service = "feedback", lines = [
      { metric = "unsubscribes", label = "unsubscribed" },
      { metric = "preferences_kept", label = "preferences" },
      { metric = "bounces_hard", label = "hard bounces" },
      { metric = "bounces_soft", label = "soft bounces" },
      { metric = "complaints", label = "complaints" },
      { metric = "feedback_forged", label = "forged, dropped" },
      { metric = "mail_unread", label = "mails for nobody" },
      { metric = "complaint_rate", label = "share of complaints", stat = "Maximum", yAxis = "right" },
    ] },
    { title = "deliveries that wait for a person", service = "sender", lines = [
      { metric = "deliveries_held", label = "opened and held" },
      { metric = "deliveries_paused", service = "feedback", label = "paused by complaints" },
      { metric = "delivery_wait_seconds", label = "longest wait, s", stat = "Maximum", yAxis = "right" },
    ] },
    { title = "real-time requests", service = "recommender-web", lines = [
      { metric = "web_requests", label = "answered or refused" },
      { metric = "web_requests_refused", label = "refused as too many" },
      { metric = "web_requests_failed", label = "failed" },
      { metric = "web_fallbacks", label = "from what is kept" },
    ] },
    { title = "real-time answers, s", service = "recommender-web", stat = "p99", lines = [
      { metric = "web_seconds", label = "median", stat = "p50" },
      { metric = "web_seconds", label = "p99" },
    ] },
  ]

  quotas = { "Comprehend" = "sentiment", "SES" = "sender", "the model" = "mailer" }
  quota_charts = [
    for name, service in local.quotas : {
      title   = "calls to ${name}"
      service = service
      lines = [
        { metric = "quota_calls", label = "sent" },
        { metric = "quota_calls_throttled", label = "throttled" },
        { metric = "quota_wait_seconds", label = "seconds waited", yAxis = "right" },
        { metric = "quota_calls_per_s", label = "allowed per second", stat = "Maximum" },
      ]
    }
  ]

  run_widgets = [
    for number, chart in concat(local.run_charts, local.quota_charts) : {
      type   = "metric"
      x      = number % 3 * 8
      y      = (local.stage_height + floor(number / 3)) * local.row_height
      width  = 8
      height = local.row_height
      properties = {
        title  = chart.title
        region = local.region
        period = 300
        stat   = try(chart.stat, "Sum")
        metrics = [
          for line in chart.lines : [
            local.namespace, line.metric, "service", try(line.service, chart.service),
            { for option, value in line : option => value if !contains(["metric", "service"], option) },
          ]
        ]
      }
    }
  ]
}

resource "aws_cloudwatch_dashboard" "this" {
  dashboard_name = "${var.name}-${local.region}"
  dashboard_body = jsonencode({ widgets = concat(local.stage_widgets, local.run_widgets) })
}
