# A task of each new revision runs with `--check` before the service uses it: it reads its settings, imports everything,
# asks its resources and ends. So an image or a setting with which nothing can start fails the apply, and the service
# keeps the revision that works. ECS itself would notice only once a task is wanted, at the next message.

resource "terraform_data" "check" {
  count = var.check ? 1 : 0

  triggers_replace = [aws_ecs_task_definition.this.arn]

  provisioner "local-exec" {
    command = "python3 ${path.module}/check_task.py"

    environment = {
      CHECK_CLUSTER         = var.cluster.arn
      CHECK_TASK_DEFINITION = aws_ecs_task_definition.this.arn
      CHECK_CONTAINER       = local.container
      CHECK_SUBNETS         = join(",", var.network.subnet_ids)
      CHECK_SECURITY_GROUPS = aws_security_group.this.id
      CHECK_LOG_GROUP       = aws_cloudwatch_log_group.this.name
      CHECK_REGION          = data.aws_region.current.region
    }
  }

  depends_on = [
    aws_iam_role_policy.execution,
    aws_iam_role_policy.task,
    aws_vpc_security_group_egress_rule.cidrs,
    aws_vpc_security_group_egress_rule.outbound,
    aws_vpc_security_group_egress_rule.prefix_lists,
  ]
}
