output "url" {
  description = "The stage's address."
  value       = aws_api_gateway_stage.this.invoke_url
}
