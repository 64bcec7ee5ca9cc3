# State changes of long jobs, sent to the queue of the service that may be waiting for them.
#
# They only shorten a wait, as services poll anyway: AWS does not guarantee delivery. The mailer's rule is off by default:
# its polls see the end of its jobs within their interval, and events of other jobs in the account would start tasks only
# to acknowledge them. With understudy no job runs on AWS, and no rule is on.

locals {
  job_events = {
    mailer = {
      source      = ["aws.bedrock"]
      detail-type = ["Batch Inference Job State Change"]
    }
  }

  job_event_consumers = [for service in var.job_events : service if !var.understudy]

  # Built from names: queue policies refer to the rules, and the rules' targets to the queues, which would be a cycle.
  event_rule_arns = merge(
    {
      for queue in local.job_event_consumers : queue => [
        "arn:${local.partition}:events:${local.region}:${local.account_id}:rule/${var.name}-jobs-${queue}"
      ]
    },
    local.watches_deliveries ? {
      sender = ["arn:${local.partition}:events:${local.region}:${local.account_id}:rule/${var.name}-deliveries"]
    } : {},
  )
}

resource "aws_cloudwatch_event_rule" "jobs" {
  for_each = local.job_events

  name          = "${var.name}-jobs-${each.key}"
  description   = "State changes of jobs, for the ${each.key}"
  event_pattern = jsonencode(each.value)
  state         = contains(local.job_event_consumers, each.key) ? "ENABLED" : "DISABLED"
}

resource "aws_cloudwatch_event_target" "jobs" {
  for_each = local.job_events

  rule = aws_cloudwatch_event_rule.jobs[each.key].name
  arn  = module.topology.queue_arns[each.key]
}
