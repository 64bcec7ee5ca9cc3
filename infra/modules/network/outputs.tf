output "vpc_id" {
  description = "The VPC."
  value       = aws_vpc.this.id
}

output "tasks" {
  description = "Where tasks run and what they may reach over HTTPS: the service module's input `network`."
  value = {
    vpc_id                 = aws_vpc.this.id
    subnet_ids             = [for subnet in aws_subnet.private : subnet.id]
    egress_cidrs           = [var.nat ? "0.0.0.0/0" : var.cidr]
    egress_prefix_list_ids = [aws_vpc_endpoint.s3.prefix_list_id, aws_vpc_endpoint.dynamodb.prefix_list_id]
  }
}
