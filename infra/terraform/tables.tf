# As in shared/aws/src/tables.rs; a test compares. All indexes hold keys alone.

# The audit. Only ever added to: no item expires, and no role may change or delete one.
resource "aws_dynamodb_table" "events" {
  name                        = "${var.name}-events"
  billing_mode                = "PAY_PER_REQUEST"
  deletion_protection_enabled = var.deletion_protection
  hash_key                    = "run"
  range_key                   = "seq"

  dynamic "attribute" {
    for_each = { run = "S", seq = "N", opens = "S", day = "N", shelf = "S" }
    content {
      name = attribute.key
      type = attribute.value
    }
  }

  dynamic "global_secondary_index" {
    for_each = {
      by_day = ["opens", "day"]
      by_run = ["shelf", "run"]
    }
    content {
      name            = global_secondary_index.key
      hash_key        = global_secondary_index.value[0]
      range_key       = global_secondary_index.value[1]
      projection_type = "KEYS_ONLY"
    }
  }

  point_in_time_recovery {
    enabled = true
  }

  server_side_encryption {
    enabled = true
  }
}

# Where everything stands now.
resource "aws_dynamodb_table" "state" {
  name                        = "${var.name}-state"
  billing_mode                = "PAY_PER_REQUEST"
  deletion_protection_enabled = var.deletion_protection
  hash_key                    = "pk"
  range_key                   = "sk"

  dynamic "attribute" {
    for_each = {
      pk           = "S"
      sk           = "S"
      shelf        = "S"
      short        = "S"
      workspace    = "S"
      requested_at = "N"
      reference    = "S"
      kind         = "S"
      due_at       = "N"
      card_due_at  = "N"
    }
    content {
      name = attribute.key
      type = attribute.value
    }
  }

  dynamic "global_secondary_index" {
    for_each = {
      by_run       = ["shelf", "pk"]
      by_short     = ["short", "pk"]
      by_time      = ["workspace", "requested_at"]
      by_reference = ["reference", "pk"]
      due_runs     = ["kind", "due_at"]
      due_cards    = ["kind", "card_due_at"]
    }
    content {
      name            = global_secondary_index.key
      hash_key        = global_secondary_index.value[0]
      range_key       = global_secondary_index.value[1]
      projection_type = "KEYS_ONLY"
    }
  }

  ttl {
    attribute_name = "expires_at"
    enabled        = true
  }

  point_in_time_recovery {
    enabled = true
  }

  server_side_encryption {
    enabled = true
  }
}
