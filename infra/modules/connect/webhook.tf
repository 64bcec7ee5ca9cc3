# Where the platform says that customers ask to be forgotten: a function that verifies the signature and keeps the request,
# which the next task does. Off without the secret.

locals {
  webhooks = var.connection.webhook_secret_arn == null ? 0 : 1
}

data "archive_file" "webhook" {
  count = local.webhooks

  type        = "zip"
  source_file = "${path.module}/../../../tools/operations/src/fondly/operations/connect/webhooks.py"
  output_path = "${path.root}/.terraform/webhooks.zip"
}

resource "aws_lambda_function" "webhook" {
  #checkov:skip=CKV_AWS_50:a trace would say when which customer asked
  #checkov:skip=CKV_AWS_116:the platform itself tries again for two days
  #checkov:skip=CKV_AWS_117:it calls S3 and Secrets Manager alone
  #checkov:skip=CKV_AWS_173:its variables are names
  #checkov:skip=CKV_AWS_272:its source is a file of this repository
  count = local.webhooks

  function_name                  = "${local.name}-webhook"
  role                           = aws_iam_role.webhook[0].arn
  runtime                        = "python3.13"
  architectures                  = ["arm64"]
  handler                        = "webhooks.handler"
  filename                       = data.archive_file.webhook[0].output_path
  source_code_hash               = data.archive_file.webhook[0].output_base64sha256
  timeout                        = 10
  memory_size                    = 256
  reserved_concurrent_executions = 2

  environment {
    variables = {
      BUCKET   = var.bucket.name
      PLATFORM = var.connection.platform
      SECRET   = var.connection.webhook_secret_arn
    }
  }

  logging_config {
    log_format = "JSON"
    log_group  = aws_cloudwatch_log_group.webhook[0].name
  }
}

# Created at once with its stage and its only route; the function's concurrency limits what may come.
resource "aws_apigatewayv2_api" "webhook" {
  #checkov:skip=CKV_AWS_309:platforms sign their webhooks instead, and the function verifies it
  count = local.webhooks

  name          = "${local.name}-webhook"
  description   = "Webhooks of the shop's platform"
  protocol_type = "HTTP"
  route_key     = "POST /webhook"
  target        = aws_lambda_function.webhook[0].arn
}

resource "aws_lambda_permission" "webhook" {
  count = local.webhooks

  action        = "lambda:InvokeFunction"
  function_name = aws_lambda_function.webhook[0].function_name
  principal     = "apigateway.amazonaws.com"
  source_arn    = "${aws_apigatewayv2_api.webhook[0].execution_arn}/*/*/webhook"
}

resource "aws_cloudwatch_log_group" "webhook" {
  count = local.webhooks

  name              = "/fondly/${local.name}-webhook"
  retention_in_days = 365
  kms_key_id        = var.keys.logs
}

resource "aws_iam_role" "webhook" {
  count = local.webhooks

  name               = "${local.name}-webhook-${local.region}"
  assume_role_policy = data.aws_iam_policy_document.trust["webhook"].json
}

resource "aws_iam_role_policy" "webhook" {
  count = local.webhooks

  name   = "calls"
  role   = aws_iam_role.webhook[0].id
  policy = data.aws_iam_policy_document.webhook[0].json
}

data "aws_iam_policy_document" "webhook" {
  count = local.webhooks

  statement {
    sid       = "ReadSecret"
    actions   = ["secretsmanager:GetSecretValue"]
    resources = [var.connection.webhook_secret_arn]
  }

  statement {
    sid       = "KeepRequests"
    actions   = ["s3:PutObject"]
    resources = ["${var.bucket.arn}/connect/requests/*"]
  }

  statement {
    sid       = "UseKey"
    actions   = ["kms:GenerateDataKey"]
    resources = [var.keys.data]

    condition {
      test     = "StringEquals"
      variable = "kms:ViaService"
      values   = ["s3.${local.region}.amazonaws.com"]
    }
  }

  statement {
    sid       = "WriteLogs"
    actions   = ["logs:CreateLogStream", "logs:PutLogEvents"]
    resources = ["${aws_cloudwatch_log_group.webhook[0].arn}:*"]
  }
}
