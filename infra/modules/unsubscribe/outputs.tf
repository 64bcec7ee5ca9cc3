output "mailer" {
  description = "The pipeline module's input `unsubscribe`."
  value = {
    url               = "${local.url}/${aws_api_gateway_resource.this["unsubscribe"].path_part}"
    key_parameter_arn = aws_ssm_parameter.key.arn
  }
}
