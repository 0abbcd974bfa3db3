"""Translates a SAM template to plain CloudFormation and lints the result.

cfn-lint does not follow references inside SAM's Globals and events; in the translated template it does.
Usage, with SAM CLI's own Python: lint-translated.py TEMPLATE OUTPUT
"""

import json
import os
import subprocess
import sys

from samcli.yamlhelper import yaml_parse
from samtranslator.translator.transform import transform


class NoManagedPolicies:
    """The template names none; the translator asks all the same."""

    def load(self):
        return {}


def translate(path):
    with open(path, encoding="utf-8") as source:
        template = yaml_parse(source.read())
    for resource in template["Resources"].values():
        if resource["Type"] == "AWS::Serverless::Function":
            resource["Properties"]["CodeUri"] = "s3://bucket/key"
    parameters = {name: p["Default"] for name, p in template["Parameters"].items() if "Default" in p}
    os.environ.setdefault("AWS_DEFAULT_REGION", "us-east-1")
    return transform(template, parameters, NoManagedPolicies())


def main():
    source, output = sys.argv[1:]
    os.makedirs(os.path.dirname(output) or ".", exist_ok=True)
    with open(output, "w", encoding="utf-8") as target:
        json.dump(translate(source), target, indent=1)
    lint = os.path.join(os.path.dirname(sys.executable), "cfn-lint")
    return subprocess.call([lint, "--", output])


if __name__ == "__main__":
    sys.exit(main())
