# Alarms on queues and stages. Each description says what to look at first.

locals {
  notify = [aws_sns_topic.alarms.arn]
}

resource "aws_cloudwatch_metric_alarm" "dead_letters" {
  for_each = var.dead_letter_names

  alarm_name          = "${var.name}-${each.key}-dead-letters"
  alarm_description   = "A message of ${each.key} was dead-lettered: its attributes say why. Fix the cause, then redrive."
  namespace           = "AWS/SQS"
  metric_name         = "ApproximateNumberOfMessagesVisible"
  dimensions          = { QueueName = each.value }
  statistic           = "Maximum"
  period              = 60
  evaluation_periods  = 1
  comparison_operator = "GreaterThanThreshold"
  threshold           = 0
  treat_missing_data  = "notBreaching"
  alarm_actions       = local.notify
  ok_actions          = local.notify
}

# A large run may wait for its quota for days. The service says how long a run takes at what the quota allows, and is late
# after twice that: another run may be in front.
resource "aws_cloudwatch_metric_alarm" "oldest_message" {
  for_each = { for service in ["sentiment", "mailer"] : service => local.stages[service] }

  alarm_name          = "${var.name}-${each.key}-oldest-message"
  alarm_description   = "A message for ${each.key} waits longer than its run takes by the service's own estimate: too few tasks, or a throttled AI service."
  comparison_operator = "GreaterThanThreshold"
  threshold           = 0
  evaluation_periods  = 1
  treat_missing_data  = "notBreaching"
  alarm_actions       = local.notify
  ok_actions          = local.notify

  dynamic "metric_query" {
    for_each = {
      age      = { namespace = "AWS/SQS", metric = "ApproximateAgeOfOldestMessage", of = { QueueName = each.value } }
      estimate = { namespace = local.namespace, metric = "run_estimate_seconds", of = { service = each.key } }
    }

    content {
      id = metric_query.key

      metric {
        namespace   = metric_query.value.namespace
        metric_name = metric_query.value.metric
        dimensions  = metric_query.value.of
        period      = 3600
        stat        = "Maximum"
      }
    }
  }

  metric_query {
    id          = "late"
    label       = "Older than twice the run's estimate, and the time to wake up"
    expression  = "IF(age > ${var.limits.waking_s} + 2 * estimate, 1, 0)"
    return_data = true
  }
}

# Messages wait, none leaves the queue, and no call of an AI service or SES is made: no task starts, or every attempt fails.
# A part that waits for its quota holds its message for hours, but makes calls.
resource "aws_cloudwatch_metric_alarm" "stuck" {
  for_each = local.stages

  alarm_name          = "${var.name}-${each.key}-stuck"
  alarm_description   = "Messages wait for ${each.key}, but there has been no progress for ${var.limits.stuck_minutes} minutes: check its log and its ECS events."
  comparison_operator = "GreaterThanThreshold"
  threshold           = 0
  evaluation_periods  = ceil(var.limits.stuck_minutes / 5)
  treat_missing_data  = "notBreaching"
  alarm_actions       = local.notify
  ok_actions          = local.notify

  dynamic "metric_query" {
    for_each = merge(
      {
        waiting = { namespace = "AWS/SQS", metric = "ApproximateNumberOfMessagesVisible", stat = "Minimum", of = { QueueName = each.value } }
        done    = { namespace = "AWS/SQS", metric = "NumberOfMessagesDeleted", stat = "Sum", of = { QueueName = each.value } }
      },
      contains(values(local.quotas), each.key) ? {
        calls = { namespace = local.namespace, metric = "quota_calls", stat = "Sum", of = { service = each.key } }
      } : {},
    )

    content {
      id = metric_query.key

      metric {
        namespace   = metric_query.value.namespace
        metric_name = metric_query.value.metric
        dimensions  = metric_query.value.of
        period      = 300
        stat        = metric_query.value.stat
      }
    }
  }

  metric_query {
    id          = "stuck"
    label       = "Messages waiting without progress"
    expression  = contains(values(local.quotas), each.key) ? "IF(SUM([done, calls]) > 0, 0, waiting)" : "IF(done > 0, 0, waiting)"
    return_data = true
  }
}

resource "aws_cloudwatch_metric_alarm" "error_share" {
  for_each = local.stages

  alarm_name          = "${var.name}-${each.key}-errors"
  alarm_description   = "More than ${var.limits.error_share * 100} % of the messages that ${each.key} received failed: retried or dead-lettered."
  comparison_operator = "GreaterThanThreshold"
  threshold           = var.limits.error_share
  evaluation_periods  = 3
  datapoints_to_alarm = 2
  treat_missing_data  = "notBreaching"
  alarm_actions       = local.notify
  ok_actions          = local.notify

  dynamic "metric_query" {
    for_each = {
      received      = "messages_received"
      retried       = "messages_retried"
      dead_lettered = "messages_dead_lettered"
    }

    content {
      id = metric_query.key

      metric {
        namespace   = local.namespace
        metric_name = metric_query.value
        dimensions  = { service = each.key }
        period      = 300
        stat        = "Sum"
      }
    }
  }

  metric_query {
    id          = "share"
    label       = "Share of messages that failed"
    expression  = "IF(received > 0, (FILL(retried, 0) + FILL(dead_lettered, 0)) / received, 0)"
    return_data = true
  }
}

# While the circuit is open, a service only probes with a message now and then: few errors, so the error share may hide
# the outage. Pauses grow to five minutes, so one quiet period proves nothing: two of three must breach.
resource "aws_cloudwatch_metric_alarm" "circuit" {
  for_each = local.stages

  alarm_name          = "${var.name}-${each.key}-paused"
  alarm_description   = "${each.key} keeps pausing because a dependency is down: its log names the error."
  namespace           = local.namespace
  metric_name         = "circuit_opened"
  dimensions          = { service = each.key }
  statistic           = "Sum"
  period              = 300
  evaluation_periods  = 3
  datapoints_to_alarm = 2
  comparison_operator = "GreaterThanThreshold"
  threshold           = 0
  treat_missing_data  = "notBreaching"
  alarm_actions       = local.notify
  ok_actions          = local.notify
}
