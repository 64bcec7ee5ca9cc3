output "mailer" {
  description = "The pipeline module's input `unsubscribe`."
  value = {
    url               = "${aws_api_gateway_stage.this.invoke_url}/${aws_api_gateway_resource.this["unsubscribe"].path_part}"
    key_parameter_arn = aws_ssm_parameter.key.arn
  }
}
