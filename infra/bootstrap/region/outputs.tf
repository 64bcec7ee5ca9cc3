output "state_bucket" {
  description = "The bucket for environments' state."
  value       = aws_s3_bucket.state.bucket
}

output "state_key_arn" {
  description = "The key that encrypts the state."
  value       = module.keys.arns["state"]
}

output "backend" {
  description = "Where environments keep their state and what encrypts it: the file for `terraform init -backend-config=`."
  value       = <<-TEXT
    bucket     = "${aws_s3_bucket.state.bucket}"
    region     = "${var.region}"
    kms_key_id = "${module.keys.arns["state"]}"
  TEXT
}

output "repository_urls" {
  description = "Where to push each image."
  value       = module.registry.repository_urls
}

output "deploy_role_arns" {
  description = "The roles for GitHub Actions, by environment."
  value       = { for environment, deploy in module.deploy : environment => deploy.role_arn }
}
