# One role for each function, with what it needs and no more.

locals {
  # Names of SSM parameters begin with a slash, so they are the end of the ARN as they are.
  parameters = "arn:${data.aws_partition.current.partition}:ssm:${local.region}:${local.account}:parameter"

  consume = ["sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:ChangeMessageVisibility", "sqs:GetQueueAttributes"]

  never_change = {
    Sid      = "NeverChange"
    Effect   = "Deny"
    Action   = ["dynamodb:DeleteItem", "dynamodb:UpdateItem", "dynamodb:BatchWriteItem", "dynamodb:PartiQLDelete", "dynamodb:PartiQLUpdate"]
    Resource = [aws_dynamodb_table.events.arn]
  }

  # Conditions on the partition of what is written or read. "All of them" is true of none: so there must be one.
  partition = {
    for name, keys in {
      dead    = { "ForAllValues:StringEquals" = ["dead"] }
      counted = { "ForAllValues:StringLike" = ["memo:watch/*", "memo:figures", "memo:silences"] }
      figures = { "ForAllValues:StringEquals" = ["memo:figures", "memo:known", "memo:needed"] }
      needed  = { "ForAllValues:StringEquals" = ["memo:needed"] }
      records = { "ForAllValues:StringLike" = ["run:*"] }
      shown   = { "ForAllValues:StringLike" = ["run:*", "card:*"] }
      seen    = { "ForAllValues:StringLike" = ["run:*", "card:*", "memo:figures", "memo:known"] }
      drawn   = { "ForAllValues:StringLike" = ["run:*", "card:*", "memo:figures", "memo:budget"] }
      cards   = { "ForAllValues:StringLike" = ["card:*", "memo:budget"] }
      due     = { "ForAllValues:StringLike" = ["card:due:*"] }
      written = { "ForAllValues:StringLike" = ["run:*", "moved:*"] }
      moves   = { "ForAllValues:StringLike" = ["moved:*"] }
      seals   = { "ForAllValues:StringLike" = ["seal", "seal:*"] }
      events  = { "ForAllValues:StringNotLike" = ["seal", "seal:*"] }
      } : name => merge(
      { for operator, values in keys : operator => { "dynamodb:LeadingKeys" = values } },
      { Null = { "dynamodb:LeadingKeys" = "false" } },
    )
  }

  # The secrets that each function reads; those without a name are not there.
  secrets = {
    for name, parameters in {
      slack-ingress   = [var.command_key_parameter, var.slack_signing_secret_parameter, var.slack_bot_token_parameter]
      webhook-ingress = [var.github_webhook_secret_parameter, var.jenkins_webhook_secret_parameter, var.alertmanager_webhook_secret_parameter, var.grafana_webhook_secret_parameter]
      dispatcher      = [var.command_key_parameter, var.github_token_parameter, var.github_app_private_key_parameter, var.jenkins_token_parameter, var.alertmanager_token_parameter, var.lookup_credentials_parameter]
      notifier        = [var.slack_bot_token_parameter]
      caretaker       = []
      log-watch       = [var.loki_password_parameter, var.loki_token_parameter]
    } : name => [for parameter in compact(parameters) : "${local.parameters}${parameter}"]
  }

  read_secrets = {
    for name, arns in local.secrets : name => concat(
      [for some in [arns] : {
        Sid      = "ReadSecrets"
        Effect   = "Allow"
        Action   = ["ssm:GetParameters"]
        Resource = some
      } if length(some) > 0],
      [for key in compact([var.secrets_key_arn]) : {
        Sid       = "Decrypt"
        Effect    = "Allow"
        Action    = ["kms:Decrypt"]
        Resource  = [key]
        Condition = { StringEquals = { "kms:ViaService" = "ssm.${local.region}.amazonaws.com" } }
      } if length(arns) > 0],
    )
  }

  permissions = {
    slack-ingress = [
      { Sid = "Queue", Effect = "Allow", Action = ["sqs:SendMessage", "sqs:GetQueueAttributes"], Resource = [aws_sqs_queue.intents.arn] },
      {
        # Heads, cards, and what was counted of an alert. No dead letters, no memos of others, not what moved on a day.
        Sid       = "ReadState"
        Effect    = "Allow"
        Action    = ["dynamodb:GetItem", "dynamodb:BatchGetItem"]
        Resource  = [aws_dynamodb_table.state.arn]
        Condition = local.partition.seen
      },
      {
        Sid      = "QueryState"
        Effect   = "Allow"
        Action   = ["dynamodb:Query"]
        Resource = [for index in ["by_short", "by_time", "by_reference"] : "${aws_dynamodb_table.state.arn}/index/${index}"]
      },
    ]
    webhook-ingress = [
      { Sid = "Queue", Effect = "Allow", Action = ["sqs:SendMessage", "sqs:GetQueueAttributes"], Resource = [aws_sqs_queue.intents.arn] },
      {
        # Which of many alerts have a card.
        Sid       = "ReadState"
        Effect    = "Allow"
        Action    = ["dynamodb:GetItem"]
        Resource  = [aws_dynamodb_table.state.arn]
        Condition = local.partition.records
      },
      { Sid = "QueryState", Effect = "Allow", Action = ["dynamodb:Query"], Resource = ["${aws_dynamodb_table.state.arn}/index/by_reference"] },
    ]
    dispatcher = [
      { Sid = "Consume", Effect = "Allow", Action = local.consume, Resource = [aws_sqs_queue.intents.arn] },
      { Sid = "Order", Effect = "Allow", Action = ["sqs:SendMessage"], Resource = [aws_sqs_queue.outbox.arn] },
      # What one record owes to another; and what a newer version queued goes back.
      { Sid = "Send", Effect = "Allow", Action = ["sqs:SendMessage"], Resource = [aws_sqs_queue.intents.arn] },
      # What nobody vouched for.
      { Sid = "Refuse", Effect = "Allow", Action = ["sqs:SendMessage"], Resource = [aws_sqs_queue.intents_dead.arn] },
      {
        # Heads, and what moved on a day.
        Sid       = "WriteState"
        Effect    = "Allow"
        Action    = ["dynamodb:GetItem", "dynamodb:PutItem", "dynamodb:UpdateItem"]
        Resource  = [aws_dynamodb_table.state.arn]
        Condition = local.partition.written
      },
      {
        # When a card is overdue. No card.
        Sid       = "DueCards"
        Effect    = "Allow"
        Action    = ["dynamodb:PutItem", "dynamodb:DeleteItem"]
        Resource  = [aws_dynamodb_table.state.arn]
        Condition = local.partition.due
      },
      {
        # What an alert counted when somebody does something about it, and what an alert manager says of it. What systems
        # outside answered, and what of that was needed of late.
        Sid       = "Figures"
        Effect    = "Allow"
        Action    = ["dynamodb:GetItem", "dynamodb:PutItem"]
        Resource  = [aws_dynamodb_table.state.arn]
        Condition = local.partition.figures
      },
      # What is carried out is held against what was asked for.
      { Sid = "ReadEvents", Effect = "Allow", Action = ["dynamodb:Query"], Resource = [aws_dynamodb_table.events.arn] },
      {
        # Events, and never a seal: a put may replace what is there.
        Sid       = "Append"
        Effect    = "Allow"
        Action    = ["dynamodb:PutItem"]
        Resource  = [aws_dynamodb_table.events.arn]
        Condition = local.partition.events
      },
      local.never_change,
    ]
    notifier = concat(
      [
        { Sid = "Consume", Effect = "Allow", Action = local.consume, Resource = [aws_sqs_queue.outbox.arn] },
        # What a newer version queued goes back.
        { Sid = "GiveBack", Effect = "Allow", Action = ["sqs:SendMessage"], Resource = [aws_sqs_queue.outbox.arn] },
        {
          # Heads, cards and those of before, what was counted and what was spent.
          Sid       = "ReadState"
          Effect    = "Allow"
          Action    = ["dynamodb:GetItem", "dynamodb:BatchGetItem", "dynamodb:ConditionCheckItem"]
          Resource  = [aws_dynamodb_table.state.arn]
          Condition = local.partition.drawn
        },
        {
          # Cards, and what was spent of Slack's allowance. No head, and not what moved on a day: what is not noted is not
          # sealed.
          Sid       = "WriteState"
          Effect    = "Allow"
          Action    = ["dynamodb:PutItem"]
          Resource  = [aws_dynamodb_table.state.arn]
          Condition = local.partition.cards
        },
        {
          # What is shown is no longer due.
          Sid       = "DueCards"
          Effect    = "Allow"
          Action    = ["dynamodb:DeleteItem"]
          Resource  = [aws_dynamodb_table.state.arn]
          Condition = local.partition.due
        },
        { Sid = "ReadEvents", Effect = "Allow", Action = ["dynamodb:Query"], Resource = [aws_dynamodb_table.events.arn] },
      ],
      # Beside the heads, where a version before looks: only while such a version may be at work.
      [for setting in [var.cards_of_before] : {
        Sid       = "CardsOfBefore"
        Effect    = "Allow"
        Action    = ["dynamodb:PutItem", "dynamodb:UpdateItem"]
        Resource  = [aws_dynamodb_table.state.arn]
        Condition = local.partition.records
      } if setting != "none"],
    )
    caretaker = concat(
      [
        { Sid = "Queue", Effect = "Allow", Action = ["sqs:SendMessage"], Resource = [aws_sqs_queue.intents.arn, aws_sqs_queue.outbox.arn] },
        {
          Sid      = "Drain"
          Effect   = "Allow"
          Action   = ["sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:ChangeMessageVisibility"]
          Resource = [aws_sqs_queue.intents_dead.arn, aws_sqs_queue.outbox_dead.arn]
        },
        {
          # Heads, and cards of before that are due.
          Sid       = "ReadState"
          Effect    = "Allow"
          Action    = ["dynamodb:GetItem", "dynamodb:BatchGetItem"]
          Resource  = [aws_dynamodb_table.state.arn]
          Condition = local.partition.shown
        },
        {
          Sid       = "KeepLetters"
          Effect    = "Allow"
          Action    = ["dynamodb:PutItem"]
          Resource  = [aws_dynamodb_table.state.arn]
          Condition = local.partition.dead
        },
        {
          Sid      = "QueryState"
          Effect   = "Allow"
          Action   = ["dynamodb:Query"]
          Resource = ["${aws_dynamodb_table.state.arn}/index/due_runs", "${aws_dynamodb_table.state.arn}/index/due_cards"]
        },
        {
          # What was needed of systems outside of late, to be asked for again.
          Sid       = "ReadNeeded"
          Effect    = "Allow"
          Action    = ["dynamodb:Query"]
          Resource  = [aws_dynamodb_table.state.arn]
          Condition = local.partition.needed
        },
        {
          # What moved on a day is what its seal covers. It reads that and does not write it.
          Sid       = "ReadMoves"
          Effect    = "Allow"
          Action    = ["dynamodb:Query"]
          Resource  = [aws_dynamodb_table.state.arn]
          Condition = local.partition.moves
        },
        {
          Sid      = "ReadEvents"
          Effect   = "Allow"
          Action   = ["dynamodb:Query"]
          Resource = concat([aws_dynamodb_table.events.arn], [for index in ["by_day", "by_run"] : "${aws_dynamodb_table.events.arn}/index/${index}"])
        },
        {
          # Of the log itself it writes the seals and their parts, and nothing else.
          Sid       = "Seal"
          Effect    = "Allow"
          Action    = ["dynamodb:PutItem"]
          Resource  = [aws_dynamodb_table.events.arn]
          Condition = local.partition.seals
        },
        local.never_change,
      ],
      # Copies it adds, and sees which there are. It reads, changes and deletes none.
      [for bucket in local.seals_here : {
        Sid      = "CopySeals"
        Effect   = "Allow"
        Action   = ["s3:PutObject"]
        Resource = ["${local.seals_arn}/seals/*"]
      }],
      local.see_copies,
    )
    log-watch = concat(
      [
        { Sid = "Queue", Effect = "Allow", Action = ["sqs:SendMessage"], Resource = [aws_sqs_queue.intents.arn, aws_sqs_queue.outbox.arn] },
        {
          # What it counts, and nothing else of the state.
          Sid       = "Count"
          Effect    = "Allow"
          Action    = ["dynamodb:GetItem", "dynamodb:PutItem"]
          Resource  = [aws_dynamodb_table.state.arn]
          Condition = local.partition.counted
        },
        {
          # Which runs ended shortly before, and whether the card of a family is open.
          Sid       = "ReadState"
          Effect    = "Allow"
          Action    = ["dynamodb:GetItem", "dynamodb:BatchGetItem"]
          Resource  = [aws_dynamodb_table.state.arn]
          Condition = local.partition.records
        },
        { Sid = "QueryState", Effect = "Allow", Action = ["dynamodb:Query"], Resource = ["${aws_dynamodb_table.state.arn}/index/by_time"] },
      ],
      [for groups in compact([var.watched_log_groups]) : {
        Sid      = "ReadLogs"
        Effect   = "Allow"
        Action   = ["logs:FilterLogEvents", "logs:StartQuery"]
        Resource = split(",", groups)
      }],
      # AWS knows no resource for it: what is asked for is the name of a query.
      [for groups in compact([var.watched_log_groups]) : {
        Sid      = "ReadAnswers"
        Effect   = "Allow"
        Action   = ["logs:GetQueryResults"]
        Resource = ["*"]
      }],
    )
  }
}

