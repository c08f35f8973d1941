# The same as template.yaml's parameters, with the same defaults; infra/compare.py names every difference.
# `name` is the stack's name there, and `packages` the folder from which `sam deploy` takes the packages.

variable "name" {
  description = "What the names of all resources begin with."
  type        = string
  default     = "signalbox"

  validation {
    condition     = can(regex("^[a-z][a-z0-9-]{0,39}$", var.name))
    error_message = "name: a small letter, then up to 39 small letters, digits and hyphens; names of queues and roles are made of it."
  }
}

variable "packages" {
  description = "The folder with the functions' packages, one NAME.zip each: target/lambda after `bash infra/package`."
  type        = string

  validation {
    condition = alltrue([
      for name in ["slack-ingress", "webhook-ingress", "dispatcher", "notifier", "caretaker", "log-watch"] : fileexists("${var.packages}/${name}.zip")
    ])
    error_message = "packages: there must be slack-ingress.zip, webhook-ingress.zip, dispatcher.zip, notifier.zip, caretaker.zip and log-watch.zip in this folder. `bash infra/package` makes them in target/lambda."
  }
}

variable "architecture" {
  description = "What the packages were built for."
  type        = string
  default     = "arm64"

  validation {
    condition     = contains(["arm64", "x86_64"], var.architecture)
    error_message = "architecture: arm64 or x86_64."
  }
}

variable "log_level" {
  description = "SIGNALBOX_LOG of every function."
  type        = string
  default     = "info"

  validation {
    condition     = can(regex("^[A-Za-z0-9_:=,-]+$", var.log_level))
    error_message = "log_level: a level such as info, or levels by module such as info,signalbox_engine=debug."
  }
}

variable "log_retention_days" {
  description = "Of every log group but the caretaker's."
  type        = number
  default     = 30

  validation {
    condition     = contains([1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653], var.log_retention_days)
    error_message = "log_retention_days: one of the numbers of days that CloudWatch Logs knows, such as 30, 90 or 365."
  }
}

variable "audit_log_retention_days" {
  description = "Of the caretaker's log group, where the daily seals of the audit are kept outside the database."
  type        = number
  default     = 3653

  validation {
    condition     = contains([1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653], var.audit_log_retention_days)
    error_message = "audit_log_retention_days: one of the numbers of days that CloudWatch Logs knows, such as 365, 1827 or 3653."
  }
}

variable "seal_retention_days" {
  description = "For how long nobody may delete a copy of a seal in the bucket that is made for them. 0: no bucket."
  type        = number
  default     = 3650

  validation {
    condition     = var.seal_retention_days >= 0 && var.seal_retention_days <= 36500 && floor(var.seal_retention_days) == var.seal_retention_days
    error_message = "seal_retention_days: 0 for no bucket, or up to 36500 days."
  }
}

variable "seal_retention_mode" {
  description = "GOVERNANCE: but for those with s3:BypassGovernanceRetention. COMPLIANCE: nobody, the account's root neither."
  type        = string
  default     = "GOVERNANCE"

  validation {
    condition     = contains(["GOVERNANCE", "COMPLIANCE"], var.seal_retention_mode)
    error_message = "seal_retention_mode: GOVERNANCE or COMPLIANCE."
  }
}

variable "alarm_topic_arn" {
  description = "The SNS topic that alarms tell. Empty: the alarms are there and tell nobody."
  type        = string
  default     = ""

  validation {
    condition     = can(regex("^$|^arn:aws[a-z-]*:sns:[a-z0-9-]+:[0-9]{12}:[A-Za-z0-9_.-]+$", var.alarm_topic_arn))
    error_message = "alarm_topic_arn: empty, or the ARN of an SNS topic."
  }
}

variable "slack_signing_secret_parameter" {
  description = "The SSM parameter with Slack's signing secret."
  type        = string
  default     = "/signalbox/slack-signing-secret"

  validation {
    condition     = can(regex("^/[A-Za-z0-9_./-]+$", var.slack_signing_secret_parameter))
    error_message = "slack_signing_secret_parameter: the name of an SSM parameter, with its leading slash."
  }
}

