data "aws_region" "current" {}
data "aws_caller_identity" "current" {}
data "aws_partition" "current" {}

# The zones that every account of the region may use: no Local Zones, which have to be opted into.
data "aws_availability_zones" "available" {
  #checkov:skip=CKV_AWS_394:only the first are used, however many there are, and the input `zones` fixes which
  state = "available"

  filter {
    name   = "opt-in-status"
    values = ["opt-in-not-required"]
  }
}

locals {
  region = data.aws_region.current.region

  # A zone's letter means another place in each account, and not every place has every endpoint. So zones that have them
  # all go first.
  available = sort(data.aws_availability_zones.available.names)
  complete = [
    for zone in local.available : zone
    if alltrue([for service in data.aws_vpc_endpoint_service.interface : contains(service.availability_zones, zone)])
  ]
  preferred = concat(local.complete, [for zone in local.available : zone if !contains(local.complete, zone)])
  zones     = var.zones == null ? slice(local.preferred, 0, min(var.zone_count, length(local.preferred))) : var.zones

  # A VPC of our own, or one that exists, in which at most endpoints are made.
  own             = var.vpc == null ? 1 : 0
  created         = try(var.vpc.create_endpoints, false)
  vpc_id          = var.vpc == null ? one(aws_vpc.this[*].id) : var.vpc.id
  cidr            = var.vpc == null ? var.cidr : var.vpc.cidr
  route_table_ids = var.vpc == null ? aws_route_table.private[*].id : var.vpc.route_table_ids
  subnets = concat(
    [for zone, subnet in aws_subnet.private : { id = subnet.id, zone = zone }],
    [for subnet in data.aws_subnet.existing : { id = subnet.id, zone = subnet.availability_zone }],
  )
}

data "aws_subnet" "existing" {
  count = local.created ? length(var.vpc.private_subnet_ids) : 0

  id = var.vpc.private_subnet_ids[count.index]
}

resource "aws_vpc" "this" {
  count = local.own

  cidr_block           = var.cidr
  enable_dns_support   = true
  enable_dns_hostnames = true # private names of interface endpoints

  tags = { Name = var.name }
}

# Anything without a security group of its own gets this one, which allows nothing.
resource "aws_default_security_group" "closed" {
  count = local.own

  vpc_id = aws_vpc.this[0].id

  tags = { Name = "${var.name}-closed" }
}

resource "aws_subnet" "private" {
  for_each = { for index, zone in local.zones : zone => cidrsubnet(var.cidr, 4, index) if var.vpc == null }

  vpc_id            = aws_vpc.this[0].id
  availability_zone = each.key
  cidr_block        = each.value

  tags = { Name = "${var.name}-private-${each.key}" }

  lifecycle {
    precondition {
      condition     = length(local.zones) >= 2 && length(setsubtract(local.zones, local.available)) == 0
      error_message = "Two zones are the least, and ${jsonencode(local.zones)} must be among those of this account: ${jsonencode(local.available)}."
    }
  }
}

resource "aws_route_table" "private" {
  count = local.own

  vpc_id = aws_vpc.this[0].id

  tags = { Name = "${var.name}-private" }
}

resource "aws_route_table_association" "private" {
  for_each = aws_subnet.private

  subnet_id      = each.value.id
  route_table_id = aws_route_table.private[0].id
}
