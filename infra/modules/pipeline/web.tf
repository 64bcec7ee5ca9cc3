# The recommender's web process: a customer's current picks over HTTP (infra/modules/realtime leads to it). It runs the
# recommender's image with another module, knows the same rules and settings, and may do far less: it reads.

locals {
  web_image = "recommender"

  # The recommender's settings as far as the web process has them too, so that both pick by the same rules.
  web_environment = merge(
    {
      for name, value in local.environment.recommender : name => value
      if !startswith(name, "FONDLY_") || contains(flatten(values(local.setting_names.web)), name)
    },
    {
      MODULE                                = "fondly.recommender.web" # what the image starts
      FONDLY_RECOMMENDER_WEB_HOST           = "0.0.0.0"
      FONDLY_RECOMMENDER_WEB_PORT           = tostring(try(var.realtime.port, 8080))
      FONDLY_RECOMMENDER_WEB_REQUESTS_PER_S = tostring(try(var.realtime.requests_per_s, 100))
      FONDLY_WEB_PROXIES                    = var.network.cidr # the load balancer's nodes
    },
    { for name, value in local.given_settings.web : name => value if contains(flatten(values(local.setting_names.web)), name) },
  )

  # A task of a new revision asks, with --check, whether everything that its settings name answers.
  web_indirect_permissions = [
    { sid = "UseDataKey", actions = ["kms:Decrypt"], resources = [var.keys.data], conditions = local.via["UseDataKey"] },
    {
      sid     = "SeeTables"
      actions = ["dynamodb:DescribeTable"]
      resources = [
        for name, arn in module.topology.table_arns : arn
        if contains(flatten(values(local.setting_names.web)), "FONDLY_${upper(replace(name, "-", "_"))}_TABLE")
      ]
      conditions = []
    },
  ]
}

module "web" {
  source = "../service"
  count  = var.realtime == null ? 0 : 1

  name               = "${var.name}-web"
  cluster            = local.cluster
  image              = var.images[local.web_image]
  size               = var.realtime.size
  environment        = local.web_environment
  parameters         = { FONDLY_RECOMMENDER_WEB_KEYS = var.realtime.key_parameter_arn }
  release            = tostring(var.realtime.key_version)
  network            = var.network
  logs               = local.logs
  parameters_key_arn = var.keys.data
  check              = var.check
  load               = { min_tasks = var.realtime.min_tasks, max_tasks = var.realtime.max_tasks }

  permissions = concat(
    local.permissions.web,
    [for statement in local.permissions.web_campaign : statement if var.recommender.campaign],
    [for statement in local.permissions.web_event : statement if var.realtime.events],
    local.web_indirect_permissions,
  )

  health_command = [
    "CMD", "python", "-c",
    "import urllib.request as u; u.urlopen('http://127.0.0.1:${var.realtime.port}/live', timeout=3)",
  ]

  load_balancer = {
    target_group_arn  = var.realtime.target_group_arn
    security_group_id = var.realtime.security_group_id
    port              = var.realtime.port
  }
}
