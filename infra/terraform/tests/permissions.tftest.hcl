# Who may do what. The whole of it is compared with template.yaml (infra/compare.py); here is what must never slip.

mock_provider "aws" {
  source          = "./tests/mocks"
  override_during = plan
}

variables {
  packages = "tests/packages"
}

run "defaults" {
  command = plan

  assert {
    condition = alltrue([
      for name in ["dispatcher", "caretaker"] : contains([
        for s in jsondecode(aws_iam_role_policy.function[name].policy).Statement : "${s.Effect} ${join(" ", s.Action)} ${join(" ", s.Resource)}"
      ], "Deny dynamodb:DeleteItem dynamodb:UpdateItem dynamodb:BatchWriteItem dynamodb:PartiQLDelete dynamodb:PartiQLUpdate arn:aws:dynamodb:us-east-1:123456789012:table/signalbox-events")
    ])
    error_message = "A role that may put into the audit is denied to change and to delete there."
  }

  assert {
    condition = alltrue(flatten([
      for name, p in aws_iam_role_policy.function : [
        for s in jsondecode(p.policy).Statement : [
          for action in s.Action : s.Effect == "Deny" || action == "dynamodb:PutItem" || action == "dynamodb:Query"
        ] if contains(s.Resource, aws_dynamodb_table.events.arn)
      ]
    ]))
    error_message = "The audit is put to and queried, and nothing else."
  }

  assert {
    condition = toset([
      for name, p in aws_iam_role_policy.function : name
      if anytrue([for s in jsondecode(p.policy).Statement : s.Effect == "Allow" && contains(s.Action, "dynamodb:PutItem") && contains(s.Resource, aws_dynamodb_table.events.arn)])
    ]) == toset(["dispatcher", "caretaker"])
    error_message = "Only the dispatcher and the caretaker put into the audit."
  }

  assert {
    condition = {
      for name in ["dispatcher", "caretaker"] : name => one([
        for s in jsondecode(aws_iam_role_policy.function[name].policy).Statement : jsonencode(s.Condition)
        if s.Effect == "Allow" && contains(s.Action, "dynamodb:PutItem") && contains(s.Resource, aws_dynamodb_table.events.arn)
      ])
      } == {
      dispatcher = jsonencode({ "ForAllValues:StringNotLike" = { "dynamodb:LeadingKeys" = ["seal", "seal:*"] }, Null = { "dynamodb:LeadingKeys" = "false" } })
      caretaker  = jsonencode({ "ForAllValues:StringLike" = { "dynamodb:LeadingKeys" = ["seal", "seal:*"] }, Null = { "dynamodb:LeadingKeys" = "false" } })
    }
    error_message = "Events are the dispatcher's, seals and their parts the caretaker's: neither replaces what is the other's."
  }

  assert {
    condition = {
      for name, p in aws_iam_role_policy.function : name => join(" ", flatten([
        for s in jsondecode(p.policy).Statement : values(s.Condition)[0]["dynamodb:LeadingKeys"]
        if s.Effect == "Allow" && contains(s.Resource, aws_dynamodb_table.state.arn) && length(setintersection(s.Action, ["dynamodb:PutItem", "dynamodb:UpdateItem"])) > 0
      ]))
      } == {
      slack-ingress   = ""
      webhook-ingress = ""
      dispatcher      = "run:* moved:* card:due:* memo:figures memo:known memo:needed"
      notifier        = "card:* memo:budget"
      caretaker       = "dead"
      log-watch       = "memo:watch/* memo:figures memo:silences"
    }
    error_message = "Each function writes its own partitions of the state; what moved on a day only the dispatcher notes."
  }

  assert {
    condition = {
      for name, p in aws_iam_role_policy.function : name => join(" ", sort(distinct(flatten([
        for s in jsondecode(p.policy).Statement : try(values(s.Condition)[0]["dynamodb:LeadingKeys"], ["EVERYTHING"])
        if s.Effect == "Allow" && contains(s.Resource, aws_dynamodb_table.state.arn) && length(setintersection(s.Action, ["dynamodb:GetItem", "dynamodb:BatchGetItem"])) > 0
      ]))))
      } == {
      slack-ingress   = "card:* memo:figures memo:known run:*"
      webhook-ingress = "run:*"
      dispatcher      = "memo:figures memo:known memo:needed moved:* run:*"
      notifier        = "card:* memo:budget memo:figures run:*"
      caretaker       = "card:* run:*"
      log-watch       = "memo:figures memo:silences memo:watch/* run:*"
    }
    error_message = "Each function reads those partitions of the state that it needs."
  }

  assert {
    condition = {
      for name, p in aws_iam_role_policy.function : name => join(" ", flatten([
        for s in jsondecode(p.policy).Statement : s.Condition["ForAllValues:StringLike"]["dynamodb:LeadingKeys"]
        if s.Effect == "Allow" && contains(s.Resource, aws_dynamodb_table.state.arn) && contains(s.Action, "dynamodb:DeleteItem")
      ]))
      } == {
      slack-ingress   = ""
      webhook-ingress = ""
      dispatcher      = "card:due:*"
      notifier        = "card:due:*"
      caretaker       = ""
      log-watch       = ""
    }
    error_message = "Of the state only when a card is due is ever deleted by a function."
  }

  assert {
    condition = {
      for name, p in aws_iam_role_policy.function : name => join(" ", sort(flatten([
        for s in jsondecode(p.policy).Statement : [for r in s.Resource : trimprefix(r, "${aws_dynamodb_table.state.arn}/index/") if startswith(r, "${aws_dynamodb_table.state.arn}/index/")]
      ])))
      } == {
      slack-ingress   = "by_reference by_short by_time"
      webhook-ingress = "by_reference"
      dispatcher      = ""
      notifier        = ""
      caretaker       = "due_cards due_runs"
      log-watch       = "by_time"
    }
    error_message = "Each index is granted by its name, to those who query it."
  }

  assert {
    condition     = !strcontains(aws_iam_policy.operators.policy, "/index/*")
    error_message = "Operators query indexes by their names too."
  }

  assert {
    condition = alltrue(flatten([
      for p in concat([for p in aws_iam_role_policy.function : p.policy], [aws_iam_policy.operators.policy]) : [
        for s in jsondecode(p).Statement : try(s.Condition.Null["dynamodb:LeadingKeys"] == "false", false)
        if strcontains(jsonencode(s), "LeadingKeys")
      ]
    ]))
    error_message = "A condition on all of the partitions holds where there is none: one must be there."
  }

  assert {
    condition = contains([
      for s in jsondecode(aws_iam_role_policy.function["caretaker"].policy).Statement : jsonencode([s.Action, s.Condition["ForAllValues:StringLike"]])
      if s.Effect == "Allow" && contains(s.Resource, aws_dynamodb_table.state.arn) && can(s.Condition["ForAllValues:StringLike"])
    ], jsonencode([["dynamodb:Query"], { "dynamodb:LeadingKeys" = ["moved:*"] }]))
    error_message = "The caretaker reads what moved on a day."
  }

  assert {
    condition = alltrue(flatten([
      for p in aws_iam_role_policy.function : [
        for s in jsondecode(p.policy).Statement : concat(
          [for action in s.Action : !strcontains(action, "*")],
          [for resource in s.Resource : startswith(resource, "arn:aws:logs:") || resource == "arn:aws:s3:::signalbox-seals-123456789012/seals/*" || !strcontains(resource, "*")],
        )
      ]
    ]))
    error_message = "No function has a wildcard, but for the streams of its own log and the copies of the seals."
  }

  assert {
    condition = {
      for name, p in aws_iam_role_policy.function : name => join(" ", flatten([
        for s in jsondecode(p.policy).Statement : [for action in s.Action : action if startswith(action, "s3:")]
      ]))
      } == {
      slack-ingress   = ""
      webhook-ingress = ""
      dispatcher      = ""
      notifier        = ""
      caretaker       = "s3:PutObject s3:ListBucketVersions"
      log-watch       = ""
    }
    error_message = "The caretaker adds copies of the seals; nobody changes, deletes or unlocks one."
  }

  assert {
    condition = length(setsubtract(
      toset(flatten([for s in jsondecode(aws_iam_role_policy.function["slack-ingress"].policy).Statement : s.Action])),
      ["logs:CreateLogStream", "logs:PutLogEvents", "sqs:SendMessage", "sqs:GetQueueAttributes", "dynamodb:GetItem", "dynamodb:BatchGetItem", "dynamodb:Query", "ssm:GetParameters"],
    )) == 0
    error_message = "A door never writes to the store."
  }

  assert {
    condition = alltrue([
      for s in jsondecode(aws_iam_role_policy.function["log-watch"].policy).Statement :
      join(" ", s.Condition["ForAllValues:StringLike"]["dynamodb:LeadingKeys"]) == (contains(s.Action, "dynamodb:BatchGetItem") ? "run:*" : "memo:watch/* memo:figures memo:silences")
      if contains(s.Resource, aws_dynamodb_table.state.arn)
    ])
    error_message = "The log-watch writes what it counts, reads heads, and nothing else of the state."
  }

  assert {
    condition     = !strcontains(aws_iam_role_policy.function["log-watch"].policy, "logs:FilterLogEvents") && !strcontains(aws_iam_role_policy.function["log-watch"].policy, "logs:GetQueryResults")
    error_message = "Without log groups to be watched none may be read."
  }

  assert {
    condition     = !strcontains(aws_iam_role_policy.function["webhook-ingress"].policy, "ssm:") && !strcontains(aws_iam_role_policy.function["log-watch"].policy, "ssm:")
    error_message = "A secret without a name needs no permission."
  }

  assert {
    condition = toset([
      for name, p in aws_iam_role_policy.function : name if strcontains(p.policy, "parameter/signalbox/command-key")
    ]) == toset(["slack-ingress", "dispatcher"])
    error_message = "The key that vouches for people is read by their door and by the dispatcher, and by nobody else."
  }

  assert {
    condition = toset([
      for name, f in aws_lambda_function.this : name if can(f.environment[0].variables["SIGNALBOX_COMMAND_KEY_PARAMETER"])
    ]) == toset(["slack-ingress", "dispatcher"])
    error_message = "Nobody else is told where that key is."
  }

  assert {
    condition     = aws_lambda_function.this["dispatcher"].environment[0].variables["SIGNALBOX_PEOPLES_SENDERS"] == aws_iam_role.function["slack-ingress"].unique_id
    error_message = "What people ask for comes from the door for people."
  }

  assert {
    condition     = !anytrue([for p in aws_iam_role_policy.function : strcontains(p.policy, "kms:")])
    error_message = "Without a key of one's own there is nothing to decrypt with."
  }

  assert {
    condition = anytrue([
      for s in jsondecode(aws_iam_policy.operators.policy).Statement :
      s.Action == ["dynamodb:PutItem", "dynamodb:DeleteItem"] && s.Condition["ForAllValues:StringEquals"]["dynamodb:LeadingKeys"] == ["dead"]
      if can(s.Condition["ForAllValues:StringEquals"])
    ])
    error_message = "Operators write dead letters and nothing else."
  }

  assert {
    condition = (
      jsondecode(aws_iam_role.schedule.assume_role_policy).Statement[0].Condition.StringEquals["aws:SourceArn"] == "arn:aws:scheduler:us-east-1:123456789012:schedule-group/signalbox" &&
      jsondecode(aws_iam_role.schedule.assume_role_policy).Statement[0].Condition.StringEquals["aws:SourceAccount"] == "123456789012"
    )
    error_message = "Only this installation's schedules take the schedule's role."
  }
}

