# Nothing here has an address outside the VPC, and each security group admits the one before it alone.

resource "aws_lb" "this" {
  #checkov:skip=CKV_AWS_91:API Gateway logs every request, without what names the customer; this log would have it
  #checkov:skip=CKV_AWS_150:it holds nothing, and Terraform makes it again
  #checkov:skip=CKV2_AWS_20:only API Gateway's link reaches it, which does not follow redirects
  name                       = var.name
  internal                   = true
  load_balancer_type         = "application"
  subnets                    = var.network.subnet_ids
  security_groups            = [aws_security_group.load_balancer.id]
  drop_invalid_header_fields = true
  idle_timeout               = 30
}

resource "aws_lb_target_group" "this" {
  #checkov:skip=CKV_AWS_378:inside the VPC, from the load balancer's security group only
  name                 = var.name
  port                 = var.port
  protocol             = "HTTP"
  target_type          = "ip"
  vpc_id               = var.network.vpc_id
  deregistration_delay = 30

  # Not /health, which may say no while a process cannot answer yet: ECS would replace the tasks for ever.
  health_check {
    path                = "/live"
    matcher             = "200"
    interval            = 15
    timeout             = 5
    healthy_threshold   = 2
    unhealthy_threshold = 3
  }
}

resource "aws_lb_listener" "this" {
  #checkov:skip=CKV_AWS_2:inside the VPC, from API Gateway's link only; TLS ends at API Gateway
  #checkov:skip=CKV_AWS_103:the same
  load_balancer_arn = aws_lb.this.arn
  port              = 80
  protocol          = "HTTP"

  default_action {
    type             = "forward"
    target_group_arn = aws_lb_target_group.this.arn
  }
}

# A private integration is asked with the stage in front of the path (API Gateway Developer Guide, "Private integrations
# for REST APIs"), which the web process knows nothing of.
resource "aws_lb_listener_rule" "stage" {
  listener_arn = aws_lb_listener.this.arn
  priority     = 1

  condition {
    path_pattern {
      values = ["/${var.stage}/*"]
    }
  }

  action {
    type             = "forward"
    target_group_arn = aws_lb_target_group.this.arn
  }

  transform {
    type = "url-rewrite"

    url_rewrite_config {
      rewrite {
        regex   = "^/${var.stage}/"
        replace = "/"
      }
    }
  }
}

resource "aws_security_group" "load_balancer" {
  name        = "${var.name}-balancer"
  description = "The load balancer of ${var.name}"
  vpc_id      = var.network.vpc_id

  tags = { Name = "${var.name}-balancer" }
}

resource "aws_security_group" "link" {
  name        = "${var.name}-link"
  description = "API Gateway's link to ${var.name}"
  vpc_id      = var.network.vpc_id

  tags = { Name = "${var.name}-link" }
}

resource "aws_vpc_security_group_ingress_rule" "load_balancer" {
  security_group_id            = aws_security_group.load_balancer.id
  description                  = "Requests from API Gateway's link"
  referenced_security_group_id = aws_security_group.link.id
  ip_protocol                  = "tcp"
  from_port                    = aws_lb_listener.this.port
  to_port                      = aws_lb_listener.this.port
}

resource "aws_vpc_security_group_egress_rule" "link" {
  security_group_id            = aws_security_group.link.id
  description                  = "Requests to the load balancer"
  referenced_security_group_id = aws_security_group.load_balancer.id
  ip_protocol                  = "tcp"
  from_port                    = aws_lb_listener.this.port
  to_port                      = aws_lb_listener.this.port
}

resource "aws_apigatewayv2_vpc_link" "this" {
  name               = var.name
  subnet_ids         = var.network.subnet_ids
  security_group_ids = [aws_security_group.link.id]
}
