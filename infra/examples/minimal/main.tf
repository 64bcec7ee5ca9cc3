# The least with real AI: small tasks on Spot capacity, one NAT gateway, no email leaves.

terraform {
  required_version = ">= 1.11"

  required_providers {
    aws = { source = "hashicorp/aws", version = "~> 6.0" }
  }

  # Bootstrap's output `backend` has the rest, the key that encrypts it among them: `terraform init -backend-config=`.
  backend "s3" {
    key          = "dev/terraform.tfstate"
    encrypt      = true
    use_lockfile = true
  }
}

provider "aws" {
  region = var.region

  default_tags { tags = { stack = "fondly-dev" } }
}

module "fondly" {
  source = "../.."

  name               = "fondly-dev"
  images             = { tag = var.image_tag }
  size               = "small"
  nat                = true
  mailer             = { model_id = "eu.anthropic.claude-haiku-5-5" }
  shop               = var.shop
  retention_days     = { uploads = 14, runs = 14 }
  log_retention_days = 30
  disposable         = true
}

variable "region" { type = string }
variable "image_tag" { type = string }
# `fondly config tfvars >shop.auto.tfvars.json` writes it.
variable "shop" { type = map(map(string)) }
output "fondly" { value = module.fondly }
