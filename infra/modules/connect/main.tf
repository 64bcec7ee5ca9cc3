# A task that fetches a shop's data from its platform, on a schedule: EventBridge Scheduler -> ecs:RunTask. Two at once do
# no harm: the second one ends (docs/connect.md).

data "aws_region" "current" {}
data "aws_caller_identity" "current" {}
data "aws_partition" "current" {}

locals {
  name       = "${var.name}-connect"
  account_id = data.aws_caller_identity.current.account_id
  partition  = data.aws_partition.current.partition
  region     = data.aws_region.current.region
  cluster    = "arn:${local.partition}:ecs:${local.region}:${local.account_id}:cluster/${var.cluster_name}"

  credentials = { for arn in var.image.credentials_arn[*] : "repositoryCredentials" => { credentialsParameter = arn } }

  command = concat(
    ["connect", var.connection.platform, "--shop", var.connection.shop, "--secret", var.connection.secret_arn],
    ["--environment", var.name, "--region", local.region, "--role-arn", var.personalize_role_arn, "--json"],
    var.connection.arguments,
  )
}

resource "aws_ecs_task_definition" "this" {
  family                   = local.name
  requires_compatibilities = ["FARGATE"]
  network_mode             = "awsvpc"
  cpu                      = 1024
  memory                   = 2048
  execution_role_arn       = aws_iam_role.execution.arn
  task_role_arn            = aws_iam_role.task.arn

  container_definitions = jsonencode([
    merge(local.credentials, {
      name                   = "app"
      image                  = var.image.uri
      essential              = true
      readonlyRootFilesystem = true
      user                   = "10001:10001" # as in the images; no user of the host
      command                = local.command
      stopTimeout            = 120
      mountPoints            = [{ sourceVolume = "tmp", containerPath = "/tmp", readOnly = false }]
      linuxParameters        = { capabilities = { drop = ["ALL"] } }

      logConfiguration = {
        logDriver = "awslogs"
        options = {
          awslogs-group         = aws_cloudwatch_log_group.this.name
          awslogs-region        = local.region
          awslogs-stream-prefix = "task"
        }
      }
    })
  ])

  volume {
    name = "tmp"
  }

  ephemeral_storage {
    size_in_gib = 40 # for the mirror of the shop, and its files
  }

  runtime_platform {
    operating_system_family = "LINUX"
    cpu_architecture        = var.image.architecture
  }
}

resource "aws_cloudwatch_log_group" "this" {
  name              = "/fondly/${local.name}"
  retention_in_days = 365
  kms_key_id        = var.keys.logs
}

resource "aws_security_group" "this" {
  #checkov:skip=CKV2_AWS_5:the tasks that the schedule starts have it
  name        = local.name
  description = "Tasks of ${local.name}"
  vpc_id      = var.network.vpc_id

  tags = { Name = local.name }
}

resource "aws_vpc_security_group_egress_rule" "https" {
  security_group_id = aws_security_group.this.id
  description       = "HTTPS to the shop's platform and to AWS"
  cidr_ipv4         = "0.0.0.0/0"
  ip_protocol       = "tcp"
  from_port         = 443
  to_port           = 443
}

resource "aws_scheduler_schedule" "this" {
  #checkov:skip=CKV_AWS_297:it holds no data: a key of one's own would protect the name of the task
  name                = local.name
  schedule_expression = var.connection.schedule

  flexible_time_window {
    mode                      = "FLEXIBLE"
    maximum_window_in_minutes = 15
  }

  target {
    arn      = local.cluster
    role_arn = aws_iam_role.schedule.arn

    ecs_parameters {
      task_definition_arn = aws_ecs_task_definition.this.arn
      launch_type         = "FARGATE"
      propagate_tags      = "TASK_DEFINITION"

      network_configuration {
        subnets         = var.network.subnet_ids
        security_groups = [aws_security_group.this.id]
      }
    }

    retry_policy {
      maximum_retry_attempts = 2
    }
  }
}
