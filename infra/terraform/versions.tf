terraform {
  required_version = ">= 1.9"

  required_providers {
    aws = {
      source = "hashicorp/aws"
      # The first that knows messages of 1 MiB.
      version = "~> 6.8"
    }
  }
}
