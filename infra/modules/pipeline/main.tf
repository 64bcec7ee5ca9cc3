data "aws_region" "current" {}
data "aws_caller_identity" "current" {}
data "aws_partition" "current" {}

locals {
  account_id = data.aws_caller_identity.current.account_id
  partition  = data.aws_partition.current.partition
  region     = data.aws_region.current.region
  cluster    = { name = aws_ecs_cluster_capacity_providers.this.cluster_name, arn = aws_ecs_cluster.this.arn }
  logs       = { retention_days = var.log_retention_days, key_arn = var.keys.logs }
}

module "topology" {
  source = "../topology"

  name            = var.name
  keys            = { data = var.keys.data, messages = var.keys.messages }
  table_names     = var.table_names
  retention_days  = var.retention_days
  disposable      = var.disposable
  event_rule_arns = local.event_rule_arns
  foreign_topics  = { feedback = var.feedback_topic_arns }
}

resource "aws_ecs_cluster" "this" {
  name = var.name

  # Scaling reads the number of running tasks from Container Insights.
  setting {
    name  = "containerInsights"
    value = "enabled"
  }
}

resource "aws_ecs_cluster_capacity_providers" "this" {
  cluster_name       = aws_ecs_cluster.this.name
  capacity_providers = ["FARGATE", "FARGATE_SPOT"]
}

module "service" {
  source   = "../service"
  for_each = var.services

  name               = "${var.name}-${each.key}"
  cluster            = local.cluster
  image              = var.images[local.images[each.key]]
  size               = each.value.size
  spot_weight        = each.value.spot_weight
  environment        = local.environment[each.key]
  parameters         = lookup(local.service_parameters, each.key, {})
  release            = lookup(local.releases, each.key, "")
  permissions        = concat(local.consuming[each.key], local.permissions[each.key], local.indirect_permissions[each.key])
  health_command     = local.health_commands[each.key]
  outbound           = lookup(local.outbound, each.key, [])
  network            = var.network
  logs               = local.logs
  parameters_key_arn = var.keys.data
  check              = var.check

  scaling = {
    queue_name       = module.topology.queue_names[local.queues[each.key]]
    min_tasks        = each.value.min_tasks
    max_tasks        = each.value.max_tasks
    backlog_per_task = each.value.backlog_per_task
  }
}
