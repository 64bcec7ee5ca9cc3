output "tasks" {
  description = "Where tasks run and what they may reach over HTTPS: the service module's input `network`."
  value = {
    vpc_id                 = local.vpc_id
    cidr                   = local.cidr
    subnet_ids             = var.vpc == null ? local.subnets[*].id : var.vpc.private_subnet_ids
    public_subnet_ids      = var.vpc == null ? aws_subnet.public[*].id : var.vpc.public_subnet_ids
    egress_cidrs           = var.vpc == null ? [var.nat ? "0.0.0.0/0" : var.cidr] : var.vpc.egress_cidrs
    egress_prefix_list_ids = concat(aws_vpc_endpoint.s3[*].prefix_list_id, aws_vpc_endpoint.dynamodb[*].prefix_list_id, data.aws_prefix_list.existing[*].id)
  }

  # Whoever runs tasks with these subnets waits until a task can reach the registry, its log and everything else.
  depends_on = [
    aws_route.nat,
    aws_route_table_association.private,
    aws_route_table_association.public,
    aws_vpc_endpoint.dynamodb,
    aws_vpc_endpoint.interface,
    aws_vpc_endpoint.s3,
    aws_vpc_security_group_ingress_rule.endpoints,
  ]
}

output "zones" {
  description = "The availability zones in use, to be fixed by the input `zones`."
  value       = var.vpc == null ? local.zones : local.subnets[*].zone
}
