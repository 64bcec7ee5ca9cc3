module "firewall" {
  source = "../firewall"

  name               = "${var.name}-clicks"
  description        = "Rate limit and known attacks on links that count clicks"
  requests_per_5_min = var.limits.requests_per_5_min
  logs_key_arn       = var.keys.logs
}

resource "aws_wafv2_web_acl_association" "this" {
  resource_arn = aws_api_gateway_stage.this.arn
  web_acl_arn  = module.firewall.web_acl_arn
}
