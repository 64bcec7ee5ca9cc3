locals {
  # RFC 8058 allows two content types for the body, which is not needed either way.
  form_types = ["application/x-www-form-urlencoded", "multipart/form-data"]

  done_page = "<!doctype html><meta charset=utf-8><title>Unsubscribed</title><p>You will get no more of these emails.</p>"
  ask_page  = "<!doctype html><meta charset=utf-8><title>Unsubscribe</title><form method=post><p>Stop these emails?</p><button>Unsubscribe</button></form>"
}

resource "aws_api_gateway_rest_api" "this" {
  name        = "${var.name}-unsubscribe"
  description = "One-click unsubscribe"

  endpoint_configuration {
    types = ["REGIONAL"]
  }

  lifecycle {
    create_before_destroy = true
  }
}

resource "aws_api_gateway_resource" "unsubscribe" {
  rest_api_id = aws_api_gateway_rest_api.this.id
  parent_id   = aws_api_gateway_rest_api.this.root_resource_id
  path_part   = "unsubscribe"
}

resource "aws_api_gateway_request_validator" "parameters" {
  rest_api_id                 = aws_api_gateway_rest_api.this.id
  name                        = "parameters"
  validate_request_parameters = true
}

# Anyone with the link may use it: that is what one-click means. The token's signature authenticates the request.
resource "aws_api_gateway_method" "this" {
  #checkov:skip=CKV_AWS_59:open on purpose, as RFC 8058 requires
  for_each = toset(["GET", "POST"])

  rest_api_id          = aws_api_gateway_rest_api.this.id
  resource_id          = aws_api_gateway_resource.unsubscribe.id
  http_method          = each.key
  authorization        = "NONE"
  request_validator_id = aws_api_gateway_request_validator.parameters.id
  request_parameters   = { "method.request.querystring.t" = true }
}

resource "aws_api_gateway_integration" "post" {
  rest_api_id             = aws_api_gateway_rest_api.this.id
  resource_id             = aws_api_gateway_resource.unsubscribe.id
  http_method             = aws_api_gateway_method.this["POST"].http_method
  type                    = "AWS"
  integration_http_method = "POST"
  credentials             = aws_iam_role.api.arn
  uri                     = "arn:${local.partition}:apigateway:${local.region}:sqs:path/${local.account_id}/${aws_sqs_queue.unsubscribes.name}"
  passthrough_behavior    = "NEVER"

  request_parameters = {
    "integration.request.header.Content-Type" = "'application/x-www-form-urlencoded'"
  }

  request_templates = {
    for type in local.form_types : type => "Action=SendMessage&MessageBody=$util.urlEncode($input.params('t'))"
  }
}

resource "aws_api_gateway_integration" "get" {
  rest_api_id = aws_api_gateway_rest_api.this.id
  resource_id = aws_api_gateway_resource.unsubscribe.id
  http_method = aws_api_gateway_method.this["GET"].http_method
  type        = "MOCK"

  request_templates = {
    "application/json" = jsonencode({ statusCode = 200 })
  }
}

resource "aws_api_gateway_method_response" "this" {
  for_each = aws_api_gateway_method.this

  rest_api_id = aws_api_gateway_rest_api.this.id
  resource_id = aws_api_gateway_resource.unsubscribe.id
  http_method = each.value.http_method
  status_code = "200"

  response_parameters = {
    "method.response.header.Content-Security-Policy" = true
    "method.response.header.Content-Type"            = true
  }
}

resource "aws_api_gateway_integration_response" "this" {
  for_each = { GET = local.ask_page, POST = local.done_page }

  rest_api_id = aws_api_gateway_rest_api.this.id
  resource_id = aws_api_gateway_resource.unsubscribe.id
  http_method = aws_api_gateway_method_response.this[each.key].http_method
  status_code = aws_api_gateway_method_response.this[each.key].status_code

  response_parameters = {
    "method.response.header.Content-Security-Policy" = "'default-src none; form-action self'"
    "method.response.header.Content-Type"            = "'text/html; charset=utf-8'"
  }

  # API Gateway picks the template by the Accept header: mailbox providers send none, browsers ask for HTML.
  response_templates = { for type in ["application/json", "text/html"] : type => each.value }

  depends_on = [aws_api_gateway_integration.get, aws_api_gateway_integration.post]
}

resource "aws_api_gateway_deployment" "this" {
  rest_api_id = aws_api_gateway_rest_api.this.id

  triggers = {
    content = sha1(jsonencode([
      aws_api_gateway_method.this,
      aws_api_gateway_integration.get,
      aws_api_gateway_integration.post,
      aws_api_gateway_integration_response.this,
    ]))
  }

  lifecycle {
    create_before_destroy = true
  }
}

resource "aws_api_gateway_stage" "this" {
  #checkov:skip=CKV_AWS_120:responses must not be cached: each click counts
  #checkov:skip=CKV2_AWS_77:known bad inputs are blocked; the anonymous IP list, which it also asks for, includes mailbox providers
  #checkov:skip=CKV2_AWS_51:mailbox providers have no client certificates
  rest_api_id          = aws_api_gateway_rest_api.this.id
  deployment_id        = aws_api_gateway_deployment.this.id
  stage_name           = "v1"
  xray_tracing_enabled = true

  # Without the query string, which identifies the customer. Needs the account's API Gateway role (infra/bootstrap).
  access_log_settings {
    destination_arn = aws_cloudwatch_log_group.access.arn
    format = jsonencode({
      time       = "$context.requestTime"
      method     = "$context.httpMethod"
      status     = "$context.status"
      error      = "$context.error.message"
      request_id = "$context.requestId"
    })
  }
}

resource "aws_api_gateway_method_settings" "all" {
  #checkov:skip=CKV_AWS_225:responses must not be cached: each click counts
  rest_api_id = aws_api_gateway_rest_api.this.id
  stage_name  = aws_api_gateway_stage.this.stage_name
  method_path = "*/*"

  settings {
    metrics_enabled        = true
    logging_level          = "ERROR"
    data_trace_enabled     = false # it would log the tokens
    throttling_rate_limit  = 200
    throttling_burst_limit = 400
  }
}

resource "aws_cloudwatch_log_group" "access" {
  name              = "/encore/${var.name}-unsubscribe"
  retention_in_days = 365
  kms_key_id        = var.keys.logs
}

resource "aws_iam_role" "api" {
  name               = "${var.name}-unsubscribe-api"
  assume_role_policy = data.aws_iam_policy_document.api_trust.json
}

resource "aws_iam_role_policy" "api" {
  name   = "enqueue"
  role   = aws_iam_role.api.id
  policy = data.aws_iam_policy_document.api.json
}

data "aws_iam_policy_document" "api_trust" {
  statement {
    actions = ["sts:AssumeRole"]

    principals {
      type        = "Service"
      identifiers = ["apigateway.amazonaws.com"]
    }

    condition {
      test     = "StringEquals"
      variable = "aws:SourceAccount"
      values   = [local.account_id]
    }
  }
}

data "aws_iam_policy_document" "api" {
  statement {
    sid       = "Enqueue"
    actions   = ["sqs:SendMessage"]
    resources = [aws_sqs_queue.unsubscribes.arn]
  }

  statement {
    sid       = "UseMessagesKey"
    actions   = ["kms:Decrypt", "kms:GenerateDataKey"]
    resources = [var.keys.messages]

    condition {
      test     = "StringEquals"
      variable = "kms:ViaService"
      values   = ["sqs.${local.region}.amazonaws.com"]
    }
  }
}
