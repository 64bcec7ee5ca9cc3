output "data_bucket" {
  description = "Put files under uploads/ here."
  value       = module.pipeline.bucket_names["data"]
}

output "environment" {
  description = "The services' settings by variable; export them for the operators' tools."
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
