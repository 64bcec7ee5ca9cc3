output "arn" {
  description = "The web ACL, which an API's stage is associated with."
  value       = aws_wafv2_web_acl.this.arn
}
