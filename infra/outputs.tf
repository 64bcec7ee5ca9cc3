output "alarms_topic_arn" {
  description = "The SNS topic that alarms and budgets publish to, for subscribers beside `alarm_emails`."
  value       = module.observability.alarms_topic_arn
}

output "console" {
  description = "The console: its address, the DNS record to add, and the pool to add people to; null without `console`."
  value       = one(module.console[*].console)
}

output "dashboard_name" {
  description = "The CloudWatch dashboard."
  value       = module.observability.dashboard_name
}

output "data_bucket" {
  description = "The bucket to upload files to, under uploads/."
  value       = module.pipeline.bucket_names["data"]
}

output "dns_records" {
  description = "DNS records to add for the sending domain, and for that of links."
  value       = concat(flatten(module.email[*].dns_records), flatten(module.link_domain[*].dns_records))
}

output "realtime_key_parameter" {
  description = "The SSM parameter with the key that a shop sends in the header x-api-key; null unless `realtime` is enabled."
  value       = one(module.realtime[*].key_parameter_name)
}

output "realtime_url" {
  description = "Where a shop asks for a customer's picks; null unless `realtime` is enabled."
  value       = one(module.realtime[*].url)
}

output "webhook_url" {
  description = "Where a shop's platform says that customers ask to be forgotten; null without `connect` and its webhooks."
  value       = one(module.connect[*].webhook_url)
}

output "zones" {
  description = "The availability zones in use, to be fixed by the input `zones`."
  value       = module.network.zones
}
