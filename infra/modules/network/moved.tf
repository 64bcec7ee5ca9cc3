# Until 0.1.0 there was no VPC but our own. A move by a caller into the module hides what `count` would imply.

moved {
  from = aws_vpc.this
  to   = aws_vpc.this[0]
}
moved {
  from = aws_default_security_group.closed
  to   = aws_default_security_group.closed[0]
}
moved {
  from = aws_route_table.private
  to   = aws_route_table.private[0]
}
moved {
  from = aws_flow_log.refused
  to   = aws_flow_log.refused[0]
}
moved {
  from = aws_cloudwatch_log_group.flow
  to   = aws_cloudwatch_log_group.flow[0]
}
moved {
  from = aws_iam_role.flow
  to   = aws_iam_role.flow[0]
}
moved {
  from = aws_iam_role_policy.flow
  to   = aws_iam_role_policy.flow[0]
}
moved {
  from = aws_vpc_endpoint.dynamodb
  to   = aws_vpc_endpoint.dynamodb[0]
}
moved {
  from = aws_vpc_endpoint.s3
  to   = aws_vpc_endpoint.s3[0]
}
