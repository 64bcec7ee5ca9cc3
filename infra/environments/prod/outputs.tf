output "dns_records" {
  description = "DNS records to add for the sending domain, and for that of links."
  value       = concat(module.email.dns_records, flatten(module.link_domain[*].dns_records))
}
