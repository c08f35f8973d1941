#!/usr/bin/env python3
"""Holds template.yaml and infra/terraform together.

    compare.py                         names every difference; ends with 1 if there is one
    compare.py TEMPLATE FOLDER         the same for copies
    compare.py --dump TEMPLATE|FOLDER  prints one side as JSON; a file of it may stand for that side

Both are brought into one shape: the template by SAM's own translator and by filling in what CloudFormation would, the
module by a plan over a mocked provider (FOLDER/tests/mocks), run in a copy. Both are read with every setting at its
default and again with every setting set. Terraform has to find a provider: see tests/run. Nothing on AWS is called.
"""

import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
STACK, ACCOUNT, REGION = "signalbox", "123456789012", "us-east-1"

# The values of the second reading. Each one differs from the default, so that it shows if a value is not passed on.
ALL_SET = {
    "architecture": "x86_64",
    "log_level": "debug",
    "log_retention_days": 90,
    "audit_log_retention_days": 1827,
    "seal_retention_days": 365,
    "seal_retention_mode": "COMPLIANCE",
    "alarm_topic_arn": f"arn:aws:sns:{REGION}:{ACCOUNT}:alarms",
    "slack_signing_secret_parameter": "/other/slack-signing-secret",
    "slack_bot_token_parameter": "/other/slack-bot-token",
    "slack_api_url": "https://slack.example.com/api/",
    "github_api_url": "https://github.example.com/api/v3",
    "github_token_parameter": "/other/github-token",
    "github_app_id": "12345",
    "github_app_private_key_parameter": "/other/github-app-private-key",
    "github_webhook_secret_parameter": "/other/github-webhook-secret",
    "jenkins_url": "https://jenkins.example.com",
    "jenkins_user": "signalbox",
    "jenkins_token_parameter": "/other/jenkins-token",
    "jenkins_webhook_secret_parameter": "/other/jenkins-webhook-secret",
    "alertmanager_webhook_secret_parameter": "/other/alertmanager-webhook-secret",
    "grafana_webhook_secret_parameter": "/other/grafana-webhook-secret",
    "alertmanager_url": "https://alertmanager.example.com",
    "alertmanager_token_parameter": "/other/alertmanager-token",
    "egress": "registry.example.com,*.example.org,10.20.0.0/16",
    "lookup_credentials_parameter": "/other/lookup-credentials",
    "watched_log_groups": ",".join(f"arn:aws:logs:{REGION}:{ACCOUNT}:log-group:{name}:*" for name in ("/a", "/b")),
    "loki_url": "https://loki.example.com",
    "loki_user": "signalbox",
    "loki_password_parameter": "/other/loki-password",
    "loki_token_parameter": "/other/loki-token",
    "loki_tenant": "team",
    "command_key_parameter": "/other/command-key",
    "accept_unsigned_until": "2027-01-31T12:00:00Z",
    "cards_of_before": "allowed",
    "secrets_key_arn": f"arn:aws:kms:{REGION}:{ACCOUNT}:key/1",
    "dispatcher_concurrency": 20,
    "deployment_preference": "Linear10PercentEvery1Minute",
    "deletion_protection": False,
    "reserved_concurrency": False,
    "throttle_burst": 10,
    "throttle_rate": 5,
}

# What only one side can have. `name` is the name of the stack, `packages` is the place where `sam deploy` finds the
# packages by itself, and `deployments` is what CloudFormation tells CodeDeploy by itself.
ONLY_TERRAFORM = {"parameters": {"name", "packages"}, "outputs": {"deployments"}}


def snake(name):
    return re.sub(r"(?<=[a-z0-9])([A-Z])", r"_\1", name.replace("GitHub", "Github")).lower()


def many(value):
    return value if isinstance(value, list) else [value]