variable "slack_bot_token_parameter" {
  description = "The SSM parameter with the bot's token."
  type        = string
  default     = "/signalbox/slack-bot-token"

  validation {
    condition     = can(regex("^/[A-Za-z0-9_./-]+$", var.slack_bot_token_parameter))
    error_message = "slack_bot_token_parameter: the name of an SSM parameter, with its leading slash."
  }
}

variable "slack_api_url" {
  description = "Empty: Slack's own."
  type        = string
  default     = ""

  validation {
    condition     = can(regex("^$|^https?://.+$", var.slack_api_url))
    error_message = "slack_api_url: empty, or an address that begins with https://."
  }
}

variable "github_api_url" {
  description = "Empty: GitHub's own. For GitHub Enterprise Server, its API."
  type        = string
  default     = ""

  validation {
    condition     = can(regex("^$|^https?://.+$", var.github_api_url))
    error_message = "github_api_url: empty, or an address that begins with https://."
  }
}

variable "github_token_parameter" {
  description = "The SSM parameter with a token. Empty: none."
  type        = string
  default     = ""

  validation {
    condition     = can(regex("^$|^/[A-Za-z0-9_./-]+$", var.github_token_parameter))
    error_message = "github_token_parameter: empty, or the name of an SSM parameter, with its leading slash."
  }
}

variable "github_app_id" {
  description = "The id of a GitHub App, instead of a token. Empty: none."
  type        = string
  default     = ""

  validation {
    condition     = can(regex("^[A-Za-z0-9.]*$", var.github_app_id))
    error_message = "github_app_id: empty, or an App's id or client id."
  }
}

variable "github_app_private_key_parameter" {
  description = "The SSM parameter with the App's private key. Empty: none."
  type        = string
  default     = ""

  validation {
    condition     = can(regex("^$|^/[A-Za-z0-9_./-]+$", var.github_app_private_key_parameter))
    error_message = "github_app_private_key_parameter: empty, or the name of an SSM parameter, with its leading slash."
  }
}

variable "github_webhook_secret_parameter" {
  description = "The SSM parameter with the secret of GitHub's webhooks. Empty: none."
  type        = string
  default     = ""

  validation {
    condition     = can(regex("^$|^/[A-Za-z0-9_./-]+$", var.github_webhook_secret_parameter))
    error_message = "github_webhook_secret_parameter: empty, or the name of an SSM parameter, with its leading slash."
  }
}

variable "jenkins_url" {
  description = "Where Jenkins is. Empty: there is none."
  type        = string
  default     = ""

  validation {
    condition     = can(regex("^$|^https?://.+$", var.jenkins_url))
    error_message = "jenkins_url: empty, or an address that begins with https://."
  }
}

variable "jenkins_user" {
  description = "As whom Jenkins is asked."
  type        = string
  default     = ""
}

variable "jenkins_token_parameter" {
  description = "The SSM parameter with that user's API token. Empty: none."
  type        = string
  default     = ""

  validation {
    condition     = can(regex("^$|^/[A-Za-z0-9_./-]+$", var.jenkins_token_parameter))
    error_message = "jenkins_token_parameter: empty, or the name of an SSM parameter, with its leading slash."
  }
}

variable "jenkins_webhook_secret_parameter" {
  description = "The SSM parameter with the secret of Jenkins's notifications. Empty: none."
  type        = string
  default     = ""

  validation {
    condition     = can(regex("^$|^/[A-Za-z0-9_./-]+$", var.jenkins_webhook_secret_parameter))
    error_message = "jenkins_webhook_secret_parameter: empty, or the name of an SSM parameter, with its leading slash."
  }
}

variable "alertmanager_url" {
  description = "Where alerts are silenced when people snooze or mute them. Empty: nowhere."
  type        = string
  default     = ""

  validation {
    condition     = can(regex("^$|^https?://.+$", var.alertmanager_url))
    error_message = "alertmanager_url: empty, or an address that begins with https://."
  }
}

