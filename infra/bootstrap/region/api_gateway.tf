# API Gateway writes logs with one role for the whole account and region; the unsubscribe module needs it.

resource "aws_api_gateway_account" "this" {
  cloudwatch_role_arn = aws_iam_role.api_gateway.arn

  depends_on = [aws_iam_role_policy_attachment.api_gateway]
}

resource "aws_iam_role" "api_gateway" {
  name               = "fondly-api-gateway-logs-${var.region}"
  assume_role_policy = data.aws_iam_policy_document.api_gateway_trust.json
}

# AWS's managed policy: API Gateway checks the role when it is set and rejects a narrower one.
resource "aws_iam_role_policy_attachment" "api_gateway" {
  role       = aws_iam_role.api_gateway.name
  policy_arn = "arn:${local.partition}:iam::aws:policy/service-role/AmazonAPIGatewayPushToCloudWatchLogs"
}

data "aws_iam_policy_document" "api_gateway_trust" {
  statement {
    actions = ["sts:AssumeRole"]

    principals {
      type        = "Service"
      identifiers = ["apigateway.amazonaws.com"]
    }
  }
}
