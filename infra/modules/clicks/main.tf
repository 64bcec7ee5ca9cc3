# Links of emails that count clicks on their way to the shop: API Gateway lets through what is well-formed and not too
# much, a private link leads to the load balancer of the tasks, and they check the link's signature.
#
#   reader -> WAF -> REST API: GET /click -> VPC link -> load balancer -> tasks of the sender's web process -> queue
#
# Nothing else of the process is offered: unsubscribing has an endpoint of its own, which needs no task.

locals {
  stage = "v1"
  port  = 8080
}

module "link" {
  source = "../web-link"

  name          = "${var.name}-clicks"
  network       = var.network
  stage         = local.stage
  port          = local.port
  ops_topic_arn = var.ops_topic_arn
}

# An alarm, beside that of the link: a reader who follows a link sees an error page in place of the shop.
resource "aws_cloudwatch_metric_alarm" "errors" {
  alarm_name          = "${var.name}-clicks-errors"
  alarm_description   = "More than ${var.limits.error_share * 100} % of links in emails lead to an error in place of the shop: the log of the service clicks says why."
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
        dimensions  = { ApiName = aws_api_gateway_rest_api.this.name, Stage = local.stage }
        period      = 300
        stat        = "Sum"
      }
    }
  }

  metric_query {
    id          = "share"
    label       = "Share of clicks that failed"
    expression  = "IF(requests > 0, FILL(failed, 0) / requests, 0)"
    return_data = true
  }
}