variable "alertmanager_token_parameter" {
  description = "The SSM parameter with the bearer token for that. Empty: none."
  type        = string
  default     = ""

  validation {
    condition     = can(regex("^$|^/[A-Za-z0-9_./-]+$", var.alertmanager_token_parameter))
    error_message = "alertmanager_token_parameter: empty, or the name of an SSM parameter, with its leading slash."
  }
}

variable "egress" {
  description = "The hosts and networks that addresses of the catalogue may lead to, separated by commas, such as registry.example.com,*.example.org. Empty: none."
  type        = string
  default     = ""

  validation {
    condition     = can(regex("^[A-Za-z0-9.,:/*_\\[\\] -]*$", var.egress))
    error_message = "egress: hosts and networks, separated by commas."
  }
}

variable "lookup_credentials_parameter" {
  description = "The SSM parameter with the credentials for those hosts, as HOST=USER:PASSWORD or HOST=TOKEN. Empty: none."
  type        = string
  default     = ""

  validation {
    condition     = can(regex("^$|^/[A-Za-z0-9_./-]+$", var.lookup_credentials_parameter))
    error_message = "lookup_credentials_parameter: empty, or the name of an SSM parameter, with its leading slash."
  }
}

variable "alertmanager_webhook_secret_parameter" {
  description = "The SSM parameter with the secret that Alertmanager's webhooks know. Empty: none."
  type        = string
  default     = ""

  validation {
    condition     = can(regex("^$|^/[A-Za-z0-9_./-]+$", var.alertmanager_webhook_secret_parameter))
    error_message = "alertmanager_webhook_secret_parameter: empty, or the name of an SSM parameter, with its leading slash."
  }
}

variable "grafana_webhook_secret_parameter" {
  description = "The SSM parameter with the secret that Grafana's webhooks know. Empty: none."
  type        = string
  default     = ""

  validation {
    condition     = can(regex("^$|^/[A-Za-z0-9_./-]+$", var.grafana_webhook_secret_parameter))
    error_message = "grafana_webhook_secret_parameter: empty, or the name of an SSM parameter, with its leading slash."
  }
}

variable "watched_log_groups" {
  description = "The log groups that the watches of the catalogue read: their ARNs, each with `:*` at its end, separated by commas without spaces. Empty: none may be read."
  type        = string
  default     = ""

  validation {
    condition     = can(regex("^$|^arn:aws[a-z-]*:logs:[a-z0-9-]+:[0-9]{12}:log-group:[A-Za-z0-9_/.#*-]+:[*](,arn:aws[a-z-]*:logs:[a-z0-9-]+:[0-9]{12}:log-group:[A-Za-z0-9_/.#*-]+:[*])*$", var.watched_log_groups))
    error_message = "watched_log_groups: empty, or ARNs of log groups with `:*` at the end of each, separated by commas."
  }
}

variable "loki_url" {
  description = "Where the Loki is that watches of the catalogue read. Empty: there is none."
  type        = string
  default     = ""

  validation {
    condition     = can(regex("^$|^https?://.+$", var.loki_url))
    error_message = "loki_url: empty, or an address that begins with https://."
  }
}

variable "loki_user" {
  description = "As whom Loki is asked, with a password. Empty: with a token, or as nobody in particular."
  type        = string
  default     = ""
}

variable "loki_password_parameter" {
  description = "The SSM parameter with that user's password. Empty: none."
  type        = string
  default     = ""

  validation {
    condition     = can(regex("^$|^/[A-Za-z0-9_./-]+$", var.loki_password_parameter))
    error_message = "loki_password_parameter: empty, or the name of an SSM parameter, with its leading slash."
  }
}

variable "loki_token_parameter" {
  description = "The SSM parameter with a bearer token, instead of user and password. Empty: none."
  type        = string
  default     = ""

  validation {
    condition     = can(regex("^$|^/[A-Za-z0-9_./-]+$", var.loki_token_parameter))
    error_message = "loki_token_parameter: empty, or the name of an SSM parameter, with its leading slash."
  }
}

