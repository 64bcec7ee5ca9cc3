# `tofu test` or `terraform test` here plans the module and what lies under it, with nothing asked of AWS.

mock_provider "aws" {
  mock_data "aws_availability_zones" {
    defaults = { names = ["eu-west-1a", "eu-west-1b", "eu-west-1c"] }
  }

  mock_data "aws_caller_identity" {
    defaults = { account_id = "123456789012" }
  }

  mock_data "aws_default_tags" {
    defaults = { tags = { stack = "fondly-test" } }
  }

  mock_data "aws_iam_policy_document" {
    defaults = { json = "{}" }
  }

  mock_data "aws_partition" {
    defaults = { partition = "aws", dns_suffix = "amazonaws.com" }
  }

  mock_data "aws_region" {
    defaults = { region = "eu-west-1" }
  }

  mock_data "aws_vpc_endpoint_service" {
    defaults = {
      availability_zones = ["eu-west-1a", "eu-west-1b", "eu-west-1c"]
      service_name       = "com.amazonaws.eu-west-1.service"
    }
  }
}

variables {
  name                 = "fondly-test"
  images               = { tag = "0.2.0" }
  email_identity       = true
  unsubscribe_endpoint = true
  alarm_emails         = ["ops@shop.example"]
  mailer               = { model_id = "global.anthropic.claude-haiku-5-5" }
  shop = {
    mailer = {
      FONDLY_MAILER_BRAND_NAME     = "The Shop"
      FONDLY_MAILER_FROM_ADDRESS   = "hello@shop.example"
      FONDLY_MAILER_POSTAL_ADDRESS = "1 Mill Lane, Leeds"
    }
  }
}

run "names_carry_the_instance" {
  command = plan

  assert {
    condition     = alltrue([for name in [output.data_bucket, output.dashboard_name] : startswith(name, var.name)])
    error_message = "Instances of one account would share names."
  }
}

run "tables_are_protected_and_buckets_private" {
  command = plan

  module {
    source = "./modules/topology"
  }

  variables {
    keys           = { data = "arn:aws:kms:eu-west-1:123456789012:key/1", messages = "arn:aws:kms:eu-west-1:123456789012:key/2" }
    retention_days = { uploads = 30, runs = 90 }
  }

  assert {
    condition     = alltrue([for table in aws_dynamodb_table.this : table.deletion_protection_enabled])
    error_message = "A table could be deleted with its data, without `disposable`."
  }

  assert {
    condition     = alltrue([for block in aws_s3_bucket_public_access_block.this : block.restrict_public_buckets && block.block_public_acls])
    error_message = "A bucket could be made public."
  }
}

run "there_is_no_way_in" {
  command = plan

  module {
    source = "./modules/network"
  }

  variables {
    interface_endpoints = ["sqs"]
    bucket_arns         = []
    logs_key_arn        = "arn:aws:kms:eu-west-1:123456789012:key/3"
  }

  assert {
    condition     = length(aws_internet_gateway.this) == 0 && length(aws_subnet.public) == 0
    error_message = "Without a NAT gateway the network has no route to the internet."
  }
}

run "bootstrap" {
  command = plan

  module {
    source = "./bootstrap/region"
  }

  variables {
    region = "eu-west-1"
  }

  assert {
    condition     = aws_s3_bucket_versioning.state.versioning_configuration[0].status == "Enabled"
    error_message = "A state that is lost could not be restored."
  }
}
