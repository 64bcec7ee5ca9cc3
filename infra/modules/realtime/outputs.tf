output "web" {
  description = "The pipeline module's input `realtime`."
  value = merge(module.link.tasks, {
    key_parameter_arn = aws_ssm_parameter.key.arn
    key_version       = var.key_version
    events            = var.events
    requests_per_s    = var.limits.requests_per_s
  })
}

output "url" {
  description = "The endpoint's address; callers send their key in the header x-api-key."
  value       = module.stage.url
}

output "key_parameter_name" {
  description = "The SSM parameter with the key that callers send."
  value       = aws_ssm_parameter.key.name
}
