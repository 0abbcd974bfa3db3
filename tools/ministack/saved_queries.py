"""Gives MiniStack's CloudFormation the type AWS::Logs::QueryDefinition, which it lacks: a stack with one could not be
deployed at all. A query is kept under an id. It is refused, as on AWS, if it has no name or no text, or names a log group
that does not exist. Nothing runs it.
"""

import uuid

from ministack.services import cloudwatch_logs
from ministack.services.cloudformation import provisioners

TYPE = "AWS::Logs::QueryDefinition"
saved = {}


def checked(props):
    for key in ("Name", "QueryString"):
        if not props.get(key):
            raise ValueError(f"{TYPE} requires {key}")
    for group in props.get("LogGroupNames") or []:
        if group not in cloudwatch_logs._log_groups:
            raise ValueError(f"{TYPE}: the log group {group} does not exist")
    return props


def create(logical_id, props, stack_name):
    key = str(uuid.uuid4())
    saved[key] = checked(props)
    return key, {"QueryDefinitionId": key}


def update(physical_id, old_props, new_props, stack_name):
    saved[physical_id] = checked(new_props)
    return physical_id, {"QueryDefinitionId": physical_id}


def delete(physical_id, props):
    saved.pop(physical_id, None)


def add():
    provisioners._RESOURCE_HANDLERS[TYPE] = {"create": create, "update": update, "delete": delete}
