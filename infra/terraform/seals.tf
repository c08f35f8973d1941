# Copies of the audit's seals, where no function can change or delete one.

locals {
  seals      = var.seal_retention_days > 0 ? "${var.name}-seals-${local.account}" : ""
  seals_arn  = "arn:${data.aws_partition.current.partition}:s3:::${local.seals}"
  seals_here = compact([local.seals])

  seal_copies = join("", [for bucket in local.seals_here : "s3://${bucket}/seals"])

  see_copies = [for bucket in local.seals_here : {
    Sid       = "SeeCopies"
    Effect    = "Allow"
    Action    = ["s3:ListBucketVersions"]
    Resource  = [local.seals_arn]
    Condition = { StringEquals = { "s3:prefix" = "seals/" } }
  }]
}

resource "aws_s3_bucket" "seals" {
  for_each = toset(local.seals_here)

  bucket              = each.key
  object_lock_enabled = true
}

resource "aws_s3_bucket_versioning" "seals" {
  for_each = aws_s3_bucket.seals

  bucket = each.value.bucket
  versioning_configuration {
    status = "Enabled"
  }
}

resource "aws_s3_bucket_object_lock_configuration" "seals" {
  for_each = aws_s3_bucket_versioning.seals

  bucket = each.value.bucket
  rule {
    default_retention {
      mode = var.seal_retention_mode
      days = var.seal_retention_days
    }
  }
}

resource "aws_s3_bucket_server_side_encryption_configuration" "seals" {
  for_each = aws_s3_bucket.seals

  bucket = each.value.bucket
  rule {
    apply_server_side_encryption_by_default {
      sse_algorithm = "AES256"
    }
  }
}

resource "aws_s3_bucket_ownership_controls" "seals" {
  for_each = aws_s3_bucket.seals

  bucket = each.value.bucket
  rule {
    object_ownership = "BucketOwnerEnforced"
  }
}

resource "aws_s3_bucket_public_access_block" "seals" {
  for_each = aws_s3_bucket.seals

  bucket                  = each.value.bucket
  block_public_acls       = true
  block_public_policy     = true
  ignore_public_acls      = true
  restrict_public_buckets = true
}

resource "aws_s3_bucket_policy" "seals" {
  for_each = aws_s3_bucket.seals

  bucket = each.value.bucket
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      {
        Sid       = "OnlyTls"
        Effect    = "Deny"
        Principal = "*"
        Action    = "s3:*"
        Resource  = [local.seals_arn, "${local.seals_arn}/*"]
        Condition = { Bool = { "aws:SecureTransport" = "false" } }
      },
      {
        # Under the condition that there is none: nobody puts one over another.
        Sid       = "OnlyOnce"
        Effect    = "Deny"
        Principal = "*"
        Action    = "s3:PutObject"
        Resource  = ["${local.seals_arn}/*"]
        Condition = { Null = { "s3:if-none-match" = "true" } }
      },
    ]
  })
}
