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
