# What stands before a stage of API Gateway or a load balancer: a web ACL, and its log, which has no paths, queries or
# secret headers.

locals {
  common_rules = var.common_rules_counted == null ? {} : {
    common = { priority = 4, name = "AWSManagedRulesCommonRuleSet", counted = var.common_rules_counted }
  }
  managed_rules = merge(local.common_rules, {
    known-bad-inputs = { priority = 2, name = "AWSManagedRulesKnownBadInputsRuleSet", counted = [] }
  })
}

resource "aws_wafv2_web_acl" "this" {
  name        = var.name
  description = var.description
  scope       = "REGIONAL"

  default_action {
    allow {}
  }

  rule {
    name     = "rate"
    priority = 1

    action {
      block {}
    }

    statement {
      rate_based_statement {
        limit              = var.requests_per_5_min
        aggregate_key_type = "IP"
      }
    }

    visibility_config {
      cloudwatch_metrics_enabled = true
      metric_name                = "rate"
      sampled_requests_enabled   = false
    }
  }

  dynamic "rule" {
    for_each = local.managed_rules

    content {
      name     = rule.key
      priority = rule.value.priority

      override_action {
        none {}
      }

      statement {
        managed_rule_group_statement {
          vendor_name = "AWS"
          name        = rule.value.name

          dynamic "rule_action_override" {
            for_each = rule.value.counted

            content {
              name = rule_action_override.value

              action_to_use {
                count {}
              }
            }
          }
        }
      }

      visibility_config {
        cloudwatch_metrics_enabled = true
        metric_name                = rule.key
        sampled_requests_enabled   = false
      }
    }
  }

  # A body that no form has would fail behind the stage, and a failure there raises an alarm.
  dynamic "rule" {
    for_each = var.max_body_bytes == null ? [] : [var.max_body_bytes]

    content {
      name     = "large-bodies"
      priority = 3

      action {
        block {}
      }

      statement {
        size_constraint_statement {
          comparison_operator = "GT"
          size                = rule.value

          field_to_match {
            body {
              oversize_handling = "MATCH"
            }
          }

          text_transformation {
            priority = 0
            type     = "NONE"
          }
        }
      }

      visibility_config {
        cloudwatch_metrics_enabled = true
        metric_name                = "large-bodies"
        sampled_requests_enabled   = false
      }
    }
  }

  visibility_config {
    cloudwatch_metrics_enabled = true
    metric_name                = var.name
    sampled_requests_enabled   = false # samples would contain what the log leaves out
  }
}

resource "aws_cloudwatch_log_group" "waf" {
  name              = "aws-waf-logs-${var.name}" # WAF requires this prefix
  retention_in_days = 365
  kms_key_id        = var.logs_key_arn
}

resource "aws_wafv2_web_acl_logging_configuration" "this" {
  resource_arn            = aws_wafv2_web_acl.this.arn
  log_destination_configs = [aws_cloudwatch_log_group.waf.arn]

  redacted_fields {
    uri_path {}
  }

  redacted_fields {
    query_string {}
  }

  dynamic "redacted_fields" {
    for_each = var.secret_headers

    content {
      single_header {
        name = redacted_fields.value
      }
    }
  }
}
