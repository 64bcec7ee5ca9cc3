module "firewall" {
  source = "../firewall"

  name               = "${var.name}-clicks"
  description        = "Rate limit and known attacks on links that count clicks"
  stage_arn          = aws_api_gateway_stage.this.arn
  requests_per_5_min = var.limits.requests_per_5_min
  logs_key_arn       = var.keys.logs
}
