# Links of emails that count clicks on their way to the shop: API Gateway lets through what is well-formed and not too
# much, a private link leads to the load balancer of the tasks, and they check the link's signature.
#
#   reader -> WAF -> REST API: GET /click -> VPC link -> load balancer -> tasks of the sender's web process -> queue
#
# Nothing else of the process is offered: unsubscribing has an endpoint of its own, which needs no task.

locals {
  stage = "v1"
  port  = 8080
  url   = var.domain == null ? module.stage.url : "https://${var.domain}/${local.stage}"

  # Mail programs and scanners of many readers come from few addresses.
  limits = { requests_per_s = 200, requests_per_5_min = 10000, timeout_ms = 5000, error_share = 0.01 }
}

module "link" {
  source = "../web-link"

  name          = "${var.name}-clicks"
  network       = var.network
  stage         = local.stage
  port          = local.port
  ops_topic_arn = var.ops_topic_arn
}

module "stage" {
  source = "../web-stage"

  name = "${var.name}-clicks"
  api = {
    id            = aws_api_gateway_rest_api.this.id
    name          = aws_api_gateway_rest_api.this.name
    deployment_id = aws_api_gateway_deployment.this.id
    stage         = local.stage
  }
  limits        = local.limits
  logs_key_arn  = var.keys.logs
  ops_topic_arn = var.ops_topic_arn
}
