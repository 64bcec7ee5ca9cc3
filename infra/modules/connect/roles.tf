data "aws_iam_policy_document" "trust" {
  for_each = { tasks = "ecs-tasks", schedule = "scheduler", webhook = "lambda" }

  statement {
    actions = ["sts:AssumeRole"]

    principals {
      type        = "Service"
      identifiers = ["${each.value}.amazonaws.com"]
    }

    condition {
      test     = "StringEquals"
      variable = "aws:SourceAccount"
      values   = [local.account_id]
    }
  }
}

# The task role: what the command calls.
resource "aws_iam_role" "task" {
  name               = "${local.name}-task-${local.region}"
  assume_role_policy = data.aws_iam_policy_document.trust["tasks"].json
}

resource "aws_iam_role_policy" "task" {
  name   = "calls"
  role   = aws_iam_role.task.id
  policy = data.aws_iam_policy_document.task.json
}

# It uploads, and forgets who is gone in the shop, which takes as much.
data "aws_iam_policy_document" "task" {
  #checkov:skip=CKV_AWS_356:Personalize has lists, for which AWS defines no resource
  statement {
    sid       = "ReadToken"
    actions   = ["secretsmanager:GetSecretValue"]
    resources = [var.connection.secret_arn]
  }

  dynamic "statement" {
    for_each = var.forgetting

    content {
      sid       = statement.value.sid
      actions   = statement.value.actions
      resources = statement.value.resources

      dynamic "condition" {
        for_each = statement.value.conditions

        content {
          test     = condition.value.test
          variable = condition.value.variable
          values   = condition.value.values
        }
      }
    }
  }
}

# The execution role: what ECS does to start a task.
resource "aws_iam_role" "execution" {
  name               = "${local.name}-execution-${local.region}"
  assume_role_policy = data.aws_iam_policy_document.trust["tasks"].json
}

resource "aws_iam_role_policy" "execution" {
  name   = "start"
  role   = aws_iam_role.execution.id
  policy = data.aws_iam_policy_document.execution.json
}

data "aws_iam_policy_document" "execution" {
  dynamic "statement" {
    for_each = var.image.pull

    content {
      sid       = statement.value.sid
      actions   = statement.value.actions
      resources = statement.value.resources
    }
  }

  statement {
    sid       = "WriteLogs"
    actions   = ["logs:CreateLogStream", "logs:PutLogEvents"]
    resources = ["${aws_cloudwatch_log_group.this.arn}:*"]
  }
}

# The schedule's role: it starts this task and no other.
resource "aws_iam_role" "schedule" {
  name               = "${local.name}-schedule-${local.region}"
  assume_role_policy = data.aws_iam_policy_document.trust["schedule"].json
}

resource "aws_iam_role_policy" "schedule" {
  name   = "start"
  role   = aws_iam_role.schedule.id
  policy = data.aws_iam_policy_document.schedule.json
}

data "aws_iam_policy_document" "schedule" {
  statement {
    sid       = "RunTask"
    actions   = ["ecs:RunTask", "ecs:TagResource"]
    resources = ["${aws_ecs_task_definition.this.arn_without_revision}:*"]

    condition {
      test     = "ArnEquals"
      variable = "ecs:cluster"
      values   = [local.cluster]
    }
  }

  statement {
    sid       = "GiveRoles"
    actions   = ["iam:PassRole"]
    resources = [aws_iam_role.execution.arn, aws_iam_role.task.arn]

    condition {
      test     = "StringEquals"
      variable = "iam:PassedToService"
      values   = ["ecs-tasks.amazonaws.com"]
    }
  }
}
