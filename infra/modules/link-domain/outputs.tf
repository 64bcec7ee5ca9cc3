output "name" {
  description = "The domain, once it is live; null before."
  value       = one(aws_api_gateway_domain_name.this[*].domain_name)
}

output "dns_records" {
  description = "DNS records: of the certificate, and once the domain is live, of the domain."
  value = concat(
    [
      for option in aws_acm_certificate.this.domain_validation_options :
      { name = option.resource_record_name, type = option.resource_record_type, value = option.resource_record_value }
    ],
    [for domain in aws_api_gateway_domain_name.this : { name = var.domain, type = "CNAME", value = domain.regional_domain_name }],
  )
}
