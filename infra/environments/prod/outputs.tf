output "dns_records" {
  description = "DNS records to add to the sending domain."
  value       = module.email.dns_records
}
