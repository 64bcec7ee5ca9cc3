# The sender's web process, where clicks are counted (infra/modules/clicks leads to it): it checks the signatures of
# links, which API Gateway cannot. It runs the sender's image with another module, and may do one thing: put a message
# into the queue `feedback`.

locals {
  clicks_image = "sender"

  clicks_environment = merge(
    { AWS_DEFAULT_REGION = local.region },
    { for name in ["FONDLY_DATA_BUCKET", "FONDLY_RUNS_TABLE", "FONDLY_FEEDBACK_QUEUE_URL"] : name => local.resource_settings[name] },
    local.common_settings,
    var.otlp_endpoint == "" ? {} : { OTEL_EXPORTER_OTLP_ENDPOINT = var.otlp_endpoint },
    # The mailer's own, for the page that a broken link shows.
    { for name, value in local.mailer_settings : name => value if contains(flatten(values(local.setting_names.clicks)), name) },
    {
      MODULE                           = "fondly.sender.web" # what the image starts
      FONDLY_SENDER_WEB_CLICKS         = "true"
      FONDLY_SENDER_WEB_HOST           = "0.0.0.0"
      FONDLY_SENDER_WEB_PORT           = tostring(try(var.clicks.port, 8080))
      FONDLY_SENDER_WEB_REQUESTS_PER_S = tostring(try(var.clicks.requests_per_s, 200))
      FONDLY_WEB_PROXIES               = var.network.cidr # the load balancer's nodes, and API Gateway's link

      # All requests come from the load balancer: WAF limits each reader's address.
      FONDLY_SENDER_WEB_CALLER_REQUESTS_PER_S = tostring(try(var.clicks.requests_per_s, 200))
    },
    local.given_settings.clicks,
  )
}

module "clicks" {
  source = "../service"
  count  = var.clicks == null ? 0 : 1

  name               = "${var.name}-clicks"
  cluster            = local.cluster
  image              = var.images[local.clicks_image]
  size               = var.clicks.size
  environment        = local.clicks_environment
  parameters         = local.unsubscribe_secrets
  network            = var.network
  logs               = local.logs
  parameters_key_arn = var.keys.data
  check              = var.check
  load               = { min_tasks = var.clicks.min_tasks, max_tasks = var.clicks.max_tasks }
  permissions        = concat(local.permissions.clicks, [merge(local.encryption[1], { conditions = local.via["queues"] })])

  health_command = [
    "CMD", "python", "-c",
    "import urllib.request as u; u.urlopen('http://127.0.0.1:${var.clicks.port}/live', timeout=3)",
  ]

  load_balancer = {
    target_group_arn  = var.clicks.target_group_arn
    security_group_id = var.clicks.security_group_id
    port              = var.clicks.port
  }
}
