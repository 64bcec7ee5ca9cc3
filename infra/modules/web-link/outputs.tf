output "tasks" {
  description = "How tasks are reached: the service module's input `load_balancer`."
  value = {
    target_group_arn  = aws_lb_target_group.this.arn
    security_group_id = aws_security_group.load_balancer.id
    port              = var.port
  }

  # ECS refuses a service whose target group has no load balancer yet.
  depends_on = [aws_lb_listener.this, aws_lb_listener_rule.stage]
}

output "load_balancer" {
  description = "What a private integration leads to."
  value       = { arn = aws_lb.this.arn, dns_name = aws_lb.this.dns_name }
}

output "vpc_link_id" {
  description = "The link that a private integration takes."
  value       = aws_apigatewayv2_vpc_link.this.id
}
