# Real AI and delivery by SES, in three zones without a route to the internet.

terraform {
  required_version = ">= 1.11"

  required_providers {
    aws = { source = "hashicorp/aws", version = "~> 6.0" }
  }

  # Bootstrap's output `backend` has the rest, the key that encrypts it among them: `terraform init -backend-config=`.
  backend "s3" {
    key          = "prod/terraform.tfstate"
    encrypt      = true
    use_lockfile = true
  }
}

provider "aws" {
  region = var.region

  default_tags { tags = { stack = "fondly-prod" } }
}

module "fondly" {
  source = "../.."

  name                 = "fondly-prod"
  images               = { tag = var.image_tag }
  mailer               = { model_id = "eu.anthropic.claude-haiku-5-5" }
  shop                 = var.shop
  sending              = { transport = "ses" }
  email_identity       = true
  unsubscribe_endpoint = true
  alarm_emails         = ["ops@shop.example"]
}

variable "region" { type = string }
variable "image_tag" { type = string }
# `fondly config tfvars >shop.auto.tfvars.json` writes it.
variable "shop" { type = map(map(string)) }
output "fondly" { value = module.fondly }
