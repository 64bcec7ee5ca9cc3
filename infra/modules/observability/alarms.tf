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

resource "aws_cloudwatch_metric_alarm" "oldest_message" {
  for_each = local.stages

  alarm_name          = "${var.name}-${each.key}-oldest-message"
  alarm_description   = "The oldest message for ${each.key} is over ${var.limits.oldest_message_s} s old: too few tasks, or a throttled AI service."
  namespace           = "AWS/SQS"
  metric_name         = "ApproximateAgeOfOldestMessage"
  dimensions          = { QueueName = each.value }
  statistic           = "Maximum"
  period              = 60
  evaluation_periods  = 5
  comparison_operator = "GreaterThanThreshold"
  threshold           = var.limits.oldest_message_s
  treat_missing_data  = "notBreaching"
  alarm_actions       = local.notify
  ok_actions          = local.notify
}

# Messages wait and none leaves the queue: no task starts, or every attempt fails. Both metrics come from SQS, so the
# alarm works even if no task has ever run.
resource "aws_cloudwatch_metric_alarm" "stuck" {
  for_each = local.stages

  alarm_name          = "${var.name}-${each.key}-stuck"
  alarm_description   = "Messages wait for ${each.key}, but none has been handled for ${var.limits.stuck_minutes} minutes: check its log and its ECS events."
  comparison_operator = "GreaterThanThreshold"
  threshold           = 0
  evaluation_periods  = ceil(var.limits.stuck_minutes / 5)
  treat_missing_data  = "notBreaching"
  alarm_actions       = local.notify
  ok_actions          = local.notify

  metric_query {
    id = "waiting"

    metric {
      namespace   = "AWS/SQS"
      metric_name = "ApproximateNumberOfMessagesVisible"
      dimensions  = { QueueName = each.value }
      period      = 300
      stat        = "Minimum"
    }
  }

  metric_query {
    id = "done"

    metric {
      namespace   = "AWS/SQS"
      metric_name = "NumberOfMessagesDeleted"
      dimensions  = { QueueName = each.value }
      period      = 300
      stat        = "Sum"
    }
  }

  metric_query {
    id          = "stuck"
    label       = "Messages waiting while none is finished"
    expression  = "IF(done > 0, 0, waiting)"
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
