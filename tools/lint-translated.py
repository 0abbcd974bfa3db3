"""Expands and translates a SAM template to plain CloudFormation, as AWS does, and lints the result.

cfn-lint does not follow references inside SAM's Globals and events; in the translated template it does. The
language extensions are expanded twice, with every parameter at its default and with every optional one given,
because AWS refuses some expressions only in a resource whose condition is false.
Usage, with SAM CLI's own Python: lint-translated.py TEMPLATE OUTPUT
"""

import json
import os
import subprocess
import sys

from samcli.lib.cfn_language_extensions.api import process_template
from samcli.lib.cfn_language_extensions.exceptions import InvalidTemplateException
from samcli.lib.cfn_language_extensions.models import PseudoParameterValues
from samcli.yamlhelper import yaml_parse
from samtranslator.translator.transform import transform


class NoManagedPolicies:
    """The template names no managed policy, but the translator asks for the list."""

    def load(self):
        return {}


def defaults(template):
    return {name: p["Default"] for name, p in template["Parameters"].items() if "Default" in p}


def expand(template):
    account = PseudoParameterValues(
        region="us-east-1", account_id="000000000000", stack_name="stack", partition="aws", url_suffix="amazonaws.com"
    )
    missing = defaults(template)
    given = {name: value or "given" for name, value in missing.items()}
    for parameters in (missing, given):
        process_template(template, parameters, account)


def translate(template):
    for resource in template["Resources"].values():
        if resource["Type"] == "AWS::Serverless::Function":
            resource["Properties"]["CodeUri"] = "s3://bucket/key"
    os.environ.setdefault("AWS_DEFAULT_REGION", "us-east-1")
    return transform(template, defaults(template), NoManagedPolicies())


def main():
    source, output = sys.argv[1:]
    with open(source, encoding="utf-8") as file:
        template = yaml_parse(file.read())
    try:
        expand(template)
    except InvalidTemplateException as fault:
        print(f"{source}: AWS::LanguageExtensions: {fault}", file=sys.stderr)
        return 1
    os.makedirs(os.path.dirname(output) or ".", exist_ok=True)
    with open(output, "w", encoding="utf-8") as target:
        json.dump(translate(template), target, indent=1)
    lint = os.path.join(os.path.dirname(sys.executable), "cfn-lint")
    return subprocess.call([lint, "--", output])


if __name__ == "__main__":
    sys.exit(main())
