resource "aws_dynamodb_table" "this" {
  for_each = local.topology.tables

  name                        = lookup(var.table_names, each.key, "${var.name}-${each.key}")
  billing_mode                = "PAY_PER_REQUEST"
  hash_key                    = each.value.partition_key
  range_key                   = try(each.value.sort_key, null)
  deletion_protection_enabled = !var.disposable

  dynamic "attribute" {
    for_each = compact([each.value.partition_key, try(each.value.sort_key, "")])

    content {
      name = attribute.value
      type = "S"
    }
  }

  dynamic "ttl" {
    for_each = can(each.value.ttl) ? [each.value.ttl] : []

    content {
      attribute_name = ttl.value
      enabled        = true
    }
  }

  point_in_time_recovery {
    enabled = true
  }

  server_side_encryption {
    enabled     = true
    kms_key_arn = var.keys.data
  }
}
