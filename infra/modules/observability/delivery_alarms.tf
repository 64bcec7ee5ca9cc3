# Alarms on deliveries: what their emails have led to, and whether one waits for somebody.

locals {
  delivery_alarms = {
    in-doubt        = { metric = "emails_in_doubt", service = "sender", stat = "Sum", threshold = 0, description = "Of some emails nobody knows whether they were accepted: SES reports it within minutes, by SMTP `fondly run reconcile RUN --log FILE` settles them." }
    refused         = { metric = "emails_refused", service = "sender", stat = "Sum", threshold = var.limits.refused_emails, description = "The provider refused over ${var.limits.refused_emails} emails for good in an hour: the sender's log has what it said." }
    delivery-halted = { metric = "deliveries_halted", service = "sender", stat = "Sum", threshold = 0, description = "The provider accepts nothing at present, for its quota, a password or an identity: `delivery_halted` in the sender's log says why. It tries again by itself." }
    delivery-paused = { metric = "deliveries_paused", service = "feedback", stat = "Sum", threshold = 0, description = "Too many readers complained, and a delivery is paused: `fondly runs` names it, `fondly run resume` goes on with it." }
    mailbox         = { metric = "mailbox_failures", service = "feedback", stat = "Sum", threshold = 10, description = "The mailbox of replies and bounces could not be read: whoever unsubscribes by mail is not heard. `mailbox_failed` in the feedback process's log says why." }
    delivery-waits  = { metric = "delivery_wait_seconds", service = "sender", stat = "Maximum", threshold = var.limits.held_hours * 3600, description = "A delivery has waited for somebody for over ${var.limits.held_hours} hours, held or paused: `fondly run approve`, `reject` or `resume`." }
  }

  # What SES itself reckons of the configuration set, over its own window of representative volume: AWS reviews accounts
  # from these shares on, and pauses them from 0.5 % and 10 %. A set that has sent nothing has no such figures.
  reputation_alarms = {
    for name, alarm in {
      complaints = { metric = "Reputation.ComplaintRate", limit = var.limits.complaint_share, what = "Readers call over ${var.limits.complaint_share * 100} % of emails spam" }
      bounces    = { metric = "Reputation.BounceRate", limit = var.limits.bounce_share, what = "Over ${var.limits.bounce_share * 100} % of emails come back for good" }
    } : name => alarm if var.configuration_set_name != null
  }
}

resource "aws_cloudwatch_metric_alarm" "delivery" {
  for_each = local.delivery_alarms

  alarm_name          = "${var.name}-${each.key}"
  alarm_description   = each.value.description
  namespace           = local.namespace
  metric_name         = each.value.metric
  dimensions          = { service = each.value.service }
  statistic           = each.value.stat
  period              = 3600
  evaluation_periods  = 1
  comparison_operator = "GreaterThanThreshold"
  threshold           = each.value.threshold
  treat_missing_data  = "notBreaching"
  alarm_actions       = local.notify
}

resource "aws_cloudwatch_metric_alarm" "reputation" {
  for_each = local.reputation_alarms

  alarm_name          = "${var.name}-${each.key}"
  alarm_description   = "${each.value.what}: pause deliveries (`fondly run pause`), find out which run and why, before AWS pauses the account."
  namespace           = "AWS/SES"
  metric_name         = each.value.metric
  dimensions          = { "ses:configuration-set" = var.configuration_set_name }
  statistic           = "Average"
  period              = 900
  evaluation_periods  = 1
  comparison_operator = "GreaterThanOrEqualToThreshold"
  threshold           = each.value.limit
  treat_missing_data  = "ignore" # SES falls silent between deliveries
  alarm_actions       = local.notify
  ok_actions          = local.notify
}
