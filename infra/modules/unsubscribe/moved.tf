# Each method was of the only path before there were preferences.

moved {
  from = aws_api_gateway_resource.unsubscribe
  to   = aws_api_gateway_resource.this["unsubscribe"]
}

moved {
  from = aws_api_gateway_method.this["GET"]
  to   = aws_api_gateway_method.this["unsubscribe GET"]
}

moved {
  from = aws_api_gateway_method.this["POST"]
  to   = aws_api_gateway_method.this["unsubscribe POST"]
}

moved {
  from = aws_api_gateway_integration.get
  to   = aws_api_gateway_integration.get["unsubscribe"]
}

moved {
  from = aws_api_gateway_integration.post
  to   = aws_api_gateway_integration.post["unsubscribe"]
}

moved {
  from = aws_api_gateway_method_response.this["GET"]
  to   = aws_api_gateway_method_response.this["unsubscribe GET 200"]
}

moved {
  from = aws_api_gateway_method_response.this["POST"]
  to   = aws_api_gateway_method_response.this["unsubscribe POST 200"]
}

moved {
  from = aws_api_gateway_integration_response.this["GET"]
  to   = aws_api_gateway_integration_response.this["unsubscribe GET 200"]
}

moved {
  from = aws_api_gateway_integration_response.this["POST"]
  to   = aws_api_gateway_integration_response.this["unsubscribe POST 200"]
}

# The web ACL became a module of its own when other endpoints came to need it.

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
