# Alarms on the results of whole runs, from the final report of each.

resource "aws_cloudwatch_metric_alarm" "template_copy_share" {
  alarm_name          = "${var.name}-template-copy"
  alarm_description   = "More than ${var.limits.template_copy_share * 100} % of emails have template copy: the model refuses, or its copy breaks the rules."
  comparison_operator = "GreaterThanThreshold"
  threshold           = var.limits.template_copy_share
  evaluation_periods  = 1
  treat_missing_data  = "notBreaching"
  alarm_actions       = local.notify
  ok_actions          = local.notify

  dynamic "metric_query" {
    for_each = { emails = "emails", template_copy = "emails_template_copy" }

    content {
      id = metric_query.key

      metric {
        namespace   = local.namespace
        metric_name = metric_query.value
        dimensions  = { service = "mailer" }
        period      = 900
        stat        = "Sum"
      }
    }
  }

  metric_query {
    id          = "share"
    label       = "Share of emails with template copy"
    expression  = "IF(emails > 0, FILL(template_copy, 0) / emails, 0)"
    return_data = true
  }
}

# A run's metrics carry the name of the service in which it ended: the mailer, or the one that failed it.
locals {
  making = { for service, queue in local.stages : service => queue if !contains(["sender", "feedback"], service) }

  run_alarms = {
    run-failed  = { metric = "runs_failed", stat = "Sum", expression = "SUM(METRICS())", threshold = 0, description = "A run ended without emails: the ledger and the message in the ops queue name the reason." }
    run-stopped = { metric = "runs_stopped", stat = "Sum", expression = "SUM(METRICS())", threshold = 0, description = "Its budget has stopped a run, which waits: `fondly runs --status stopped` says why, `fondly run resume` goes on." }
    run-cost    = { metric = "run_cost_usd", stat = "Maximum", expression = "MAX(METRICS())", threshold = var.limits.run_cost_usd, description = "One run cost more than ${var.limits.run_cost_usd} US dollars at list prices: its summary itemises the cost." }
    run-silent  = { metric = "turns_taken_over", stat = "Sum", expression = "SUM(METRICS())", threshold = 0, description = "A run is no longer checked: another took its turn in Personalize. Its poll is a dead letter, or lost." }
  }
}

resource "aws_cloudwatch_metric_alarm" "run" {
  for_each = local.run_alarms

  alarm_name          = "${var.name}-${each.key}"
  alarm_description   = each.value.description
  comparison_operator = "GreaterThanThreshold"
  threshold           = each.value.threshold
  evaluation_periods  = 1
  treat_missing_data  = "notBreaching"
  alarm_actions       = local.notify

  dynamic "metric_query" {
    for_each = local.making

    content {
      id = metric_query.key

      metric {
        namespace   = local.namespace
        metric_name = each.value.metric
        dimensions  = { service = metric_query.key }
        period      = 300
        stat        = each.value.stat
      }
    }
  }

  metric_query {
    id          = "all"
    label       = "In whichever service the run ended"
    expression  = each.value.expression
    return_data = true
  }
}
