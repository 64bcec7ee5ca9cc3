module "firewall" {
  source = "../firewall"

  name               = "${var.name}-web"
  description        = "Rate limit and known attacks on the real-time endpoint"
  requests_per_5_min = var.limits.requests_per_5_min
  secret_headers     = [local.key_header]
  logs_key_arn       = var.keys.logs
}

resource "aws_wafv2_web_acl_association" "this" {
  resource_arn = aws_api_gateway_stage.this.arn
  web_acl_arn  = module.firewall.web_acl_arn
}

moved {
  from = aws_wafv2_web_acl.this
  to   = module.firewall.aws_wafv2_web_acl.this
}

moved {
  from = aws_cloudwatch_log_group.waf
  to   = module.firewall.aws_cloudwatch_log_group.waf
}

moved {
  from = aws_wafv2_web_acl_logging_configuration.this
  to   = module.firewall.aws_wafv2_web_acl_logging_configuration.this
}
