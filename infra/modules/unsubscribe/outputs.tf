output "mailer" {
  description = "What the pipeline's mailer needs to know."
  value = {
    url               = "${aws_api_gateway_stage.this.invoke_url}/${aws_api_gateway_resource.unsubscribe.path_part}"
    key_parameter_arn = aws_ssm_parameter.key.arn
  }
}

output "queue_arn" {
  description = "Where requests wait; each message is a token."
  value       = aws_sqs_queue.unsubscribes.arn
}
