module "firewall" {
  source = "../firewall"

  name               = "${var.name}-unsubscribe"
  description        = "Rate limit, known attacks and large bodies"
  requests_per_5_min = 2000  # per IP address: mailbox providers send the clicks of many customers from few
  max_body_bytes     = 16384 # far more than any form has
  logs_key_arn       = var.keys.logs
}

resource "aws_wafv2_web_acl_association" "this" {
  resource_arn = aws_api_gateway_stage.this.arn
  web_acl_arn  = module.firewall.web_acl_arn
}
