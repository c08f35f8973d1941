# Everything asked for.
resource "aws_sqs_queue" "intents" {
  name                        = "${var.name}-intents.fifo"
  fifo_queue                  = true
  content_based_deduplication = false
  deduplication_scope         = "messageGroup"
  fifo_throughput_limit       = "perMessageGroupId"
  # Six times the timeout of the function that receives.
  visibility_timeout_seconds = 180
  message_retention_seconds  = 1209600
  max_message_size           = 1048576
  sqs_managed_sse_enabled    = true

  redrive_policy = jsonencode({
    deadLetterTargetArn = aws_sqs_queue.intents_dead.arn
    maxReceiveCount     = 20
  })
}

# Orders to show a card. Slack sets the pace, so an order may come back many times.
resource "aws_sqs_queue" "outbox" {
  name                        = "${var.name}-outbox.fifo"
  fifo_queue                  = true
  content_based_deduplication = false
  deduplication_scope         = "messageGroup"
  fifo_throughput_limit       = "perMessageGroupId"
  visibility_timeout_seconds  = 180
  message_retention_seconds   = 1209600
  max_message_size            = 1048576
  sqs_managed_sse_enabled     = true

  redrive_policy = jsonencode({
    deadLetterTargetArn = aws_sqs_queue.outbox_dead.arn
    maxReceiveCount     = 50
  })
}

resource "aws_sqs_queue" "intents_dead" {
  name                        = "${var.name}-intents-dead.fifo"
  fifo_queue                  = true
  content_based_deduplication = false
  deduplication_scope         = "messageGroup"
  fifo_throughput_limit       = "perMessageGroupId"
  # Longer than a round of the caretaker takes.
  visibility_timeout_seconds = 120
  message_retention_seconds  = 1209600
  max_message_size           = 1048576
  sqs_managed_sse_enabled    = true
}

resource "aws_sqs_queue" "outbox_dead" {
  name                        = "${var.name}-outbox-dead.fifo"
  fifo_queue                  = true
  content_based_deduplication = false
  deduplication_scope         = "messageGroup"
  fifo_throughput_limit       = "perMessageGroupId"
  visibility_timeout_seconds  = 120
  message_retention_seconds   = 1209600
  max_message_size            = 1048576
  sqs_managed_sse_enabled     = true
}

# Rounds that could not be started.
resource "aws_sqs_queue" "schedule_dead" {
  name                      = "${var.name}-schedule-dead"
  message_retention_seconds = 1209600
  sqs_managed_sse_enabled   = true
}

resource "aws_sqs_queue_redrive_allow_policy" "intents_dead" {
  queue_url = aws_sqs_queue.intents_dead.url
  redrive_allow_policy = jsonencode({
    redrivePermission = "byQueue"
    sourceQueueArns   = [aws_sqs_queue.intents.arn]
  })
}

resource "aws_sqs_queue_redrive_allow_policy" "outbox_dead" {
  queue_url = aws_sqs_queue.outbox_dead.url
  redrive_allow_policy = jsonencode({
    redrivePermission = "byQueue"
    sourceQueueArns   = [aws_sqs_queue.outbox.arn]
  })
}

resource "aws_sqs_queue_redrive_allow_policy" "schedule_dead" {
  queue_url            = aws_sqs_queue.schedule_dead.url
  redrive_allow_policy = jsonencode({ redrivePermission = "denyAll" })
}

resource "aws_sqs_queue_policy" "only_tls" {
  for_each = {
    intents       = aws_sqs_queue.intents
    intents_dead  = aws_sqs_queue.intents_dead
    outbox        = aws_sqs_queue.outbox
    outbox_dead   = aws_sqs_queue.outbox_dead
    schedule_dead = aws_sqs_queue.schedule_dead
  }

  queue_url = each.value.url
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Sid       = "OnlyTls"
      Effect    = "Deny"
      Principal = "*"
      Action    = "sqs:*"
      Resource  = each.value.arn
      Condition = { Bool = { "aws:SecureTransport" = "false" } }
    }]
  })
}

# One message at a time: a batch may hold several of one group, and one that fails would hold up the rest.
resource "aws_lambda_event_source_mapping" "dispatcher" {
  event_source_arn        = aws_sqs_queue.intents.arn
  function_name           = aws_lambda_alias.live["dispatcher"].arn
  batch_size              = 1
  function_response_types = ["ReportBatchItemFailures"]

  scaling_config {
    maximum_concurrency = var.dispatcher_concurrency
  }
}

resource "aws_lambda_event_source_mapping" "notifier" {
  event_source_arn        = aws_sqs_queue.outbox.arn
  function_name           = aws_lambda_alias.live["notifier"].arn
  batch_size              = 1
  function_response_types = ["ReportBatchItemFailures"]

  # Each of another channel: one that is full delays no other.
  scaling_config {
    maximum_concurrency = 10
  }
}
