output "data_bucket" {
  description = "The bucket to upload files to, under uploads/."
  value       = module.pipeline.bucket_names["data"]
}

output "environment" {
  description = "The services' settings by variable; the operators' command line reads them from the environment."
  value       = module.pipeline.environment
}

output "cluster_name" {
  description = "The ECS cluster."
  value       = module.pipeline.cluster_name
}

output "service_names" {
  description = "The ECS services."
  value       = module.pipeline.service_names
}

output "dashboard_name" {
  description = "The CloudWatch dashboard."
  value       = module.observability.dashboard_name
}

output "zones" {
  description = "The availability zones in use."
  value       = module.network.zones
}

output "realtime_url" {
  description = "Where a shop asks for a customer's picks; null unless `realtime` is enabled."
  value       = one(module.realtime[*].url)
}

output "realtime_key_parameter" {
  description = "The SSM parameter with the key that it sends in the header x-api-key."
  value       = one(module.realtime[*].key_parameter_name)
}
