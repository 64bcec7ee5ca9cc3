"""Terraform's language, as far as `infra/` uses it, so that tests see what Terraform would make.

`configuration.Configuration` evaluates a folder with its modules, as `terraform plan` does in an empty
account: values that only AWS knows are made up from the names (`aws.py`). What is not understood is an
error, never a guess.
"""
