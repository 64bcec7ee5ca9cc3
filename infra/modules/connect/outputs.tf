output "webhook_url" {
  description = "Where the platform sends its webhooks; null without webhook_secret_arn."
  value       = one([for api in aws_apigatewayv2_api.webhook : "${api.api_endpoint}/webhook"])
}
