output "repository_urls" {
  description = "Where to push each image."
  value       = { for image, repository in aws_ecr_repository.this : image => repository.repository_url }
}

output "repository_arns" {
  description = "The repositories."
  value       = [for repository in aws_ecr_repository.this : repository.arn]
}
