# Calls of AI services carry no tag, so no budget by tag sees them, and they are most of the bill. They have a budget of
# their own, by service, which counts the whole account: ADR 35.
locals {
  budgets = {
    resources = {
      name  = "${var.name}-${local.region}"
      limit = var.limits.month_cost_usd
      # The tag takes effect once it is activated for cost allocation in the billing settings.
      filters = { TagKeyValue = [format("user:stack$%s", var.name)], Region = [local.region] }
    }
    ai = {
      name    = "${var.name}-ai-${local.region}"
      limit   = coalesce(var.limits.month_ai_cost_usd, var.limits.month_cost_usd)
      filters = { Service = var.ai_services }
    }
  }
}

resource "aws_budgets_budget" "month" {
  for_each = { for name, budget in local.budgets : name => budget if length(flatten(values(budget.filters))) > 0 }

  name         = each.value.name
  budget_type  = "COST"
  time_unit    = "MONTHLY"
  limit_amount = tostring(each.value.limit)
  limit_unit   = "USD"

  dynamic "cost_filter" {
    for_each = each.value.filters

    content {
      name   = cost_filter.key
      values = cost_filter.value
    }
  }

  dynamic "notification" {
    for_each = { FORECASTED = 100, ACTUAL = 80 }

    content {
      comparison_operator       = "GREATER_THAN"
      notification_type         = notification.key
      threshold                 = notification.value
      threshold_type            = "PERCENTAGE"
      subscriber_sns_topic_arns = local.notify
    }
  }

  depends_on = [aws_sns_topic_policy.alarms]
}