run "with_secrets_under_a_key" {
  command = plan

  variables {
    github_token_parameter  = "/team/github-token"
    jenkins_token_parameter = "/team/jenkins-token"
    secrets_key_arn         = "arn:aws:kms:us-east-1:123456789012:key/1"
  }

  assert {
    condition = contains([
      for s in jsondecode(aws_iam_role_policy.function["dispatcher"].policy).Statement : s.Resource if s.Action == ["ssm:GetParameters"]
      ], [
      "arn:aws:ssm:us-east-1:123456789012:parameter/signalbox/command-key",
      "arn:aws:ssm:us-east-1:123456789012:parameter/team/github-token",
      "arn:aws:ssm:us-east-1:123456789012:parameter/team/jenkins-token",
    ])
    error_message = "The dispatcher reads the key and the two secrets that have a name."
  }

  assert {
    condition = toset([
      for name, p in aws_iam_role_policy.function : name if strcontains(p.policy, "kms:Decrypt")
    ]) == toset(["slack-ingress", "dispatcher", "notifier"])
    error_message = "Those who read a secret decrypt, and only through SSM."
  }
}

run "with_logs_to_watch" {
  command = plan

  variables {
    watched_log_groups   = "arn:aws:logs:us-east-1:123456789012:log-group:/a:*,arn:aws:logs:us-east-1:123456789012:log-group:/b-*:*"
    loki_token_parameter = "/team/loki-token"
  }

  assert {
    condition = [
      for s in jsondecode(aws_iam_role_policy.function["log-watch"].policy).Statement : s.Resource if contains(s.Action, "logs:FilterLogEvents")
    ] == [["arn:aws:logs:us-east-1:123456789012:log-group:/a:*", "arn:aws:logs:us-east-1:123456789012:log-group:/b-*:*"]]
    error_message = "The log-watch reads the log groups that are named."
  }

  assert {
    condition = toset([
      for s in jsondecode(aws_iam_role_policy.function["log-watch"].policy).Statement : join(" ", s.Action) if contains(s.Resource, "*")
    ]) == toset(["logs:GetQueryResults"])
    error_message = "Only answers of queries, which are no resources, are read by a wildcard."
  }

  assert {
    condition = [
      for s in jsondecode(aws_iam_role_policy.function["log-watch"].policy).Statement : s.Resource if s.Action == ["ssm:GetParameters"]
    ] == [["arn:aws:ssm:us-east-1:123456789012:parameter/team/loki-token"]]
    error_message = "The log-watch reads the secret that has a name."
  }
}

