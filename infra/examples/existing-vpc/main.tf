# In a VPC that exists, whose private subnets have a NAT gateway.

terraform {
  required_version = ">= 1.11"

  required_providers {
    aws = { source = "hashicorp/aws", version = "~> 6.0" }
  }

  # Bootstrap's output `backend` has the rest, the key that encrypts it among them: `terraform init -backend-config=`.
  backend "s3" {
    key          = "shop/terraform.tfstate"
    encrypt      = true
    use_lockfile = true
  }
}

provider "aws" {
  region = var.region

  default_tags { tags = { stack = "fondly-shop" } }
}

module "fondly" {
  source = "../.."

  name   = "fondly-shop"
  images = { tag = var.image_tag }
  vpc    = var.vpc
  mailer = { model_id = "eu.anthropic.claude-haiku-5-5" }
}

variable "region" { type = string }
variable "image_tag" { type = string }
variable "vpc" { type = object({ id = string, cidr = string, private_subnet_ids = list(string) }) }
output "fondly" { value = module.fondly }
