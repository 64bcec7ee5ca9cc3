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
