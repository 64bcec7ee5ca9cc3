# State changes of long jobs, sent into the queue of the service that waits for them.
#
# Off by default, because the services do not know these events yet: they would bury each as a message that can
# never succeed. Until a handler wakes the waiting run on such an event, the recommender's delayed checks do the
# waiting, and the mailer makes no Bedrock batch jobs at all.

locals {
  job_events = {
    recommender = {
      source = ["aws.personalize"]
      detail-type = [
        "Personalize Batch Inference Job State Change",
        "Personalize Dataset Import Job State Change",
        "Personalize Solution Version State Change",
      ]
    }
    mailer = {
      source      = ["aws.bedrock"]
      detail-type = ["Batch Inference Job State Change"]
    }
  }

  # By name, not from the rules: the queues' policies name the rules, and the rules' targets the queues.
  event_rule_arns = {
    for queue in keys(local.job_events) : queue => [
      "arn:${local.partition}:events:${local.region}:${local.account_id}:rule/${var.name}-jobs-${queue}"
    ] if var.job_events
  }
}

resource "aws_cloudwatch_event_rule" "jobs" {
  for_each = local.job_events

  name          = "${var.name}-jobs-${each.key}"
  description   = "State changes of the jobs that the ${each.key} waits for"
  event_pattern = jsonencode(each.value)
  state         = var.job_events ? "ENABLED" : "DISABLED"
}

resource "aws_cloudwatch_event_target" "jobs" {
  for_each = local.job_events

  rule = aws_cloudwatch_event_rule.jobs[each.key].name
  arn  = module.topology.queue_arns[each.key]
}