def plain(value):
    """A setting as text: CloudFormation has '30' and 'true' where Terraform has 30 and true."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    return str(value)


def statements(document):
    """A policy as a set of lines, one for each action on each resource."""
    document = json.loads(document) if isinstance(document, str) else document
    lines = set()
    for s in many(document["Statement"]):
        condition = {
            operator: {key: [plain(v) for v in many(values)] for key, values in keys.items()}
            for operator, keys in s.get("Condition", {}).items()
        }
        extra = " if " + json.dumps(condition, sort_keys=True) if condition else ""
        principal = s.get("Principal")
        if isinstance(principal, dict):
            principal = " ".join(f"{kind} {name}" for kind, names in sorted(principal.items()) for name in many(names))
        who = f"{principal} " if principal else ""
        for action in many(s["Action"]):
            for resource in many(s.get("Resource", "")):
                lines.add(f"{s['Effect']} {who}{action} {resource}".rstrip() + extra)
    return sorted(lines)


# ---------------------------------------------------------------- CloudFormation


class Template:
    """A transformed template, with every intrinsic filled in."""

    NOTHING = object()

    def __init__(self, path, settings):
        os.environ.setdefault("AWS_DEFAULT_REGION", REGION)
        import logging

        logging.disable(logging.WARNING)
        from samtranslator.translator.transform import transform
        from samtranslator.yaml_helper import yaml_parse

        source = yaml_parse(Path(path).read_text())
        self.declared = source["Parameters"]
        self.parameters = {name: p["Default"] for name, p in self.declared.items()}
        for name in self.declared:
            if snake(name) in settings:
                self.parameters[name] = plain(settings[snake(name)])
        for resource in source["Resources"].values():
            if "CodeUri" in resource.get("Properties", {}):
                # `sam deploy` uploads the package and writes its address here. The translator expects such an address.
                resource["Properties"]["CodeUri"] = "s3://packages/" + os.path.basename(resource["Properties"]["CodeUri"])

        class NoManagedPolicies:
            def load(self):
                return {}

        whole = transform(source, dict(self.parameters), NoManagedPolicies())
        self.conditions, self.mappings = whole.get("Conditions", {}), whole.get("Mappings", {})
        self.outputs = whole["Outputs"]
        self.raw = {
            name: r for name, r in whole["Resources"].items() if "Condition" not in r or self.condition(r["Condition"])
        }
        self.resources = {}
        for name, resource in self.raw.items():
            self.resources[name] = (resource["Type"], self.fill(resource.get("Properties", {})))

    def condition(self, name):
        return self.truth(self.conditions[name])

    def truth(self, value):
        (operator, of), = value.items()
        if operator == "Condition":
            return self.condition(of)
        if operator == "Fn::Equals":
            return plain(self.fill(of[0])) == plain(self.fill(of[1]))
        of = [self.truth(v) for v in of]
        return {"Fn::Not": lambda: not of[0], "Fn::And": lambda: all(of), "Fn::Or": lambda: any(of)}[operator]()

    def name(self, logical):
        """The name that CloudFormation gives or is told to give."""
        p = self.raw[logical].get("Properties", {})
        for key in ("FunctionName", "QueueName", "TableName", "LogGroupName", "AlarmName", "BucketName", "Name"):
            if key in p:
                return self.fill(p[key])
        return logical

    def arn(self, logical):
        kind, name = self.raw[logical]["Type"], self.name(logical)
        if kind == "AWS::S3::Bucket":
            return f"arn:aws:s3:::{name}"
        service, rest = {
            "AWS::SQS::Queue": ("sqs", name),
            "AWS::DynamoDB::Table": ("dynamodb", f"table/{name}"),
            "AWS::Lambda::Function": ("lambda", f"function:{name}"),
            "AWS::Logs::LogGroup": ("logs", f"log-group:{name}:*"),
        }[kind]
        return f"arn:aws:{service}:{REGION}:{ACCOUNT}:{rest}"

    def ref(self, logical):
        pseudo = {
            "AWS::StackName": STACK,
            "AWS::Region": REGION,
            "AWS::AccountId": ACCOUNT,
            "AWS::Partition": "aws",
            "AWS::NoValue": self.NOTHING,
        }
        if logical in pseudo:
            return pseudo[logical]
        if logical in self.parameters:
            return self.parameters[logical]
        kind = self.raw[logical]["Type"]
        if kind == "AWS::SQS::Queue":
            return f"https://sqs.{REGION}.amazonaws.com/{ACCOUNT}/{self.name(logical)}"
        if kind == "AWS::Lambda::Alias":
            p = self.raw[logical]["Properties"]
            return f"arn:aws:lambda:{REGION}:{ACCOUNT}:function:{self.fill(p['FunctionName'])}:{p['Name']}"
        if kind == "AWS::ApiGatewayV2::Api":
            return "api"
        if kind == "AWS::IAM::ManagedPolicy":
            return f"arn:aws:iam::{ACCOUNT}:policy/{STACK}-{logical.lower()}"
        return self.name(logical)

    def attribute(self, logical, attribute):
        kind = self.raw[logical]["Type"]
        if kind == "AWS::IAM::Role" and attribute == "RoleId":
            # The same value as in the mocks of the module.
            return f"AROA{logical.removesuffix('Role').upper()}"
        if kind == "AWS::IAM::Role":
            return f"role {logical}"
        if kind == "AWS::SQS::Queue" and attribute == "QueueName":
            return self.name(logical)
        if kind == "AWS::ApiGatewayV2::Api" and attribute == "ApiEndpoint":
            return f"https://api.execute-api.{REGION}.amazonaws.com"
        if kind == "AWS::Lambda::Version":
            return "1"
        return self.arn(logical)

    def substitute(self, of):
        text, own = of if isinstance(of, list) else (of, {})

        def one(match):
            name = match[1]
            if name in own:
                return plain(self.fill(own[name]))
            return plain(self.attribute(*name.split(".", 1)) if "." in name else self.ref(name))

        return re.sub(r"\$\{([^}]+)\}", one, text)

    def fill(self, value):
        if isinstance(value, list):
            return [v for v in (self.fill(v) for v in value) if v is not self.NOTHING]
        if not isinstance(value, dict):
            return value
        if len(value) == 1:
            (operator, of), = value.items()
            if operator == "Ref":
                return self.ref(of)
            if operator == "Fn::GetAtt":
                return self.attribute(*(of if isinstance(of, list) else of.split(".", 1)))
            if operator == "Fn::Sub":
                return self.substitute(of)
            if operator == "Fn::If":
                return self.fill(of[1] if self.condition(of[0]) else of[2])
            if operator == "Fn::Split":
                return self.fill(of[1]).split(of[0])
            if operator == "Fn::FindInMap":
                first, second, third = (self.fill(v) for v in of)
                return self.mappings[first][second][third]
            if operator.startswith("Fn::"):
                raise SystemExit(f"compare.py does not know {operator}")
        filled = {k: self.fill(v) for k, v in value.items()}
        return {k: v for k, v in filled.items() if v is not self.NOTHING}

    def of(self, kind):
        return {name: p for name, (k, p) in self.resources.items() if k == f"AWS::{kind}"}


def of_template(path, settings):
    t = Template(path, settings)
    roles, aliases = t.of("IAM::Role"), t.of("Lambda::Alias")
    functions, permissions, trust = {}, {}, {}

    def role(who, reference):
        p = roles[reference.removeprefix("role ")]
        permissions[who] = sorted(
            [line for policy in p.get("Policies", []) for line in statements(policy["PolicyDocument"])]
            + [f"all of {arn}" for arn in p.get("ManagedPolicyArns", [])]
        )
        trust[who] = statements(p["AssumeRolePolicyDocument"])

    for p in t.of("Lambda::Function").values():
        name = p["FunctionName"]
        role(name, p["Role"])
        functions[name] = {
            "description": p["Description"],
            "package": p["Code"]["S3Key"],
            "runtime": p["Runtime"],
            "handler": p["Handler"],
            "architectures": p["Architectures"],
            "timeout": p["Timeout"],
            "memory": p["MemorySize"],
            "reserved": p.get("ReservedConcurrentExecutions"),
            "environment": {k: plain(v) for k, v in p["Environment"]["Variables"].items()},
            "log_group": p["LoggingConfig"]["LogGroup"],
            "log_format": p["LoggingConfig"].get("LogFormat", "Text"),
            "aliases": [a["Name"] for a in aliases.values() if a["FunctionName"] == name],
        }

    queues = {}
    for p in t.of("SQS::Queue").values():
        queues[p["QueueName"]] = {
            "fifo": p.get("FifoQueue", False),
            "content_based_deduplication": p.get("ContentBasedDeduplication", False),
            "deduplication_scope": p.get("DeduplicationScope"),
            "throughput": p.get("FifoThroughputLimit"),
            "visibility": p.get("VisibilityTimeout", 30),
            "retention": p["MessageRetentionPeriod"],
            "largest": p.get("MaximumMessageSize", 1048576),
            "delay": p.get("DelaySeconds", 0),
            "wait": p.get("ReceiveMessageWaitTimeSeconds", 0),
            "encrypted": p["SqsManagedSseEnabled"],
            "redrive": p.get("RedrivePolicy"),
            "redrive_allow": p.get("RedriveAllowPolicy"),
            "policy": [],
        }
    for p in t.of("SQS::QueuePolicy").values():
        for url in p["Queues"]:
            queues[url.rsplit("/", 1)[1]]["policy"] += statements(p["PolicyDocument"])

    tables = {}
    for p in t.of("DynamoDB::Table").values():
        types = {a["AttributeName"]: a["AttributeType"] for a in p["AttributeDefinitions"]}

        def keys(schema, types=types):
            by = {k["KeyType"]: k["AttributeName"] for k in schema}
            return [[by["HASH"], types[by["HASH"]]], [by["RANGE"], types[by["RANGE"]]]]

        ttl = p.get("TimeToLiveSpecification", {})
        tables[p["TableName"]] = {
            "billing": p["BillingMode"],
            "attributes": types,
            "keys": keys(p["KeySchema"]),
            "indexes": {
                i["IndexName"]: {"keys": keys(i["KeySchema"]), "projection": i["Projection"]["ProjectionType"]}
                for i in p["GlobalSecondaryIndexes"]
            },
            "recovery": p["PointInTimeRecoverySpecification"]["PointInTimeRecoveryEnabled"],
            "protected": plain(p["DeletionProtectionEnabled"]),
            "encrypted": p["SSESpecification"]["SSEEnabled"],
            "ttl": ttl.get("AttributeName") if ttl.get("Enabled") else None,
        }

    buckets = {}
    for p in t.of("S3::Bucket").values():
        lock = p["ObjectLockConfiguration"]["Rule"]["DefaultRetention"]
        encryption, = p["BucketEncryption"]["ServerSideEncryptionConfiguration"]
        ownership, = p["OwnershipControls"]["Rules"]
        buckets[p["BucketName"]] = {
            "versions": p["VersioningConfiguration"]["Status"],
            "locked": p["ObjectLockEnabled"],
            "retention": [lock["Mode"], int(lock["Days"])],
            "encryption": encryption["ServerSideEncryptionByDefault"]["SSEAlgorithm"],
            "ownership": ownership["ObjectOwnership"],
            "closed": {snake(name): value for name, value in p["PublicAccessBlockConfiguration"].items()},
            "policy": [],
        }
    for p in t.of("S3::BucketPolicy").values():
        buckets[p["Bucket"]]["policy"] += statements(p["PolicyDocument"])

    sources = {}
    for p in t.of("Lambda::EventSourceMapping").values():
        sources[p["EventSourceArn"]] = {
            "function": p["FunctionName"],
            "batch": p["BatchSize"],
            "responses": p["FunctionResponseTypes"],
            "concurrency": int(c) if (c := p.get("ScalingConfig", {}).get("MaximumConcurrency")) else None,
        }

    schedules = {}
    for p in t.of("Scheduler::Schedule").values():
        target = p["Target"]
        role(p["Name"] + " schedule", target["RoleArn"])
        schedules[p["Name"]] = {
            "group": p["GroupName"],
            "description": p["Description"],
            "expression": p["ScheduleExpression"],
            "window": p["FlexibleTimeWindow"]["Mode"],
            "target": target["Arn"],
            "attempts": target["RetryPolicy"]["MaximumRetryAttempts"],
            "age": target["RetryPolicy"]["MaximumEventAgeInSeconds"],
            "dead": target["DeadLetterConfig"]["Arn"],
        }

    invocations = {
        f"{p['FunctionName']}:{p['Qualifier']}": {"attempts": p["MaximumRetryAttempts"], "age": p["MaximumEventAgeInSeconds"]}
        for p in t.of("Lambda::EventInvokeConfig").values()
    }

    for p in t.of("IAM::ManagedPolicy").values():
        permissions["operators"] = statements(p["PolicyDocument"])

    deployments = {}
    application, = t.of("CodeDeploy::Application").values() or [{"ComputePlatform": None}]
    for logical, p in t.of("CodeDeploy::DeploymentGroup").items():
        role("deployments", p["ServiceRoleArn"])
        function = t.name(logical.removesuffix("DeploymentGroup"))
        deployments[function] = {
            "platform": application["ComputePlatform"],
            "configuration": p["DeploymentConfigName"],
            "style": sorted(p["DeploymentStyle"].values()),
            "alarms": [a["Name"] for a in p["AlarmConfiguration"]["Alarms"]],
            "rolled_back_at": sorted(p["AutoRollbackConfiguration"]["Events"]),
        }

    alarms = {}
    for p in t.of("CloudWatch::Alarm").values():
        alarms[p["AlarmName"]] = {
            "description": p["AlarmDescription"],
            "metric": f"{p['Namespace']} {p['MetricName']} {p['Statistic']}",
            "dimensions": {d["Name"]: d["Value"] for d in p["Dimensions"]},
            "period": p["Period"],
            "periods": p["EvaluationPeriods"],
            "threshold": p["Threshold"],
            "comparison": p["ComparisonOperator"],
            "missing": p["TreatMissingData"],
            "actions": p.get("AlarmActions", []),
        }

    integrations = t.of("ApiGatewayV2::Integration")
    stage, = t.of("ApiGatewayV2::Stage").values()
    api, = t.of("ApiGatewayV2::Api").values()
    front = {
        "name": api["Name"],
        "protocol": api["ProtocolType"],
        "stage": stage["StageName"],
        "auto_deploy": stage["AutoDeploy"],
        "burst": int(stage["DefaultRouteSettings"]["ThrottlingBurstLimit"]),
        "rate": int(stage["DefaultRouteSettings"]["ThrottlingRateLimit"]),
        "log": stage["AccessLogSettings"]["DestinationArn"].removesuffix(":*"),
        "log_format": json.loads(stage["AccessLogSettings"]["Format"]),
        "routes": {},
        "may_call": sorted(
            f"{p['Principal']} {p['Action']} {p['FunctionName']} from {p['SourceArn']}"
            for p in t.of("Lambda::Permission").values()
        ),
    }
    for p in t.of("ApiGatewayV2::Route").values():
        i = integrations[p["Target"].removeprefix("integrations/")]
        front["routes"][p["RouteKey"]] = {
            "authorization": p["AuthorizationType"],
            "type": i["IntegrationType"],
            "target": i["IntegrationUri"],
            "payload": i["PayloadFormatVersion"],
            "timeout": i["TimeoutInMillis"],
        }

    return {
        "functions": functions,
        "permissions": permissions,
        "trust": trust,
        "queues": queues,
        "tables": tables,
        "buckets": buckets,
        "event_sources": sources,
        "schedules": schedules,
        "invocations": invocations,
        "deployments": deployments,
        "alarms": alarms,
        "api": front,
        "logs": {p["LogGroupName"]: int(p["RetentionInDays"]) for p in t.of("Logs::LogGroup").values()},
        "parameters": {
            snake(name): {
                "default": plain(p["Default"]),
                "one_of": [plain(v) for v in p["AllowedValues"]] if "AllowedValues" in p and p["AllowedValues"] != ["true", "false"] else None,
                "like": p.get("AllowedPattern"),
            }
            for name, p in t.declared.items()
        },
        "outputs": {snake(name): t.fill(o["Value"]) for name, o in t.outputs.items()},
    }


# ---------------------------------------------------------------- Terraform


def hcl(value):
    return json.dumps(value)


def plans(folder):
    """What Terraform would make: with defaults, and with everything set."""
    runs = {"defaults": {}, "all_set": ALL_SET}
    with tempfile.TemporaryDirectory() as temporary:
        copy = Path(temporary) / "terraform"
        shutil.copytree(folder, copy, ignore=shutil.ignore_patterns(".terraform*", "*.tfstate*"))
        lines = ['mock_provider "aws" {', '  source          = "./tests/mocks"', "  override_during = plan", "}"]
        for run, settings in runs.items():
            lines += [f'run "{run}" {{', "  command = plan", "  variables {", '    packages = "tests/packages"']
            lines += [f"    {name} = {hcl(value)}" for name, value in settings.items()] + ["  }", "}"]
        (copy / "tests" / "compare.tftest.hcl").write_text("\n".join(lines) + "\n")

        def terraform(*arguments):
            return subprocess.run(["terraform", f"-chdir={copy}", *arguments], capture_output=True, text=True)

        ready = terraform("init", "-backend=false", "-input=false", "-no-color")
        if ready.returncode:
            raise SystemExit(f"terraform init:\n{ready.stdout}{ready.stderr}")
        tested = terraform("test", "-verbose", "-json", "-filter=tests/compare.tftest.hcl")
    planned = {}
    for line in tested.stdout.splitlines():
        message = json.loads(line)
        if message["type"] == "test_plan":
            planned[message["@testrun"]] = message["test_plan"]
    if tested.returncode or planned.keys() != runs.keys():
        raise SystemExit(f"terraform test:\n{tested.stdout}{tested.stderr}")
    return planned


def declared_variables(folder):
    """Names, defaults and rules from variables.tf, which `terraform fmt` keeps in one form."""
    found = {}
    text = (Path(folder) / "variables.tf").read_text()
    for match in re.finditer(r'^variable "(\w+)" \{\n(.*?)^\}', text, re.M | re.S):
        body = match[2]
        default = re.search(r"^  default\s+= (.*)$", body, re.M)
        # The patterns and lists are compared, but not the limits of numbers and not the texts.
        like = re.search(r'condition\s+= can\(regex\("(.*?)", var\.', body)
        one_of = re.search(r"condition\s+= contains\((\[.*?\]), var\.", body, re.S)
        found[match[1]] = {
            "default": plain(json.loads(default[1])) if default else None,
            "one_of": [plain(v) for v in json.loads(re.sub(r",\s*\]", "]", one_of[1]))] if one_of else None,
            "like": json.loads(f'"{like[1]}"') if like else None,
        }
    return found


def of_module(folder, plan):
    by_type = {}
    for r in plan["resource_changes"]:
        if r["mode"] == "managed":
            by_type.setdefault(r["type"], {})[r.get("index", r["name"])] = r["change"]["after"]

    def of(kind):
        return by_type.get(f"aws_{kind}", {})

    def block(value):
        """A block that may be there once."""
        return (value[0] if value else {}) if isinstance(value, list) else (value or {})

    roles = {r["arn"]: r for r in of("iam_role").values()}
    attached = {}
    for p in of("iam_role_policy").values():
        attached.setdefault(p["role"], []).extend(statements(p["policy"]))
    for p in of("iam_role_policy_attachment").values():
        attached.setdefault(p["role"], []).append(f"all of {p['policy_arn']}")
    permissions, trust = {}, {}

    def role(who, arn):
        permissions[who] = sorted(attached[roles[arn]["name"]])
        trust[who] = statements(roles[arn]["assume_role_policy"])

    functions = {}
    for p in of("lambda_function").values():
        name, logging = p["function_name"], block(p["logging_config"])
        role(name, p["role"])
        functions[name] = {
            "description": p["description"],
            "package": os.path.basename(p["filename"]),
            "runtime": p["runtime"],
            "handler": p["handler"],
            "architectures": p["architectures"],
            "timeout": p["timeout"],
            "memory": p["memory_size"],
            "reserved": None if p["reserved_concurrent_executions"] == -1 else p["reserved_concurrent_executions"],
            "environment": block(p["environment"])["variables"],
            "log_group": logging["log_group"],
            "log_format": logging["log_format"],
            # If a function publishes no versions, its alias would never move. So such an alias is left out.
            "aliases": [a["name"] for a in of("lambda_alias").values() if a["function_name"] == name and p["publish"]],
        }

    queues, allow, rules = {}, {}, {}
    for p in of("sqs_queue_redrive_allow_policy").values():
        allow[p["queue_url"]] = json.loads(p["redrive_allow_policy"])
    for p in of("sqs_queue_policy").values():
        rules.setdefault(p["queue_url"], []).extend(statements(p["policy"]))
    for p in of("sqs_queue").values():
        fifo = p["name"].endswith(".fifo") and p["fifo_queue"]
        redrive = p["redrive_policy"] or ""
        queues[p["name"]] = {
            "fifo": fifo,
            "content_based_deduplication": p["content_based_deduplication"],
            "deduplication_scope": p["deduplication_scope"] if fifo else None,
            "throughput": p["fifo_throughput_limit"] if fifo else None,
            # A mocked provider returns 0 for a value that is not set. These are AWS's defaults.
            "visibility": p["visibility_timeout_seconds"] or 30,
            "retention": p["message_retention_seconds"],
            "largest": p["max_message_size"] or 1048576,
            "delay": p["delay_seconds"],
            "wait": p["receive_wait_time_seconds"],
            "encrypted": p["sqs_managed_sse_enabled"],
            "redrive": json.loads(redrive) if redrive.startswith("{") else None,
            "redrive_allow": allow.get(p["url"]),
            "policy": rules.get(p["url"], []),
        }

    tables = {}
    for p in of("dynamodb_table").values():
        types = {a["name"]: a["type"] for a in p["attribute"]}
        ttl = block(p["ttl"])
        tables[p["name"]] = {
            "billing": p["billing_mode"],
            "attributes": types,
            "keys": [[k, types[k]] for k in (p["hash_key"], p["range_key"])],
            "indexes": {
                i["name"]: {"keys": [[k, types[k]] for k in (i["hash_key"], i["range_key"])], "projection": i["projection_type"]}
                for i in p["global_secondary_index"]
            },
            "recovery": block(p["point_in_time_recovery"])["enabled"],
            "protected": plain(p["deletion_protection_enabled"]),
            "encrypted": block(p["server_side_encryption"])["enabled"],
            "ttl": ttl.get("attribute_name") if ttl.get("enabled") else None,
        }

    buckets = {}
    for p in of("s3_bucket").values():
        name = p["bucket"]
        part = lambda kind: of(f"s3_bucket_{kind}")[name]
        lock = block(block(part("object_lock_configuration")["rule"])["default_retention"])
        encryption = block(part("server_side_encryption_configuration")["rule"])["apply_server_side_encryption_by_default"]
        closed = ("block_public_acls", "block_public_policy", "ignore_public_acls", "restrict_public_buckets")
        buckets[name] = {
            "versions": block(part("versioning")["versioning_configuration"])["status"],
            "locked": p["object_lock_enabled"],
            "retention": [lock["mode"], lock["days"]],
            "encryption": block(encryption)["sse_algorithm"],
            "ownership": block(part("ownership_controls")["rule"])["object_ownership"],
            "closed": {key: part("public_access_block")[key] for key in closed},
            "policy": statements(part("policy")["policy"]),
        }

    sources = {}
    for p in of("lambda_event_source_mapping").values():
        sources[p["event_source_arn"]] = {
            "function": p["function_name"],
            "batch": p["batch_size"],
            "responses": p["function_response_types"],
            "concurrency": block(p["scaling_config"]).get("maximum_concurrency"),
        }

    schedules = {}
    for p in of("scheduler_schedule").values():
        target = block(p["target"])
        retry = block(target["retry_policy"])
        role(p["name"] + " schedule", target["role_arn"])
        schedules[p["name"]] = {
            "group": p["group_name"],
            "description": p["description"],
            "expression": p["schedule_expression"],
            "window": block(p["flexible_time_window"])["mode"],
            "target": target["arn"],
            "attempts": retry["maximum_retry_attempts"],
            "age": retry["maximum_event_age_in_seconds"],
            "dead": block(target["dead_letter_config"])["arn"],
        }

    invocations = {
        f"{p['function_name']}:{p['qualifier']}": {"attempts": p["maximum_retry_attempts"], "age": p["maximum_event_age_in_seconds"]}
        for p in of("lambda_function_event_invoke_config").values()
    }

    for p in of("iam_policy").values():
        permissions["operators"] = statements(p["policy"])

    deployments = {}
    application, = of("codedeploy_app").values()
    for p in of("codedeploy_deployment_group").values():
        role("deployments", p["service_role_arn"])
        deployments[p["deployment_group_name"]] = {
            "platform": application["compute_platform"],
            "configuration": p["deployment_config_name"],
            "style": sorted(block(p["deployment_style"]).values()),
            "alarms": block(p["alarm_configuration"])["alarms"],
            "rolled_back_at": sorted(block(p["auto_rollback_configuration"])["events"]),
        }

    alarms = {}
    for p in of("cloudwatch_metric_alarm").values():
        alarms[p["alarm_name"]] = {
            "description": p["alarm_description"],
            "metric": f"{p['namespace']} {p['metric_name']} {p['statistic']}",
            "dimensions": p["dimensions"],
            "period": p["period"],
            "periods": p["evaluation_periods"],
            "threshold": p["threshold"],
            "comparison": p["comparison_operator"],
            "missing": p["treat_missing_data"],
            "actions": p["alarm_actions"] or [],
        }

    integrations = {i["id"]: i for i in of("apigatewayv2_integration").values()}
    stage, = of("apigatewayv2_stage").values()
    api, = of("apigatewayv2_api").values()
    settings, log = block(stage["default_route_settings"]), block(stage["access_log_settings"])
    called = {p["function_name"]: p["arn"] for p in of("lambda_function").values()}
    front = {
        "name": api["name"],
        "protocol": api["protocol_type"],
        "stage": stage["name"],
        "auto_deploy": stage["auto_deploy"],
        "burst": settings["throttling_burst_limit"],
        "rate": settings["throttling_rate_limit"],
        "log": log["destination_arn"],
        "log_format": json.loads(log["format"]),
        "routes": {},
        "may_call": sorted(
            f"{p['principal']} {p['action']} {called[p['function_name']]}:{p['qualifier']} from {p['source_arn']}"
            for p in of("lambda_permission").values()
        ),
    }
    for p in of("apigatewayv2_route").values():
        i = integrations[p["target"].removeprefix("integrations/")]
        front["routes"][p["route_key"]] = {
            "authorization": p["authorization_type"],
            "type": i["integration_type"],
            "target": i["integration_uri"],
            "payload": i["payload_format_version"],
            "timeout": i["timeout_milliseconds"],
        }

    return {
        "functions": functions,
        "permissions": permissions,
        "trust": trust,
        "queues": queues,
        "tables": tables,
        "buckets": buckets,
        "event_sources": sources,
        "schedules": schedules,
        "invocations": invocations,
        "deployments": deployments,
        "alarms": alarms,
        "api": front,
        "logs": {p["name"]: p["retention_in_days"] for p in of("cloudwatch_log_group").values()},
        "parameters": declared_variables(folder),
        "outputs": {name: o["after"] for name, o in plan["output_changes"].items()},
    }


# ---------------------------------------------------------------- both


def both_readings(path):
    if str(path).endswith(".json"):
        return json.loads(Path(path).read_text())
    if Path(path).is_dir():
        return {run: of_module(path, plan) for run, plan in plans(path).items()}
    return {"defaults": of_template(path, {}), "all_set": of_template(path, ALL_SET)}


def differences(where, template, module):
    if isinstance(template, dict) and isinstance(module, dict):
        for key in sorted(template.keys() | module.keys()):
            at = f"{where}.{key}" if where else key
            if key not in template:
                if key not in ONLY_TERRAFORM.get(where, ()):
                    yield f"{at}: only in Terraform"
            elif key not in module:
                yield f"{at}: only in the template"
            else:
                yield from differences(at, template[key], module[key])
    elif isinstance(template, list) and isinstance(module, list) and all(isinstance(v, str) for v in template + module):
        for value in sorted(set(template) - set(module)):
            yield f"{where}: only in the template: {value}"
        for value in sorted(set(module) - set(template)):
            yield f"{where}: only in Terraform: {value}"
    elif template != module:
        yield f"{where}: {json.dumps(template)} in the template, {json.dumps(module)} in Terraform"


def main(arguments):
    if arguments[:1] == ["--dump"]:
        print(json.dumps(both_readings(arguments[1]), indent=1, sort_keys=True))
        return 0
    template, module = arguments or (ROOT / "template.yaml", ROOT / "infra" / "terraform")
    left, right = both_readings(template), both_readings(module)
    found = [f"{run}: {line}" for run in left for line in differences("", left[run], right[run])]
    missing = left["defaults"]["parameters"].keys() ^ ALL_SET.keys()
    found += [f"compare.py: ALL_SET and the parameters differ in {name}" for name in sorted(missing)]
    print("\n".join(found) or "template.yaml and infra/terraform say the same.")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
