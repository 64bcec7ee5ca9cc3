terraform {
  required_version = ">= 1.11"

  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = "~> 6.0"
    }
    random = {
      source  = "hashicorp/random"
      version = "~> 3.7"
    }
  }

  # The bucket, its region and its key differ per account and region: bootstrap's output `backend` has them, as the file for
  # `terraform init -backend-config=`. Without the key's id, the state would be encrypted with one of S3's own.
  backend "s3" {
    key          = "dev/terraform.tfstate"
    encrypt      = true
    use_lockfile = true
  }
}
