output "role_arn" {
  description = "The role for a GitHub Actions job to assume."
  value       = aws_iam_role.this.arn
}
