# One-click unsubscribe without compute: API Gateway puts the link's token into the queue `feedback` and answers.
#
#   GET  /unsubscribe?t=…  (the visible link; scanners too)     -> a page that asks, and changes nothing
#   POST /unsubscribe?t=…  (RFC 8058: a mailbox provider; the page)  -> queue -> 200 and a page
#   GET  /preferences?t=…  -> a page with a form
#   POST /preferences?t=…  -> queue -> 200 and a page
#
# The process that reads the queue checks the token's signature. It is a REST API because WAF does not protect HTTP APIs.

data "aws_region" "current" {}
data "aws_caller_identity" "current" {}
data "aws_partition" "current" {}

locals {
  account_id = data.aws_caller_identity.current.account_id
  partition  = data.aws_partition.current.partition
  region     = data.aws_region.current.region
  url        = var.domain == null ? aws_api_gateway_stage.this.invoke_url : "https://${var.domain}"
}

resource "aws_cloudwatch_metric_alarm" "failing" {
  alarm_name          = "${var.name}-unsubscribe-failing"
  alarm_description   = "Requests to unsubscribe fail: the law and mailbox providers allow two days. The log group /fondly/${var.name}-unsubscribe says since when."
  namespace           = "AWS/ApiGateway"
  metric_name         = "5XXError"
  dimensions          = { ApiName = aws_api_gateway_rest_api.this.name, Stage = aws_api_gateway_stage.this.stage_name }
  statistic           = "Sum"
  period              = 900
  evaluation_periods  = 1
  comparison_operator = "GreaterThanThreshold"
  threshold           = 0
  treat_missing_data  = "notBreaching"
  alarm_actions       = [var.ops_topic_arn]
  ok_actions          = [var.ops_topic_arn]
}

# The key that signs the tokens goes straight from the generator to the parameter; no plan or state contains it.
ephemeral "random_password" "key" {
  length  = 64
  special = false
}

resource "aws_ssm_parameter" "key" {
  name             = "/fondly/${var.name}/unsubscribe-key"
  description      = "Signs the tokens of unsubscribe links"
  type             = "SecureString"
  key_id           = var.keys.data
  value_wo         = ephemeral.random_password.key.result
  value_wo_version = var.key_version
}
