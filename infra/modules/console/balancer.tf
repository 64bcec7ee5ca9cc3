resource "aws_lb" "this" {
  #checkov:skip=CKV_AWS_91:WAF logs every request, without paths and queries; this log would have them
  #checkov:skip=CKV_AWS_150:it holds nothing, and Terraform makes it again
  name                       = local.name
  subnets                    = var.network.public_subnet_ids
  security_groups            = [aws_security_group.this.id]
  drop_invalid_header_fields = true

  lifecycle {
    precondition {
      condition     = contains(var.network.egress_cidrs, "0.0.0.0/0") && length(var.network.public_subnet_ids) >= 2
      error_message = "The console needs public subnets in two zones, and a route to the internet, where the load balancer's public keys are: set nat, or both in vpc."
    }
  }
}

resource "aws_lb_target_group" "this" {
  #checkov:skip=CKV_AWS_378:inside the VPC, from the load balancer's security group only
  name                 = local.name
  port                 = local.port
  protocol             = "HTTP"
  target_type          = "ip"
  vpc_id               = var.network.vpc_id
  deregistration_delay = 30

  health_check {
    path = "/live"
  }
}

resource "aws_lb_listener" "redirect" {
  load_balancer_arn = aws_lb.this.arn
  port              = 80
  protocol          = "HTTP"

  default_action {
    type = "redirect"

    redirect {
      port        = "443"
      protocol    = "HTTPS"
      status_code = "HTTP_301"
    }
  }
}

# Only what the rules name reaches the task, and only by the console's own name.
resource "aws_lb_listener" "this" {
  load_balancer_arn = aws_lb.this.arn
  port              = 443
  protocol          = "HTTPS"
  ssl_policy        = "ELBSecurityPolicy-TLS13-1-2-2021-06"
  certificate_arn   = var.console.certificate_arn

  default_action {
    type = "fixed-response"

    fixed_response {
      content_type = "text/plain"
      status_code  = "404"
    }
  }
}

# Machines bring a token, which the task checks. Programs and scripts of pages are told 401 where people are led to sign in.
resource "aws_lb_listener_rule" "this" {
  for_each = {
    machines = { priority = 1, path = "/api/*", header = { Authorization = "Bearer *" }, signed_out = [] }
    programs = { priority = 2, path = "/api/*", header = {}, signed_out = ["deny"] }
    scripts  = { priority = 3, path = "/*", header = { HX-Request = "true" }, signed_out = ["deny"] }
    people   = { priority = 4, path = "/*", header = {}, signed_out = ["authenticate"] }
  }

  listener_arn = aws_lb_listener.this.arn
  priority     = each.value.priority

  condition {
    host_header {
      values = [var.console.domain]
    }
  }

  condition {
    path_pattern {
      values = [each.value.path]
    }
  }

  dynamic "condition" {
    for_each = each.value.header

    content {
      http_header {
        http_header_name = condition.key
        values           = [condition.value]
      }
    }
  }

  dynamic "action" {
    for_each = each.value.signed_out

    content {
      type  = "authenticate-oidc"
      order = 1

      authenticate_oidc {
        issuer                     = local.oidc.issuer
        authorization_endpoint     = local.oidc.authorization_endpoint
        token_endpoint             = local.oidc.token_endpoint
        user_info_endpoint         = local.oidc.user_info_endpoint
        client_id                  = local.oidc.client_id
        client_secret              = local.client_secret
        scope                      = lookup(local.oidc, "scope", "openid")
        session_timeout            = 8 * 3600 # a working day
        on_unauthenticated_request = action.value
      }
    }
  }

  action {
    type             = "forward"
    order            = 2
    target_group_arn = aws_lb_target_group.this.arn
  }
}

resource "aws_security_group" "this" {
  name        = "${local.name}-balancer"
  description = "The load balancer of ${local.name}"
  vpc_id      = var.network.vpc_id

  tags = { Name = "${local.name}-balancer" }
}

resource "aws_vpc_security_group_ingress_rule" "this" {
  for_each = { for each in setproduct(var.console.allowed_cidrs, [80, 443]) : join(" ", each) => { cidr = each[0], port = each[1] } }

  security_group_id = aws_security_group.this.id
  description       = "Requests from browsers"
  cidr_ipv4         = each.value.cidr
  ip_protocol       = "tcp"
  from_port         = each.value.port
  to_port           = each.value.port
}

resource "aws_vpc_security_group_egress_rule" "issuer" {
  security_group_id = aws_security_group.this.id
  description       = "Questions to the issuer about who signs in"
  cidr_ipv4         = "0.0.0.0/0"
  ip_protocol       = "tcp"
  from_port         = 443
  to_port           = 443
}

# The common rules on bodies only count: files of a shop may look like anything, and nothing in them is executed. Cookies
# of who has signed in may be larger than their rule allows.
module "firewall" {
  source = "../firewall"

  name                 = local.name
  description          = "Rate limit and known attacks on ${local.name}"
  requests_per_5_min   = 3000
  logs_key_arn         = var.keys.logs
  secret_headers       = ["authorization", "cookie"]
  common_rules_counted = ["CrossSiteScripting_BODY", "EC2MetaDataSSRF_BODY", "GenericLFI_BODY", "GenericRFI_BODY", "SizeRestrictions_BODY", "SizeRestrictions_Cookie_HEADER"]
}

resource "aws_wafv2_web_acl_association" "this" {
  resource_arn = aws_lb.this.arn
  web_acl_arn  = module.firewall.web_acl_arn
}
