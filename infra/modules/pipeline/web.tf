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

  web_permissions = [
    {
      sid       = "FindRuns"
      actions   = ["s3:ListBucket"]
      resources = [local.data_bucket]
    },
    {
      sid     = "ReadShop"
      actions = ["s3:GetObject"]
      resources = [
        "${local.data_bucket}/shop/merchandising.yaml",
        "${local.data_bucket}/runs/*/merchandising.json",
        "${local.data_bucket}/runs/*/learned/*",
      ]
    },
    {
      sid     = "ReadCustomers"
      actions = ["dynamodb:BatchGetItem"]
      resources = [
        module.topology.table_arns["contacts"],
        module.topology.table_arns["histories"],
        module.topology.table_arns["recommendations"],
        module.topology.table_arns["suppressions"],
      ]
    },
    {
      sid       = "FindLatestShop"
      actions   = ["dynamodb:GetItem"]
      resources = [module.topology.table_arns["runs"]]
    },
  ]

  # Where runs keep a campaign it is asked, and told of events, through a tracker that has its id since it was made.
  web_campaign_permissions = [
    {
      sid       = "AskCampaigns"
      actions   = ["personalize:GetRecommendations"]
      resources = ["${local.personalize}:campaign/${var.name}", "${local.personalize}:filter/${var.name}-*"]
    },
    {
      sid       = "KnowWhatRunsMade"
      actions   = ["personalize:DescribeEventTracker"]
      resources = ["${local.personalize}:event-tracker/*"]
    },
    {
      sid       = "FindWhatRunsMade"
      actions   = ["personalize:ListCampaigns", "personalize:ListEventTrackers"]
      resources = ["*"]
    },
  ]

  # With events it also takes what customers do: kept with each of them, credited to runs, and told to a campaign.
  web_event_permissions = [
    {
      sid       = "KeepEvents"
      actions   = ["dynamodb:UpdateItem"]
      resources = [module.topology.table_arns["recommendations"]]
    },
    {
      sid       = "CreditRuns"
      actions   = ["dynamodb:BatchWriteItem"]
      resources = [module.topology.table_arns["runs"]]
      conditions = [{
        test     = "ForAllValues:StringLike"
        variable = "dynamodb:LeadingKeys"
        values   = ["attribution#*"]
      }]
    },
    {
      sid       = "SendEvents"
      actions   = ["personalize:PutEvents"]
      resources = ["${local.personalize}:event-tracker/*"]
    },
  ]

  web_indirect_permissions = [
    {
      sid       = "UseDataKey"
      actions   = ["kms:Decrypt"]
      resources = [var.keys.data]
      conditions = [{
        test     = "StringEquals"
        variable = "kms:ViaService"
        values   = ["dynamodb.${local.region}.amazonaws.com", "s3.${local.region}.amazonaws.com"]
      }]
    },
    {
      # A task of a new revision asks, with --check, whether everything that its settings name answers.
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
    local.web_permissions,
    var.recommender.campaign ? local.web_campaign_permissions : [],
    var.realtime.events ? local.web_event_permissions : [],
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
