# The link became a module of its own when another endpoint came to need it.

moved {
  from = aws_lb.this
  to   = module.link.aws_lb.this
}

moved {
  from = aws_lb_target_group.this
  to   = module.link.aws_lb_target_group.this
}

moved {
  from = aws_lb_listener.this
  to   = module.link.aws_lb_listener.this
}

moved {
  from = aws_lb_listener_rule.stage
  to   = module.link.aws_lb_listener_rule.stage
}

moved {
  from = aws_security_group.load_balancer
  to   = module.link.aws_security_group.load_balancer
}

moved {
  from = aws_security_group.link
  to   = module.link.aws_security_group.link
}

moved {
  from = aws_vpc_security_group_ingress_rule.load_balancer
  to   = module.link.aws_vpc_security_group_ingress_rule.load_balancer
}

moved {
  from = aws_vpc_security_group_egress_rule.link
  to   = module.link.aws_vpc_security_group_egress_rule.link
}

moved {
  from = aws_apigatewayv2_vpc_link.this
  to   = module.link.aws_apigatewayv2_vpc_link.this
}

moved {
  from = aws_cloudwatch_metric_alarm.unreachable
  to   = module.link.aws_cloudwatch_metric_alarm.unreachable
}
