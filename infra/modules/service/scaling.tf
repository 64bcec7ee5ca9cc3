# The backlog per task decides how many tasks run. Three rules, each with one job:
#
#   wake   messages wait and nobody handles any          -> one task more
#   grow   more messages wait per task than the target   -> more tasks, in proportion
#   rest   no message is waiting, in flight or delayed   -> back to the minimum
#
# Only rest removes tasks, and only when everything that is known of the last minutes says that there is nothing to do: the
# visible backlog is zero while every task handles its last messages, and the work of a task stopped then would be lost.
# Delayed messages count as work for the same reason: the recommender waits for Personalize by sending them to itself.
#
# Metrics arrive late, and sometimes not at all: Container Insights after one to three minutes, those of SQS not at all
# while a queue has been unused for hours, and up to 15 minutes after that. So nothing reads a missing figure as zero:
# FILL(m, REPEAT) takes the last known one. Waking and resting look at SQS alone. tests/scaling runs these rules minute
# by minute against such metrics.

locals {
  scaling = var.scaling == null ? {} : { queue = var.scaling }

  queue_metrics = {
    visible   = "ApproximateNumberOfMessagesVisible"
    in_flight = "ApproximateNumberOfMessagesNotVisible"
    delayed   = "ApproximateNumberOfMessagesDelayed"
  }
}

resource "aws_appautoscaling_target" "this" {
  for_each = local.scaling

  service_namespace  = "ecs"
  scalable_dimension = "ecs:service:DesiredCount"
  resource_id        = "service/${var.cluster.name}/${aws_ecs_service.this.name}"
  min_capacity       = each.value.min_tasks
  max_capacity       = each.value.max_tasks
}

resource "aws_appautoscaling_policy" "grow" {
  for_each = local.scaling

  name               = "${var.name}-grow"
  policy_type        = "TargetTrackingScaling"
  service_namespace  = aws_appautoscaling_target.this[each.key].service_namespace
  scalable_dimension = aws_appautoscaling_target.this[each.key].scalable_dimension
  resource_id        = aws_appautoscaling_target.this[each.key].resource_id

  target_tracking_scaling_policy_configuration {
    target_value       = each.value.backlog_per_task
    disable_scale_in   = true
    scale_out_cooldown = 420 # a task's start, and how late its metric may be: until then it would be counted again

    customized_metric_specification {
      metrics {
        id          = "visible"
        return_data = false

        metric_stat {
          stat = "Average"

          metric {
            namespace   = "AWS/SQS"
            metric_name = local.queue_metrics.visible

            dimensions {
              name  = "QueueName"
              value = each.value.queue_name
            }
          }
        }
      }

      metrics {
        id          = "running"
        return_data = false

        metric_stat {
          stat = "Average"

          metric {
            namespace   = "ECS/ContainerInsights"
            metric_name = "RunningTaskCount"

            dimensions {
              name  = "ClusterName"
              value = var.cluster.name
            }

            dimensions {
              name  = "ServiceName"
              value = var.name
            }
          }
        }
      }

      metrics {
        id          = "tasks"
        label       = "Running tasks, as far as known"
        expression  = "FILL(running, REPEAT)"
        return_data = false
      }

      metrics {
        id          = "backlog_per_task"
        label       = "Messages waiting per running task"
        expression  = "visible / IF(tasks > 0, tasks, 1)"
        return_data = true
      }
    }
  }
}

resource "aws_appautoscaling_policy" "wake" {
  for_each = local.scaling

  name               = "${var.name}-wake"
  policy_type        = "StepScaling"
  service_namespace  = aws_appautoscaling_target.this[each.key].service_namespace
  scalable_dimension = aws_appautoscaling_target.this[each.key].scalable_dimension
  resource_id        = aws_appautoscaling_target.this[each.key].resource_id

  step_scaling_policy_configuration {
    adjustment_type         = "ChangeInCapacity" # an exact capacity would cut a fleet that looks asleep
    metric_aggregation_type = "Maximum"
    cooldown                = 600 # the alarm stands until a task has received a message; less than it takes to rest

    step_adjustment {
      metric_interval_lower_bound = 0
      scaling_adjustment          = 1
    }
  }
}

resource "aws_appautoscaling_policy" "rest" {
  for_each = local.scaling

  name               = "${var.name}-rest"
  policy_type        = "StepScaling"
  service_namespace  = aws_appautoscaling_target.this[each.key].service_namespace
  scalable_dimension = aws_appautoscaling_target.this[each.key].scalable_dimension
  resource_id        = aws_appautoscaling_target.this[each.key].resource_id

  step_scaling_policy_configuration {
    adjustment_type         = "ExactCapacity"
    metric_aggregation_type = "Maximum"
    cooldown                = 60

    step_adjustment {
      metric_interval_upper_bound = 0
      scaling_adjustment          = each.value.min_tasks
    }
  }
}

resource "aws_cloudwatch_metric_alarm" "wake" {
  for_each = local.scaling

  alarm_name          = "${var.name}-wake"
  alarm_description   = "For scaling, no action needed: messages wait and nobody handles any."
  comparison_operator = "GreaterThanOrEqualToThreshold"
  threshold           = 1
  evaluation_periods  = 1 # a false alarm costs one idle task, a second period a minute of every stage
  treat_missing_data  = "notBreaching"
  alarm_actions       = [aws_appautoscaling_policy.wake[each.key].arn]

  dynamic "metric_query" {
    for_each = { for id in ["visible", "in_flight"] : id => local.queue_metrics[id] }

    content {
      id = metric_query.key

      metric {
        namespace   = "AWS/SQS"
        metric_name = metric_query.value
        dimensions  = { QueueName = each.value.queue_name }
        period      = 60
        stat        = "Maximum"
      }
    }
  }

  metric_query {
    id          = "asleep_with_work"
    label       = "Messages waiting while none is handled"
    expression  = "IF(FILL(in_flight, REPEAT) < 1, visible, 0)"
    return_data = true
  }
}

resource "aws_cloudwatch_metric_alarm" "rest" {
  for_each = local.scaling

  alarm_name          = "${var.name}-rest"
  alarm_description   = "For scaling, no action needed: the queue has been empty for ${each.value.idle_minutes} minutes."
  comparison_operator = "LessThanOrEqualToThreshold"
  threshold           = 0
  evaluation_periods  = each.value.idle_minutes
  treat_missing_data  = "notBreaching" # silence says nothing: the fleet has rested long before SQS stops reporting
  alarm_actions       = [aws_appautoscaling_policy.rest[each.key].arn]

  dynamic "metric_query" {
    for_each = local.queue_metrics

    content {
      id = metric_query.key

      metric {
        namespace   = "AWS/SQS"
        metric_name = metric_query.value
        dimensions  = { QueueName = each.value.queue_name }
        period      = 60
        stat        = "Maximum"
      }
    }
  }

  metric_query {
    id          = "work"
    label       = "Messages waiting, in flight or delayed"
    expression  = "FILL(visible, REPEAT) + FILL(in_flight, REPEAT) + FILL(delayed, REPEAT)"
    return_data = true
  }
}
