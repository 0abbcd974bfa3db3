"""Runs MiniStack with the IAM condition key dynamodb:LeadingKeys, which it lacks: without it, a statement that requires
the key allows nothing, and one that does not allows everything.

As on AWS, the key holds the partition keys that a request names, and each part of a transaction is judged by its own.
The table's partition key is pk; an index is asked for one value of its own key. saved_queries adds a resource type.
"""

import json
import re

import saved_queries
from ministack.app import main
from ministack.core import iam_actions, iam_evaluator

NAME = "dynamodb:LeadingKeys"


class ResourceOfPart(str):
    """The ARN of the table of one part of a transaction, with the part's key."""

    keys = []


def text(value):
    return value.get("S") if isinstance(value, dict) else None


def queried(request):
    """The value that a query's condition wants of the partition key."""
    found = re.search(r"=\s*(:\w+)", request.get("KeyConditionExpression") or "")
    return text((request.get("ExpressionAttributeValues") or {}).get(found.group(1))) if found else None


def leading_keys(request):
    named = [request.get("Key") or request.get("Item") or {}]
    for table in (request.get("RequestItems") or {}).values():
        named += table["Keys"] if isinstance(table, dict) else []
    keys = [text(one.get("pk")) for one in named] + [queried(request)]
    return [key for key in keys if key is not None]


def decoded(body):
    try:
        request = json.loads(body or b"{}")
    except ValueError:
        return {}
    return request if isinstance(request, dict) else {}


def context_of(body, known=iam_actions.dynamodb_service_context):
    keys = leading_keys(decoded(body))
    return {**known(body), **({NAME: keys} if keys else {})}


def parts_of(action, body, region, account, known=iam_actions.dynamodb_transaction_checks):
    parts = []
    for item in decoded(body).get("TransactItems") or []:
        checks = known(action, json.dumps({"TransactItems": [item]}).encode(), region, account)
        for part_action, arn in checks:
            resource = ResourceOfPart(arn)
            resource.keys = [key for part in item.values() for key in leading_keys(part)]
            parts.append((part_action, resource))
    return parts


def enforce(*args, known=iam_evaluator.enforce, **named):
    resource = named.get("resource_arn")
    if isinstance(resource, ResourceOfPart) and resource.keys:
        named["service_context"] = {**(named.get("service_context") or {}), NAME: resource.keys}
    return known(*args, **named)


iam_actions.dynamodb_service_context = context_of
iam_actions.dynamodb_transaction_checks = parts_of
iam_evaluator.enforce = enforce
saved_queries.add()

main()
