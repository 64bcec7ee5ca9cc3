# A customer's picks over HTTPS: API Gateway lets through what is well-formed and not too much, a private link leads to
# the load balancer of the tasks, and they check the caller's key.
#
#   shop -> WAF -> REST API -> VPC link -> load balancer -> tasks of the web process
#
# It is a REST API because WAF does not protect HTTP APIs. Its link is one of the second kind, to an Application Load
# Balancer: AWS advises against new links of the first kind, which take a Network Load Balancer.

locals {
  stage      = "v1"
  key_header = "x-api-key"
  port       = 8080
}

# The tasks know their callers by it. It goes straight from the generator to the parameter; no plan or state has it.
ephemeral "random_password" "key" {
  length  = 64
  special = false
}

resource "aws_ssm_parameter" "key" {
  name             = "/fondly/${var.name}/web-key"
  description      = "What callers of the real-time endpoint send in ${local.key_header}"
  type             = "SecureString"
  key_id           = var.keys.data
  value_wo         = ephemeral.random_password.key.result
  value_wo_version = var.key_version
}

module "link" {
  source = "../web-link"

  name          = "${var.name}-web"
  network       = var.network
  stage         = local.stage
  port          = local.port
  ops_topic_arn = var.ops_topic_arn
}

module "stage" {
  source = "../web-stage"

  name = "${var.name}-web"
  api = {
    id            = aws_api_gateway_rest_api.this.id
    name          = aws_api_gateway_rest_api.this.name
    deployment_id = aws_api_gateway_deployment.this.id
    stage         = local.stage
  }
  limits         = var.limits
  secret_headers = [local.key_header]
  logs_key_arn   = var.keys.logs
  ops_topic_arn  = var.ops_topic_arn
}

resource "aws_cloudwatch_metric_alarm" "slow" {
  alarm_name          = "${var.name}-web-slow"
  alarm_description   = "One real-time request in a hundred takes over ${var.limits.slow_ms} ms: too few tasks, or a dependency that is slow."
  namespace           = "AWS/ApiGateway"
  metric_name         = "Latency"
  dimensions          = { ApiName = aws_api_gateway_rest_api.this.name, Stage = local.stage }
  extended_statistic  = "p99"
  period              = 300
  evaluation_periods  = 3
  datapoints_to_alarm = 3
  comparison_operator = "GreaterThanThreshold"
  threshold           = var.limits.slow_ms
  treat_missing_data  = "notBreaching"
  alarm_actions       = [var.ops_topic_arn]
  ok_actions          = [var.ops_topic_arn]

  # A handful of requests has no hundredth.
  evaluate_low_sample_count_percentiles = "ignore"
}
