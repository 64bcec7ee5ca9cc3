# The web console: people sign in at the load balancer, which leads to a task in the private subnets. Each of their requests
# is done in a role that the task assumes in their name (roles.tf).
#
#   browser -> WAF -> load balancer, which signs people in -> task -> one of four roles -> AWS
#
# The only log of requests is WAF's, without paths and queries: that of a load balancer would have both.

data "aws_caller_identity" "current" {}
data "aws_partition" "current" {}
data "aws_region" "current" {}

locals {
  name       = "${var.name}-console"
  account_id = data.aws_caller_identity.current.account_id
  partition  = data.aws_partition.current.partition
  region     = data.aws_region.current.region
  port       = 8080
}

module "service" {
  source = "../service"

  name               = local.name
  cluster            = var.pipeline.cluster
  image              = var.image
  size               = { cpu = 256, memory_mib = 512 }
  network            = var.network
  logs               = { retention_days = 365, key_arn = var.keys.logs }
  parameters_key_arn = var.keys.data
  check              = var.check
  health_command     = ["CMD", "python", "-c", "import urllib.request as u; u.urlopen('http://127.0.0.1:${local.port}/live', timeout=3)"]

  # The target group by its rule: ECS refuses a service whose target group has no load balancer yet.
  load_balancer = {
    target_group_arn  = aws_lb_listener_rule.this["machines"].action[0].target_group_arn
    security_group_id = aws_security_group.this.id
    port              = local.port
  }

  permissions = [{
    sid       = "ActForPeople"
    actions   = ["sts:AssumeRole", "sts:SetSourceIdentity"]
    resources = [for role in aws_iam_role.this : role.arn]
  }]

  environment = merge(var.pipeline.settings, {
    AWS_DEFAULT_REGION          = local.region
    AWS_REGION                  = local.region
    FONDLY_CONSOLE_CLIENT       = local.oidc.client_id
    FONDLY_CONSOLE_GROUPS       = jsonencode(local.groups)
    FONDLY_CONSOLE_GROUPS_CLAIM = lookup(local.oidc, "groups_claim", "groups")
    FONDLY_CONSOLE_HOST         = "0.0.0.0"
    FONDLY_CONSOLE_IDENTITY     = "alb"
    FONDLY_CONSOLE_ISSUER       = local.oidc.issuer
    FONDLY_CONSOLE_PORT         = tostring(local.port)
    FONDLY_CONSOLE_SIGNER       = aws_lb.this.arn
    FONDLY_CONSOLE_URL          = "https://${var.console.domain}"
  })
}

# Outside of working hours nobody looks. Terraform leaves to the schedule how many tasks there are.
resource "aws_appautoscaling_target" "this" {
  service_namespace  = "ecs"
  scalable_dimension = "ecs:service:DesiredCount"
  resource_id        = "service/${var.pipeline.cluster.name}/${module.service.name}"
  min_capacity       = 1
  max_capacity       = 1

  lifecycle {
    ignore_changes = [min_capacity, max_capacity]
  }
}

resource "aws_appautoscaling_scheduled_action" "this" {
  for_each = { opens = 1, closes = var.console.hours.tasks_outside }

  name               = "${local.name}-${each.key}"
  service_namespace  = aws_appautoscaling_target.this.service_namespace
  scalable_dimension = aws_appautoscaling_target.this.scalable_dimension
  resource_id        = aws_appautoscaling_target.this.resource_id
  schedule           = "cron(${var.console.hours[each.key]})"
  timezone           = var.console.hours.time_zone

  scalable_target_action {
    min_capacity = each.value
    max_capacity = each.value
  }
}