resource "aws_iam_role" "function" {
  for_each = local.functions

  name = "${var.name}-${each.key}"
  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Principal = { Service = "lambda.amazonaws.com" }
      Action    = "sts:AssumeRole"
    }]
  })
}

resource "aws_iam_role_policy" "function" {
  for_each = aws_iam_role.function

  name = each.key
  role = each.value.name
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = concat(
      [{
        Sid      = "Log"
        Effect   = "Allow"
        Action   = ["logs:CreateLogStream", "logs:PutLogEvents"]
        Resource = ["${aws_cloudwatch_log_group.function[each.key].arn}:*"]
      }],
      local.permissions[each.key],
      local.read_secrets[each.key],
    )
  })
}

# For those who run `signalbox audit`, `history` and `dlq`. Attached to nobody.
resource "aws_iam_policy" "operators" {
  name        = "${var.name}-operators"
  description = "Reads Signalbox's audit and state, and redrives dead letters."
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = concat([
      {
        Sid    = "Read"
        Effect = "Allow"
        Action = ["dynamodb:GetItem", "dynamodb:BatchGetItem", "dynamodb:Query"]
        Resource = concat(
          [aws_dynamodb_table.events.arn],
          [for index in ["by_day", "by_run"] : "${aws_dynamodb_table.events.arn}/index/${index}"],
          [aws_dynamodb_table.state.arn],
          [for index in ["by_run", "by_short", "by_time", "by_reference", "due_runs", "due_cards"] : "${aws_dynamodb_table.state.arn}/index/${index}"],
        )
      },
      {
        Sid       = "DeadLetters"
        Effect    = "Allow"
        Action    = ["dynamodb:PutItem", "dynamodb:DeleteItem"]
        Resource  = [aws_dynamodb_table.state.arn]
        Condition = local.partition.dead
      },
      {
        Sid      = "Redrive"
        Effect   = "Allow"
        Action   = ["sqs:SendMessage"]
        Resource = [aws_sqs_queue.intents.arn, aws_sqs_queue.outbox.arn]
      },
      ],
      [for bucket in local.seals_here : {
        Sid      = "ReadCopies"
        Effect   = "Allow"
        Action   = ["s3:GetObject", "s3:GetObjectVersion"]
        Resource = ["${local.seals_arn}/seals/*"]
      }],
      local.see_copies,
    )
  })
}
