# The backlog per task decides how many tasks run. Three rules, each with one job:
#
#   wake   messages wait and no task runs                -> one task
#   grow   more messages wait per task than the target   -> more tasks, in proportion
#   rest   no message is waiting, in flight or delayed   -> back to the minimum
#
# Growing never removes tasks: the visible backlog is zero while every task handles its last messages, and the work of a
# task stopped then would be lost. Delayed messages count as work for the same reason: the recommender waits for
# Personalize by sending them to itself.

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
    scale_out_cooldown = 60

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
        id          = "backlog_per_task"
        label       = "Messages waiting per running task"
        expression  = "IF(FILL(running, 0) > 0, visible / running, visible)"
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
    adjustment_type         = "ExactCapacity"
    metric_aggregation_type = "Maximum"
    cooldown                = 120

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
  alarm_description   = "For scaling, no action needed: messages wait and no task runs."
  comparison_operator = "GreaterThanOrEqualToThreshold"
  threshold           = 1
  evaluation_periods  = 1
  treat_missing_data  = "notBreaching"
  alarm_actions       = [aws_appautoscaling_policy.wake[each.key].arn]

  metric_query {
    id = "visible"

    metric {
      namespace   = "AWS/SQS"
      metric_name = local.queue_metrics.visible
      dimensions  = { QueueName = each.value.queue_name }
      period      = 60
      stat        = "Maximum"
    }
  }

  metric_query {
    id = "running"

    metric {
      namespace   = "ECS/ContainerInsights"
      metric_name = "RunningTaskCount"
      dimensions  = { ClusterName = var.cluster.name, ServiceName = var.name }
      period      = 60
      stat        = "Maximum"
    }
  }

  metric_query {
    id          = "asleep_with_work"
    label       = "Messages waiting while no task runs"
    expression  = "IF(FILL(running, 0) < 1, visible, 0)"
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
  treat_missing_data  = "breaching" # SQS stops reporting on a queue that has been idle for hours
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
    expression  = "visible + in_flight + delayed"
    return_data = true
  }
}
