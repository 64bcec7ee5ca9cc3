# What a region of an account needs once, before its first environment: a bucket for Terraform's state, the image
# repositories, the roles for releases from GitHub, and permission for API Gateway to write logs.
#
# Its own state starts in a local file. Keep that file, or move it into the new bucket: add a backend block and run
# `terraform init -migrate-state`.

provider "aws" {
  region = var.region

  default_tags {
    tags = { stack = "fondly-bootstrap" }
  }
}

data "aws_caller_identity" "current" {}
data "aws_partition" "current" {}

locals {
  account_id = data.aws_caller_identity.current.account_id
  partition  = data.aws_partition.current.partition
}

module "keys" {
  source = "../../modules/keys"

  name = "fondly"

  keys = {
    images = { description = "Images" }
    state  = { description = "Terraform's state" }
  }
}

module "registry" {
  source = "../../modules/registry"

  key_arn = module.keys.arns["images"]
  images = concat(
    [for file in fileset("${path.module}/../../../services", "*/pyproject.toml") : dirname(file)],
    ["cli", "console", "understudy"],
  )
}

module "deploy" {
  source   = "../../modules/github-deploy"
  for_each = { for environment, name in var.environments : environment => name if var.github_repository != null }

  environment           = each.key
  name                  = each.value
  repository            = var.github_repository
  image_repository_arns = module.registry.repository_arns
  state                 = { bucket_arn = aws_s3_bucket.state.arn, key_arn = module.keys.arns["state"] }
}
