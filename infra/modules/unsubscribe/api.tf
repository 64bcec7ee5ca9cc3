locals {
  # The token is encoded once more than its place in a query takes: so nothing that it contains can make a message look like
  # a notification of SES's, which is JSON.
  message_token = "$util.urlEncode($util.urlEncode($input.params('t')))"

  # RFC 8058 allows the first two content types. What the body says does not matter, so a request that has another type,
  # or none (which API Gateway takes for JSON), unsubscribes as well.
  one_click   = "Action=SendMessage&MessageBody=${local.message_token}%0AList-Unsubscribe%3DOne-Click"
  preferences = "Action=SendMessage&MessageBody=${local.message_token}%0Apreferences%3D%26$util.urlEncode($input.body)"
  requests = {
    unsubscribe = {
      for type in ["application/x-www-form-urlencoded", "multipart/form-data", "text/plain", "application/json"] :
      type => local.one_click
    }
    preferences = { "application/x-www-form-urlencoded" = local.preferences }
  }

  paths   = toset(["unsubscribe", "preferences"])
  methods = { for each in setproduct(local.paths, ["GET", "POST"]) : join(" ", each) => { path = each[0], verb = each[1] } }

  # What is answered, by the status that the queue answered with. Whatever is not a success says so: nobody is told that
  # they are unsubscribed before their request is safe.
  answers = merge(
    { for name, method in local.methods : "${name} 200" => merge(method, { method = name, status = "200", pattern = "2\\d{2}" }) },
    { for path in local.paths : "${path} POST 503" => { path = path, verb = "POST", method = "${path} POST", status = "503", pattern = "" } },
  )
  pages_of = {
    "unsubscribe GET 200"  = "ask"
    "unsubscribe POST 200" = "unsubscribed"
    "unsubscribe POST 503" = "later"
    "preferences GET 200"  = "preferences"
    "preferences POST 200" = "stored"
    "preferences POST 503" = "later"
  }
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

resource "aws_api_gateway_resource" "this" {
  for_each = local.paths

  rest_api_id = aws_api_gateway_rest_api.this.id
  parent_id   = aws_api_gateway_rest_api.this.root_resource_id
  path_part   = each.key
}

resource "aws_api_gateway_request_validator" "parameters" {
  rest_api_id                 = aws_api_gateway_rest_api.this.id
  name                        = "parameters"
  validate_request_parameters = true
}

# Anyone with the link may use it: that is what one-click means. The token's signature authenticates the request.
resource "aws_api_gateway_method" "this" {
  #checkov:skip=CKV_AWS_59:open on purpose, as RFC 8058 requires
  for_each = local.methods

  rest_api_id          = aws_api_gateway_rest_api.this.id
  resource_id          = aws_api_gateway_resource.this[each.value.path].id
  http_method          = each.value.verb
  authorization        = "NONE"
  request_validator_id = aws_api_gateway_request_validator.parameters.id
  request_parameters   = { "method.request.querystring.t" = true }
}

resource "aws_api_gateway_integration" "post" {
  for_each = local.requests

  rest_api_id             = aws_api_gateway_rest_api.this.id
  resource_id             = aws_api_gateway_resource.this[each.key].id
  http_method             = aws_api_gateway_method.this["${each.key} POST"].http_method
  type                    = "AWS"
  integration_http_method = "POST"
  credentials             = aws_iam_role.api.arn
  uri                     = "arn:${local.partition}:apigateway:${local.region}:sqs:path/${local.account_id}/${var.queue.name}"
  passthrough_behavior    = "NEVER"
  request_templates       = each.value

  request_parameters = {
    "integration.request.header.Content-Type" = "'application/x-www-form-urlencoded'"
  }
}

resource "aws_api_gateway_integration" "get" {
  for_each = local.paths

  rest_api_id = aws_api_gateway_rest_api.this.id
  resource_id = aws_api_gateway_resource.this[each.key].id
  http_method = aws_api_gateway_method.this["${each.key} GET"].http_method
  type        = "MOCK"

  request_templates = {
    "application/json" = jsonencode({ statusCode = 200 })
  }
}

resource "aws_api_gateway_method_response" "this" {
  for_each = local.answers

  rest_api_id = aws_api_gateway_rest_api.this.id
  resource_id = aws_api_gateway_resource.this[each.value.path].id
  http_method = aws_api_gateway_method.this[each.value.method].http_method
  status_code = each.value.status

  response_parameters = merge(
    { for name in keys(local.headers) : "method.response.header.${name}" => true },
    { "method.response.header.Content-Security-Policy" = true },
  )
}

resource "aws_api_gateway_integration_response" "this" {
  for_each = local.answers

  rest_api_id       = aws_api_gateway_rest_api.this.id
  resource_id       = aws_api_gateway_resource.this[each.value.path].id
  http_method       = each.value.verb
  status_code       = aws_api_gateway_method_response.this[each.key].status_code
  selection_pattern = each.value.pattern

  response_parameters = { for name, value in local.headers : "method.response.header.${name}" => "'${value}'" }

  # API Gateway picks the template by the Accept header: mailbox providers send none, browsers ask for HTML.
  response_templates = {
    for type in ["application/json", "text/html"] : type => local.templates[local.pages_of[each.key]]
  }

  depends_on = [aws_api_gateway_integration.get, aws_api_gateway_integration.post]
}

# What is answered without a method: a link without its token, and what is too much.
resource "aws_api_gateway_gateway_response" "this" {
  for_each = { BAD_REQUEST_PARAMETERS = "wrong", THROTTLED = "later", WAF_FILTERED = "later" }

  rest_api_id   = aws_api_gateway_rest_api.this.id
  response_type = each.key

  response_parameters = { for name, value in local.headers : "gatewayresponse.header.${name}" => "'${value}'" }
  response_templates  = { for type in ["application/json", "text/html"] : type => local.texts[each.value] }
}

resource "aws_api_gateway_deployment" "this" {
  rest_api_id = aws_api_gateway_rest_api.this.id

  triggers = {
    content = sha1(jsonencode([
      aws_api_gateway_method.this,
      aws_api_gateway_integration.get,
      aws_api_gateway_integration.post,
      aws_api_gateway_integration_response.this,
      aws_api_gateway_gateway_response.this,
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
  #checkov:skip=CKV_AWS_73:a trace keeps the query string, which has the customer's token
  rest_api_id   = aws_api_gateway_rest_api.this.id
  deployment_id = aws_api_gateway_deployment.this.id
  stage_name    = "v1"

  # Without the query string, which identifies the customer. Needs the account's API Gateway role (infra/bootstrap/region).
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

resource "aws_api_gateway_base_path_mapping" "this" {
  count = var.domain == null ? 0 : 1

  domain_name = var.domain
  api_id      = aws_api_gateway_rest_api.this.id
  stage_name  = aws_api_gateway_stage.this.stage_name
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
  name              = "/fondly/${var.name}-unsubscribe"
  retention_in_days = 365
  kms_key_id        = var.keys.logs
}

resource "aws_iam_role" "api" {
  name               = "${var.name}-unsubscribe-api-${local.region}"
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
    resources = [var.queue.arn]
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
