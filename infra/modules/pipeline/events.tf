# State changes of long jobs, sent into the queue of the service that may wait for them.
#
# News only shortens a wait: the recommender's delayed checks find out by themselves, and have to, because AWS promises
# no delivery. EventBridge's events reference even lists no state changes of Personalize today, only calls recorded by
# CloudTrail. Those are left out: they tell the recommender of its own calls. A rule that nothing matches costs nothing.
# The mailer's rule is off by default: the mailer calls Converse and has no batch jobs, so news of others' jobs in the
# account would start tasks that only acknowledge it. With understudy, no job runs at AWS, and no rule is on.

locals {
  job_events = {
    recommender = {
      source      = ["aws.personalize"]
      detail-type = [{ suffix = " State Change" }]
    }
    mailer = {
      source      = ["aws.bedrock"]
      detail-type = ["Batch Inference Job State Change"]
    }
  }

  told_of_jobs = [for service in var.job_events : service if !var.understudy]

  # By name, not from the rules: the queues' policies name the rules, and the rules' targets the queues.
  event_rule_arns = {
    for queue in local.told_of_jobs : queue => [
      "arn:${local.partition}:events:${local.region}:${local.account_id}:rule/${var.name}-jobs-${queue}"
    ]
  }
}

resource "aws_cloudwatch_event_rule" "jobs" {
  for_each = local.job_events

  name          = "${var.name}-jobs-${each.key}"
  description   = "State changes of jobs, for the ${each.key}"
  event_pattern = jsonencode(each.value)
  state         = contains(local.told_of_jobs, each.key) ? "ENABLED" : "DISABLED"
}

resource "aws_cloudwatch_event_target" "jobs" {
  for_each = local.job_events

  rule = aws_cloudwatch_event_rule.jobs[each.key].name
  arn  = module.topology.queue_arns[each.key]
}
