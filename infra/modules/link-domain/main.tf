# A domain of the shop's own for links in emails: they outlive the APIs that they lead to, which may be replaced.

resource "aws_acm_certificate" "this" {
  domain_name       = var.domain
  validation_method = "DNS"

  lifecycle {
    create_before_destroy = true
  }
}

# Waits until the certificate's DNS record is there.
resource "aws_acm_certificate_validation" "this" {
  count = var.live ? 1 : 0

  certificate_arn = aws_acm_certificate.this.arn

  timeouts {
    create = "15m"
  }
}

resource "aws_api_gateway_domain_name" "this" {
  count = var.live ? 1 : 0

  domain_name              = var.domain
  regional_certificate_arn = aws_acm_certificate_validation.this[0].certificate_arn
  security_policy          = "TLS_1_2"

  endpoint_configuration {
    types = ["REGIONAL"]
  }

  # Links that were sent lead here.
  lifecycle {
    prevent_destroy = true
  }
}
