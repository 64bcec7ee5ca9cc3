# Link and web ACL became modules of their own when other endpoints came to need them.

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

moved {
  from = aws_wafv2_web_acl.this
  to   = module.waf.aws_wafv2_web_acl.this
}

moved {
  from = aws_cloudwatch_log_group.waf
  to   = module.waf.aws_cloudwatch_log_group.waf
}

moved {
  from = aws_wafv2_web_acl_logging_configuration.this
  to   = module.waf.aws_wafv2_web_acl_logging_configuration.this
}
