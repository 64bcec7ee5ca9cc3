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
  timeout_milliseconds    = local.limits.timeout_ms
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

# Under the stage's name: whether a private integration is asked with that or with the base path, the balancer takes it off.
resource "aws_api_gateway_base_path_mapping" "this" {
  count = var.domain == null ? 0 : 1

  domain_name = var.domain
  api_id      = aws_api_gateway_rest_api.this.id
  stage_name  = local.stage
  base_path   = local.stage

  depends_on = [module.stage]
}
