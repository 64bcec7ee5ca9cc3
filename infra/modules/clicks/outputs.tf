output "web" {
  description = "The pipeline module's input `clicks`."
  value = merge(module.link.tasks, {
    url            = "${local.url}/${aws_api_gateway_resource.click.path_part}"
    requests_per_s = local.limits.requests_per_s
  })
}