variable "loki_tenant" {
  description = "The tenant of Loki, where it has several. Empty: none."
  type        = string
  default     = ""
}

variable "command_key_parameter" {
  description = "The SSM parameter with the key by which the doors for people vouch for what people ask."
  type        = string
  default     = "/signalbox/command-key"

  validation {
    condition     = can(regex("^/[A-Za-z0-9_./-]+$", var.command_key_parameter))
    error_message = "command_key_parameter: the name of an SSM parameter, with its leading slash."
  }
}

variable "accept_unsigned_until" {
  description = "For the upgrade from a version without that key: what was queued before this moment (UTC, as 2027-01-31T12:00:00Z) is carried out without being vouched for. Empty: nothing is."
  type        = string
  default     = ""

  validation {
    condition     = can(regex("^$|^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}Z$", var.accept_unsigned_until))
    error_message = "accept_unsigned_until: empty, or a moment in UTC such as 2027-01-31T12:00:00Z."
  }
}

variable "cards_of_before" {
  description = "For the upgrade from a version that kept cards beside the heads. written: new cards are written there, where such a version looks for them. allowed: they no longer are, but the notifier still may, as its version before does. none: it may not."
  type        = string
  default     = "none"

  validation {
    condition     = contains(["none", "written", "allowed"], var.cards_of_before)
    error_message = "cards_of_before: none, written or allowed."
  }
}

variable "secrets_key_arn" {
  description = "The KMS key of those SSM parameters. Empty: the account's own for SSM, which needs no permission."
  type        = string
  default     = ""

  validation {
    condition     = can(regex("^$|^arn:aws[a-z-]*:kms:[a-z0-9-]+:[0-9]{12}:key/.+$", var.secrets_key_arn))
    error_message = "secrets_key_arn: empty, or the ARN of a KMS key (not of an alias)."
  }
}

variable "dispatcher_concurrency" {
  description = "How many runs are looked at at once."
  type        = number
  default     = 10

  validation {
    condition     = var.dispatcher_concurrency >= 2 && var.dispatcher_concurrency <= 1000 && floor(var.dispatcher_concurrency) == var.dispatcher_concurrency
    error_message = "dispatcher_concurrency: a whole number from 2 to 1000; SQS takes no other."
  }
}

variable "deployment_preference" {
  description = "How a new version takes over: the name of one of CodeDeploy's own configurations, without CodeDeployDefault.Lambda."
  type        = string
  default     = "Canary10Percent5Minutes"

  validation {
    condition = contains([
      "AllAtOnce",
      "Canary10Percent5Minutes",
      "Canary10Percent10Minutes",
      "Canary10Percent15Minutes",
      "Canary10Percent30Minutes",
      "Linear10PercentEvery1Minute",
      "Linear10PercentEvery2Minutes",
      "Linear10PercentEvery3Minutes",
      "Linear10PercentEvery10Minutes",
    ], var.deployment_preference)
    error_message = "deployment_preference: one of CodeDeploy's own configurations for Lambda, such as Canary10Percent5Minutes or AllAtOnce."
  }
}

variable "deletion_protection" {
  description = "Whether the tables refuse to be deleted."
  type        = bool
  default     = true
}

variable "reserved_concurrency" {
  description = "Whether one execution is reserved for the caretaker, so that no two run at once. Two do no harm; an account with the initial limit of ten executions can reserve none."
  type        = bool
  default     = true
}

variable "throttle_burst" {
  description = "Requests at once at the front door."
  type        = number
  default     = 100

  validation {
    condition     = var.throttle_burst >= 1
    error_message = "throttle_burst: at least 1."
  }
}

variable "throttle_rate" {
  description = "Requests a second at the front door."
  type        = number
  default     = 50

  validation {
    condition     = var.throttle_rate >= 1
    error_message = "throttle_rate: at least 1."
  }
}
