output "web" {
  description = "The pipeline module's input `realtime`."
  value = {
    target_group_arn  = aws_lb_target_group.this.arn
    security_group_id = aws_security_group.load_balancer.id
    port              = local.port
    key_parameter_arn = aws_ssm_parameter.key.arn
    key_version       = var.key_version
    events            = var.events
    requests_per_s    = var.limits.requests_per_s
  }

  # ECS refuses a service whose target group has no load balancer yet.
  depends_on = [aws_lb_listener.this, aws_lb_listener_rule.stage]
}

output "url" {
  description = "The endpoint's address; callers send their key in the header x-api-key."
  value       = aws_api_gateway_stage.this.invoke_url
}

output "key_parameter_name" {
  description = "The SSM parameter with the key that callers send."
  value       = aws_ssm_parameter.key.name
}
