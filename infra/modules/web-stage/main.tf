resource "aws_api_gateway_stage" "this" {
  #checkov:skip=CKV_AWS_120:each click counts, and the tasks that give picks keep them by customer and state
  #checkov:skip=CKV_AWS_73:a trace would have the reader's token in its query, or the customer's id in its path
  #checkov:skip=CKV2_AWS_77:known bad inputs are blocked; the anonymous IP list, which it also asks for, includes readers, mailbox providers and clouds that shops run in
  #checkov:skip=CKV2_AWS_51:readers have no client certificates, and a shop has a key
  rest_api_id   = var.api.id
  deployment_id = var.api.deployment_id
  stage_name    = var.api.stage

  # The route in place of the path, and no query string and no address: those name customers. Needs the account's API
  # Gateway role (infra/bootstrap/region).
  access_log_settings {
    destination_arn = aws_cloudwatch_log_group.access.arn
    format = jsonencode({
      time       = "$context.requestTime"
      method     = "$context.httpMethod"
      route      = "$context.resourcePath"
      status     = "$context.status"
      latency_ms = "$context.responseLatency"
      error      = "$context.error.message"
      request_id = "$context.requestId"
    })
  }
}

resource "aws_api_gateway_method_settings" "all" {
  #checkov:skip=CKV_AWS_225:see the stage
  rest_api_id = var.api.id
  stage_name  = aws_api_gateway_stage.this.stage_name
  method_path = "*/*"

  settings {
    metrics_enabled        = true
    logging_level          = "ERROR"
    data_trace_enabled     = false # it would log customers, tokens and keys
    throttling_rate_limit  = var.limits.requests_per_s
    throttling_burst_limit = 2 * var.limits.requests_per_s
  }
}

resource "aws_cloudwatch_log_group" "access" {
  name              = "/fondly/${var.name}-access"
  retention_in_days = 365
  kms_key_id        = var.logs_key_arn
}

# What is refused, for want of a key or as too much, is not among the errors: those are the caller's.
resource "aws_cloudwatch_metric_alarm" "errors" {
  alarm_name          = "${var.name}-errors"
  alarm_description   = "More than ${var.limits.error_share * 100} % of requests to ${var.name} fail: the log of its tasks says why."
  comparison_operator = "GreaterThanThreshold"
  threshold           = var.limits.error_share
  evaluation_periods  = 3
  datapoints_to_alarm = 2
  treat_missing_data  = "notBreaching"
  alarm_actions       = [var.ops_topic_arn]
  ok_actions          = [var.ops_topic_arn]

  dynamic "metric_query" {
    for_each = { requests = "Count", failed = "5XXError" }

    content {
      id = metric_query.key

      metric {
        namespace   = "AWS/ApiGateway"
        metric_name = metric_query.value
        dimensions  = { ApiName = var.api.name, Stage = var.api.stage }
        period      = 300
        stat        = "Sum"
      }
    }
  }

  metric_query {
    id          = "share"
    label       = "Share of requests that failed"
    expression  = "IF(requests > 0, FILL(failed, 0) / requests, 0)"
    return_data = true
  }
}

module "firewall" {
  source = "../firewall"

  name               = var.name
  description        = "Rate limit and known attacks on ${var.name}"
  requests_per_5_min = var.limits.requests_per_5_min
  secret_headers     = var.secret_headers
  logs_key_arn       = var.logs_key_arn
}

resource "aws_wafv2_web_acl_association" "this" {
  resource_arn = aws_api_gateway_stage.this.arn
  web_acl_arn  = module.firewall.web_acl_arn
}
