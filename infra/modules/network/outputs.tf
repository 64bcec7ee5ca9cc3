output "vpc_id" {
  description = "The VPC."
  value       = aws_vpc.this.id
}

output "tasks" {
  description = "Where tasks run and what they may reach over HTTPS: the service module's input `network`."
  value = {
    vpc_id                 = aws_vpc.this.id
    cidr                   = var.cidr
    subnet_ids             = [for subnet in aws_subnet.private : subnet.id]
    public_subnet_ids      = aws_subnet.public[*].id
    egress_cidrs           = [var.nat ? "0.0.0.0/0" : var.cidr]
    egress_prefix_list_ids = [aws_vpc_endpoint.s3.prefix_list_id, aws_vpc_endpoint.dynamodb.prefix_list_id]
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
  value       = local.zones
}
