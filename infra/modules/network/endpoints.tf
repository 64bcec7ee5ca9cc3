locals {
  endpoints           = var.vpc == null || local.created ? 1 : 0
  interface_endpoints = local.endpoints == 0 || var.nat ? toset([]) : var.interface_endpoints

  # The prefix of each endpoint's actions, where it differs from the endpoint's name.
  prefixes = {
    bedrock-runtime     = "bedrock"
    "ecr.api"           = "ecr"
    "ecr.dkr"           = "ecr"
    email               = "ses"
    personalize-events  = "personalize"
    personalize-runtime = "personalize"
  }
}

# A VPC that exists has gateway endpoints of its own if it has no route to the internet.
data "aws_prefix_list" "existing" {
  count = local.endpoints == 1 ? 0 : contains(var.vpc.egress_cidrs, "0.0.0.0/0") ? 0 : 2

  name = "com.amazonaws.${local.region}.${["s3", "dynamodb"][count.index]}"
}

resource "aws_vpc_endpoint" "dynamodb" {
  count = local.endpoints

  vpc_id            = local.vpc_id
  service_name      = "com.amazonaws.${local.region}.dynamodb"
  vpc_endpoint_type = "Gateway"
  route_table_ids   = local.route_table_ids
  policy            = data.aws_iam_policy_document.endpoint["dynamodb"].json

  tags = { Name = "${var.name}-dynamodb" }
}

resource "aws_vpc_endpoint" "s3" {
  count = local.endpoints

  vpc_id            = local.vpc_id
  service_name      = "com.amazonaws.${local.region}.s3"
  vpc_endpoint_type = "Gateway"
  route_table_ids   = local.route_table_ids
  policy            = data.aws_iam_policy_document.s3.json

  tags = { Name = "${var.name}-s3" }
}

# Which zones offer an endpoint, and its name in this partition.
data "aws_vpc_endpoint_service" "interface" {
  for_each = local.interface_endpoints

  service      = each.key
  service_type = "Interface"
}

# An address in each zone that offers one; the private name leads tasks of the other zones there too.
resource "aws_vpc_endpoint" "interface" {
  for_each = local.interface_endpoints

  vpc_id            = local.vpc_id
  service_name      = data.aws_vpc_endpoint_service.interface[each.key].service_name
  vpc_endpoint_type = "Interface"
  subnet_ids = [
    for subnet in local.subnets : subnet.id
    if contains(data.aws_vpc_endpoint_service.interface[each.key].availability_zones, subnet.zone)
  ]
  security_group_ids  = [aws_security_group.endpoints[0].id]
  private_dns_enabled = true
  policy              = data.aws_iam_policy_document.endpoint[each.key].json

  tags = { Name = "${var.name}-${each.key}" }

  lifecycle {
    precondition {
      condition     = length(setintersection(local.subnets[*].zone, data.aws_vpc_endpoint_service.interface[each.key].availability_zones)) > 0
      error_message = "None of the zones ${jsonencode(local.subnets[*].zone)} offers the endpoint ${each.key}: name others in zones."
    }
  }
}

resource "aws_security_group" "endpoints" {
  count = length(local.interface_endpoints) > 0 ? 1 : 0

  name        = "${var.name}-endpoints"
  description = "Interface endpoints: HTTPS from inside the VPC"
  vpc_id      = local.vpc_id

  tags = { Name = "${var.name}-endpoints" }
}

resource "aws_vpc_security_group_ingress_rule" "endpoints" {
  count = length(local.interface_endpoints) > 0 ? 1 : 0

  security_group_id = aws_security_group.endpoints[0].id
  description       = "HTTPS from the tasks"
  cidr_ipv4         = local.cidr
  ip_protocol       = "tcp"
  from_port         = 443
  to_port           = 443
}

# Task roles decide what a task may do. Endpoint policies reject credentials of other accounts, so that nobody can
# exfiltrate data from the VPC with credentials brought in from elsewhere.
data "aws_iam_policy_document" "endpoint" {
  for_each = setunion(local.interface_endpoints, ["dynamodb"])

  statement {
    sid       = "CredentialsOfThisAccount"
    actions   = ["${lookup(local.prefixes, each.key, each.key)}:*"]
    resources = ["*"]

    principals {
      type        = "AWS"
      identifiers = ["*"]
    }

    condition {
      test     = "StringEquals"
      variable = "aws:PrincipalAccount"
      values   = [data.aws_caller_identity.current.account_id]
    }
  }
}

data "aws_iam_policy_document" "s3" {
  #checkov:skip=CKV_AWS_283:presigned URLs of image layers carry no account; the statement covers only AWS's bucket
  statement {
    sid       = "OwnBuckets"
    actions   = ["s3:DeleteObject", "s3:GetObject", "s3:ListBucket", "s3:PutObject"]
    resources = concat(var.bucket_arns, [for arn in var.bucket_arns : "${arn}/*"])

    principals {
      type        = "AWS"
      identifiers = ["*"]
    }

    condition {
      test     = "StringEquals"
      variable = "aws:PrincipalAccount"
      values   = [data.aws_caller_identity.current.account_id]
    }
  }

  # ECR serves image layers from its own bucket, by presigned URLs without an account.
  statement {
    sid       = "ImageLayers"
    actions   = ["s3:GetObject"]
    resources = ["arn:${data.aws_partition.current.partition}:s3:::prod-${local.region}-starport-layer-bucket/*"]

    principals {
      type        = "AWS"
      identifiers = ["*"]
    }
  }
}
