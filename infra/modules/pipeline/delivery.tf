# How finished emails reach people: what of SES the sender may use, and when it looks for deliveries that wait.

locals {
  # SES checks a raw message as SendRawEmail, although SESv2's operation is called SendEmail: it answers AccessDenied to
  # whoever may only do the latter. Both are for this domain and this configuration set, whose reports come back here.
  ses_permissions = var.sending.transport != "ses" || var.understudy ? [] : [
    {
      sid        = "SendEmails"
      actions    = ["ses:SendEmail", "ses:SendRawEmail"]
      resources  = [for name in ["configuration-set/${var.sending.configuration_set}", "identity/${var.sending.domain}"] : "arn:${local.partition}:ses:${local.region}:${local.account_id}:${name}"]
      conditions = []
    },
    # The rate and the quota are the account's: AWS defines no resource for them.
    { sid = "ReadRate", actions = ["ses:GetAccount"], resources = ["*"], conditions = [] },
  ]

  watches_deliveries = var.sending.transport != "none"

  # Built from names: queue policies refer to the rule, and the rule's target to the queue, which would be a cycle.
  event_rule_arns = local.watches_deliveries ? {
    sender = ["arn:${local.partition}:events:${local.region}:${local.account_id}:rule/${var.name}-deliveries"]
  } : {}
}

# A delivery that waits for somebody has no message, and so no task: four times a day the sender looks how long.
resource "aws_cloudwatch_event_rule" "deliveries" {
  name                = "${var.name}-deliveries"
  description         = "Lets the sender look for deliveries that wait for somebody"
  schedule_expression = "rate(6 hours)"
  state               = local.watches_deliveries ? "ENABLED" : "DISABLED"
}

resource "aws_cloudwatch_event_target" "deliveries" {
  rule = aws_cloudwatch_event_rule.deliveries.name
  arn  = module.topology.queue_arns["sender"]
}
