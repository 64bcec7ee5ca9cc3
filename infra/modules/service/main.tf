data "aws_region" "current" {}
data "aws_caller_identity" "current" {}
data "aws_partition" "current" {}

locals {
  container      = "app"
  stop_timeout_s = 120 # Fargate's maximum, and the notice that Spot gives

  credentials = { for arn in var.image.credentials_arn[*] : "repositoryCredentials" => { credentialsParameter = arn } }

  file_system = var.file_system[*]
  own_disk    = [{ sourceVolume = "tmp", containerPath = "/tmp", readOnly = false }]
  shared_disk = [for system in local.file_system : { sourceVolume = "state", containerPath = system.path, readOnly = false }]

  ports = distinct(concat(var.discovery[*].port, var.load_balancer[*].port))
}

resource "aws_ecs_task_definition" "this" {
  family                   = var.name
  requires_compatibilities = ["FARGATE"]
  network_mode             = "awsvpc"
  cpu                      = var.size.cpu
  memory                   = var.size.memory_mib
  execution_role_arn       = aws_iam_role.execution.arn
  task_role_arn            = aws_iam_role.task.arn
  skip_destroy             = true # a rollback needs the previous revision

  container_definitions = jsonencode([
    merge(local.credentials, {
      name                   = local.container
      image                  = var.image.uri
      essential              = true
      readonlyRootFilesystem = true
      user                   = "10001:10001" # as in the images; no user of the host
      stopTimeout            = local.stop_timeout_s
      environment            = [for name, value in var.environment : { name = name, value = value }]
      secrets                = [for name, arn in var.parameters : { name = name, valueFrom = arn }]
      mountPoints            = concat(local.own_disk, local.shared_disk)
      portMappings           = [for port in local.ports : { containerPort = port, protocol = "tcp" }]
      dockerLabels           = { "fondly.release" = var.release }
      linuxParameters        = { capabilities = { drop = ["ALL"] } } # no ECS init: the image has its own

      healthCheck = {
        command     = var.health_command
        interval    = 30
        timeout     = 5
        retries     = 3
        startPeriod = 60
      }

      logConfiguration = {
        logDriver = "awslogs"
        options = {
          awslogs-group         = aws_cloudwatch_log_group.this.name
          awslogs-region        = data.aws_region.current.region
          awslogs-stream-prefix = "task"
          mode                  = "non-blocking" # a full log buffer must not block the service
          max-buffer-size       = "10m"
        }
      }
    })
  ])

  # The task's own disk, deleted with it. /tmp has mode 1777 only because the image declares it as a volume; otherwise
  # ECS mounts it for root only.
  volume {
    name = "tmp"
  }

  # Outlives the task. Its access point decides the folder and the user; nothing unencrypted crosses the network.
  dynamic "volume" {
    for_each = local.file_system

    content {
      name = "state"

      efs_volume_configuration {
        file_system_id     = volume.value.id
        transit_encryption = "ENABLED"

        authorization_config {
          access_point_id = volume.value.access_point_id
          iam             = "ENABLED"
        }
      }
    }
  }

  ephemeral_storage {
    size_in_gib = var.size.storage_gib
  }

  runtime_platform {
    operating_system_family = "LINUX"
    cpu_architecture        = var.image.architecture
  }
}

resource "aws_ecs_service" "this" {
  name                               = var.name
  cluster                            = var.cluster.arn
  task_definition                    = aws_ecs_task_definition.this.arn
  desired_count                      = try(var.scaling.min_tasks, var.load.min_tasks, 1)
  platform_version                   = "LATEST"
  deployment_minimum_healthy_percent = var.single ? 0 : 100
  deployment_maximum_percent         = var.single ? 100 : 200
  availability_zone_rebalancing      = var.single ? "DISABLED" : "ENABLED" # it would start a second task first
  enable_ecs_managed_tags            = true
  propagate_tags                     = "SERVICE"
  health_check_grace_period_seconds  = var.load_balancer == null ? null : 60 # as the container's own check has it

  capacity_provider_strategy {
    capacity_provider = "FARGATE"
    weight            = 100 - var.spot_weight
  }

  capacity_provider_strategy {
    capacity_provider = "FARGATE_SPOT"
    weight            = var.spot_weight
  }

  deployment_circuit_breaker {
    enable   = true
    rollback = true
  }

  network_configuration {
    subnets          = var.network.subnet_ids
    security_groups  = [aws_security_group.this.id]
    assign_public_ip = false
  }

  dynamic "load_balancer" {
    for_each = var.load_balancer[*]

    content {
      target_group_arn = load_balancer.value.target_group_arn
      container_name   = local.container
      container_port   = load_balancer.value.port
    }
  }

  dynamic "service_registries" {
    for_each = aws_service_discovery_service.this

    content {
      registry_arn = service_registries.value.arn
    }
  }

  lifecycle {
    ignore_changes = [desired_count] # set by scaling
  }

  # A task that starts earlier could reach nothing, or not even be started. The network's routes and endpoints are
  # waited for with `var.network`.
  depends_on = [
    aws_iam_role_policy.execution,
    aws_iam_role_policy.task,
    aws_vpc_security_group_egress_rule.cidrs,
    aws_vpc_security_group_egress_rule.outbound,
    aws_vpc_security_group_egress_rule.prefix_lists,
    terraform_data.check,
  ]
}

resource "aws_cloudwatch_log_group" "this" {
  name              = "/fondly/${var.name}"
  retention_in_days = var.logs.retention_days
  kms_key_id        = var.logs.key_arn
}
