output "state_bucket" {
  description = "The bucket for `terraform init -backend-config=bucket=…` in an environment."
  value       = aws_s3_bucket.state.bucket
}

output "repository_urls" {
  description = "Where to push each image."
  value       = module.registry.repository_urls
}

output "deploy_role_arns" {
  description = "The roles for GitHub Actions, by environment."
  value       = { for environment, deploy in module.deploy : environment => deploy.role_arn }
}