run "without_a_bucket" {
  command = plan

  variables {
    seal_retention_days = 0
  }

  assert {
    condition = !anytrue([
      for p in concat([for p in aws_iam_role_policy.function : p.policy], [aws_iam_policy.operators.policy]) : strcontains(p, "s3:")
    ])
    error_message = "Without a bucket nobody needs a permission on one."
  }

  assert {
    condition     = length(aws_s3_bucket.seals) == 0 && aws_lambda_function.this["caretaker"].environment[0].variables["SIGNALBOX_SEAL_COPIES"] == ""
    error_message = "0 days are no bucket."
  }
}

run "while_a_version_before_may_be_at_work" {
  command = plan

  variables {
    cards_of_before = "written"
  }

  assert {
    condition = join(" ", flatten([
      for s in jsondecode(aws_iam_role_policy.function["notifier"].policy).Statement : s.Condition["ForAllValues:StringLike"]["dynamodb:LeadingKeys"]
      if contains(s.Resource, aws_dynamodb_table.state.arn) && length(setintersection(s.Action, ["dynamodb:PutItem", "dynamodb:UpdateItem"])) > 0
    ])) == "card:* memo:budget run:*"
    error_message = "The notifier writes cards where a version before looks for them."
  }

  assert {
    condition = {
      for name, f in aws_lambda_function.this : name => try(f.environment[0].variables["SIGNALBOX_CARDS_OF_BEFORE"], "")
      } == {
      slack-ingress   = ""
      webhook-ingress = ""
      dispatcher      = "written"
      notifier        = "written"
      caretaker       = "written"
      log-watch       = ""
    }
    error_message = "Those who write cards and their due times, and who looks for them, know of it."
  }
}

run "between_the_two" {
  command = plan

  variables {
    cards_of_before = "allowed"
  }

  assert {
    condition     = strcontains(aws_iam_role_policy.function["notifier"].policy, "CardsOfBefore") && aws_lambda_function.this["notifier"].environment[0].variables["SIGNALBOX_CARDS_OF_BEFORE"] == "allowed"
    error_message = "The version that still writes there may, while the next one takes over."
  }
}
