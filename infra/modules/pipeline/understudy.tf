# Understudy instead of the AI services: to try the whole system on AWS without paying for AI, or in regions without
# it. It listens only inside the VPC. There is never more than one task, and its Personalize outlives it on a file system
# (understudy_state.tf).

locals {
  understudy_port = 4570
  understudy_url  = "http://understudy.${var.name}.internal:${local.understudy_port}"

  understudy_endpoints = var.understudy ? {
    AWS_ENDPOINT_URL_BEDROCK_RUNTIME     = local.understudy_url
    AWS_ENDPOINT_URL_COMPREHEND          = local.understudy_url
    AWS_ENDPOINT_URL_PERSONALIZE         = local.understudy_url
    AWS_ENDPOINT_URL_PERSONALIZE_EVENTS  = local.understudy_url
    AWS_ENDPOINT_URL_PERSONALIZE_RUNTIME = local.understudy_url
    AWS_ENDPOINT_URL_SESV2               = local.understudy_url # nobody outside gets an email
  } : {}

  understudy_environment = {
    AWS_DEFAULT_REGION    = local.region
    UNDERSTUDY_HOST       = "0.0.0.0"
    UNDERSTUDY_PORT       = tostring(local.understudy_port)
    UNDERSTUDY_REGION     = local.region
    UNDERSTUDY_ACCOUNT_ID = local.account_id
    UNDERSTUDY_MODEL_IDS  = jsonencode([var.mailer.model_id])
    UNDERSTUDY_STATE_DIR  = local.understudy_state_dir
  }

  understudy_callers = var.understudy ? merge(
    { for service, tasks in module.service : service => tasks.security_group_id },
    { for tasks in module.web : "web" => tasks.security_group_id },
  ) : {}
}

resource "aws_service_discovery_private_dns_namespace" "this" {
  count = var.understudy ? 1 : 0

  name        = "${var.name}.internal"
  description = "Private DNS names of understudy"
  vpc         = var.network.vpc_id
}

module "understudy" {
  source = "../service"
  count  = var.understudy ? 1 : 0

  name               = "${var.name}-understudy"
  cluster            = local.cluster
  image              = var.images["understudy"]
  size               = { cpu = 1024, memory_mib = 2048 }
  environment        = local.understudy_environment
  permissions        = concat(local.permissions.understudy, local.understudy_state_permissions, local.encryption)
  network            = var.network
  logs               = local.logs
  parameters_key_arn = var.keys.data
  single             = true
  file_system        = one(local.understudy_file_systems)
  check              = var.check

  health_command = [
    "CMD", "python", "-c",
    "import urllib.request as u; u.urlopen('http://127.0.0.1:${local.understudy_port}/_understudy/health', timeout=3)",
  ]

  discovery = {
    namespace_id = aws_service_discovery_private_dns_namespace.this[0].id
    hostname     = "understudy"
    port         = local.understudy_port
  }
}

resource "aws_vpc_security_group_ingress_rule" "understudy" {
  for_each = local.understudy_callers

  security_group_id            = module.understudy[0].security_group_id
  description                  = "Calls from ${each.key}"
  referenced_security_group_id = each.value
  ip_protocol                  = "tcp"
  from_port                    = local.understudy_port
  to_port                      = local.understudy_port
}

resource "aws_vpc_security_group_egress_rule" "understudy" {
  for_each = local.understudy_callers

  security_group_id            = each.value
  description                  = "Calls to understudy"
  referenced_security_group_id = module.understudy[0].security_group_id
  ip_protocol                  = "tcp"
  from_port                    = local.understudy_port
  to_port                      = local.understudy_port
}
