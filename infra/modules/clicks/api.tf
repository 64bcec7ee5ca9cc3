resource "aws_api_gateway_rest_api" "this" {
  name        = "${var.name}-clicks"
  description = "Links of emails that count clicks"

  endpoint_configuration {
    types = ["REGIONAL"]
  }

  lifecycle {
    create_before_destroy = true
  }
}

resource "aws_api_gateway_resource" "click" {
  rest_api_id = aws_api_gateway_rest_api.this.id
  parent_id   = aws_api_gateway_rest_api.this.root_resource_id
  path_part   = "click"
}

# The link's signature is checked by the tasks; what is said in it goes along with the query string. HEAD is how programs
# look where a link leads.
resource "aws_api_gateway_method" "click" {
  #checkov:skip=CKV_AWS_59:readers of emails have no credentials; the process leads only where we have signed
  #checkov:skip=CKV2_AWS_53:the process refuses every query that we have not signed, and says so on a page
  for_each = toset(["GET", "HEAD"])

  rest_api_id   = aws_api_gateway_rest_api.this.id
  resource_id   = aws_api_gateway_resource.click.id
  http_method   = each.key
  authorization = "NONE"
}

resource "aws_api_gateway_integration" "click" {
  for_each = aws_api_gateway_method.click

  rest_api_id             = aws_api_gateway_rest_api.this.id
  resource_id             = aws_api_gateway_resource.click.id
  http_method             = each.value.http_method
  type                    = "HTTP_PROXY"
  integration_http_method = each.key
  connection_type         = "VPC_LINK"
  connection_id           = module.link.vpc_link_id
  integration_target      = module.link.load_balancer.arn
  uri                     = "http://${module.link.load_balancer.dns_name}/${aws_api_gateway_resource.click.path_part}"
  timeout_milliseconds    = var.limits.timeout_ms
}

resource "aws_api_gateway_deployment" "this" {
  rest_api_id = aws_api_gateway_rest_api.this.id

  triggers = {
    content = sha1(jsonencode([aws_api_gateway_method.click, aws_api_gateway_integration.click]))
  }

  lifecycle {
    create_before_destroy = true
  }
}

resource "aws_api_gateway_stage" "this" {
  #checkov:skip=CKV_AWS_120:each click counts, and leads elsewhere
  #checkov:skip=CKV_AWS_73:a trace would have the reader's token in its query
  #checkov:skip=CKV2_AWS_77:known bad inputs are blocked; the anonymous IP list, which it also asks for, includes readers and mailbox providers
  #checkov:skip=CKV2_AWS_51:readers have no client certificates
  rest_api_id   = aws_api_gateway_rest_api.this.id
  deployment_id = aws_api_gateway_deployment.this.id
  stage_name    = local.stage

  # Without the query string, which identifies the customer, and without the reader's address. Needs the account's API
  # Gateway role (infra/bootstrap).
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
  #checkov:skip=CKV_AWS_225:each click counts, and leads elsewhere
  rest_api_id = aws_api_gateway_rest_api.this.id
  stage_name  = aws_api_gateway_stage.this.stage_name
  method_path = "*/*"

  settings {
    metrics_enabled        = true
    logging_level          = "ERROR"
    data_trace_enabled     = false # it would log the tokens
    throttling_rate_limit  = var.limits.requests_per_s
    throttling_burst_limit = 2 * var.limits.requests_per_s
  }
}

resource "aws_cloudwatch_log_group" "access" {
  name              = "/fondly/${var.name}-clicks-access"
  retention_in_days = 365
  kms_key_id        = var.keys.logs
}
