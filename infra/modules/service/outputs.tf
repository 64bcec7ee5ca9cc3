output "name" {
  description = "The service's name."
  value       = aws_ecs_service.this.name
}

output "security_group_id" {
  description = "The tasks' security group."
  value       = aws_security_group.this.id
}

output "task_role_arn" {
  description = "The role that the service's code runs with."
  value       = aws_iam_role.task.arn
}
