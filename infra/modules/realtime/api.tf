locals {
  # Only these reach the tasks; /health, for one, does not.
  routes = {
    picks  = { method = "GET", path = "customers/{customer}/picks", resource_id = aws_api_gateway_resource.picks.id }
    events = { method = "POST", path = "events", resource_id = aws_api_gateway_resource.events.id }
  }
  offered = { for name, route in local.routes : name => route if name != "events" || var.events }
}

resource "aws_api_gateway_rest_api" "this" {
  name        = "${var.name}-web"
  description = "A customer's picks in real time"

  endpoint_configuration {
    types = ["REGIONAL"]
  }

  lifecycle {
    create_before_destroy = true
  }
}

resource "aws_api_gateway_resource" "customers" {
  rest_api_id = aws_api_gateway_rest_api.this.id
  parent_id   = aws_api_gateway_rest_api.this.root_resource_id
  path_part   = "customers"
}

resource "aws_api_gateway_resource" "customer" {
  rest_api_id = aws_api_gateway_rest_api.this.id
  parent_id   = aws_api_gateway_resource.customers.id
  path_part   = "{customer}"
}

resource "aws_api_gateway_resource" "picks" {
  rest_api_id = aws_api_gateway_rest_api.this.id
  parent_id   = aws_api_gateway_resource.customer.id
  path_part   = "picks"
}

resource "aws_api_gateway_resource" "events" {
  rest_api_id = aws_api_gateway_rest_api.this.id
  parent_id   = aws_api_gateway_rest_api.this.root_resource_id
  path_part   = "events"
}

resource "aws_api_gateway_request_validator" "parameters" {
  rest_api_id                 = aws_api_gateway_rest_api.this.id
  name                        = "parameters"
  validate_request_parameters = true
}

# A request without a key ends here; whether it is the right one, the tasks compare in constant time.
resource "aws_api_gateway_method" "this" {
  #checkov:skip=CKV_AWS_59:the web process knows its callers by a key of its own, which no state of Terraform holds
  for_each = local.offered

  rest_api_id          = aws_api_gateway_rest_api.this.id
  resource_id          = each.value.resource_id
  http_method          = each.value.method
  authorization        = "NONE"
  request_validator_id = aws_api_gateway_request_validator.parameters.id

  request_parameters = merge(
    { "method.request.header.${local.key_header}" = true },
    each.key == "events" ? {} : { "method.request.path.customer" = true },
  )
}

resource "aws_api_gateway_integration" "this" {
  for_each = local.offered

  rest_api_id             = aws_api_gateway_rest_api.this.id
  resource_id             = each.value.resource_id
  http_method             = aws_api_gateway_method.this[each.key].http_method
  type                    = "HTTP_PROXY"
  integration_http_method = each.value.method
  connection_type         = "VPC_LINK"
  connection_id           = module.link.vpc_link_id
  integration_target      = module.link.load_balancer.arn
  uri                     = "http://${module.link.load_balancer.dns_name}/${each.value.path}"
  timeout_milliseconds    = var.limits.timeout_ms

  request_parameters = each.key == "events" ? {} : {
    "integration.request.path.customer" = "method.request.path.customer"
  }
}

resource "aws_api_gateway_deployment" "this" {
  rest_api_id = aws_api_gateway_rest_api.this.id

  triggers = {
    content = sha1(jsonencode([aws_api_gateway_method.this, aws_api_gateway_integration.this]))
  }

  lifecycle {
    create_before_destroy = true
  }
}
