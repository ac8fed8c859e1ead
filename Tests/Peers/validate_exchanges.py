"""Holds HTTP exchanges to the structure of vCenter's API reference (vcenter-api.json beside this file).

The file that is named has one JSON object a line: {"method", "target", "request_headers": [[NAME, VALUE], ...], "request_body", "status",
"response_body"}, the bodies in base64. Prints how many exchanges of each operation and status were validated, as one JSON object;
what does not conform is told on standard error, a line each, and ends the program with 1. Exchanges of VI JSON are held to vi-json.json in
the same way, by the classes that `_typeName` names: what the document does not allow for, but says in x-undeclared-runtime-faults, is a fault.

The document names the base path /api in `servers`. Where it says `x-wire-name`, the servers and the official bindings write another
name than the document: theirs counts. An answer whose status the operation does not declare is held to the form of an error, and
its error_type must be one of `x-infrastructure-errors`, or the path one that the release lacks.
"""

import base64
import collections
import json
import pathlib
import sys
from urllib.parse import parse_qsl, urlsplit

from openapi_core import OpenAPI
from openapi_core.testing import MockRequest, MockResponse
from openapi_schema_validator import OAS30ReadValidator
from werkzeug.datastructures import ImmutableMultiDict

document = json.loads(pathlib.Path(__file__).with_name("vcenter-api.json").read_text())


def as_on_the_wire(schema):
    """Renames the properties of a schema that are called otherwise on the wire, and lets what is nullable be null, in place.

    OpenAPI 3.0.3 reads `nullable` beside `allOf` as nothing; the document means it."""
    if isinstance(schema, list):
        for element in schema:
            as_on_the_wire(element)
    if not isinstance(schema, dict):
        return
    properties = schema.get("properties")
    if isinstance(properties, dict):
        names = {name: sub["x-wire-name"] for name, sub in properties.items() if isinstance(sub, dict) and "x-wire-name" in sub}
        schema["properties"] = {names.get(name, name): sub for name, sub in properties.items()}
        if "required" in schema:
            schema["required"] = [names.get(name, name) for name in schema["required"]]
    if schema.get("nullable") is True and "allOf" in schema:
        schema["anyOf"] = [{"allOf": schema.pop("allOf")}, {"type": "object", "nullable": True, "enum": [None]}]
    for value in schema.values():
        as_on_the_wire(value)


as_on_the_wire(document["components"]["schemas"])
document["servers"] = [{"url": "https://localhost/api"}]
openapi = OpenAPI.from_dict(document)
error_form = {"$ref": "#/components/schemas/Vapi.Std.Errors.Error", "components": document["components"]}


def operation(method, path):
    """The path template and the operation that a request is about; (None, None) if the document has none."""
    words = path.split("/")
    for template, operations in document["paths"].items():
        parts = ("/api" + template).split("/")
        if len(parts) == len(words) and all(p == w or (p.startswith("{") and w) for p, w in zip(parts, words)):
            return template, operations.get(method.lower())
    return None, None


def parameters(declared):
    """Names that the query of an operation may have: the members of a filter are exploded."""
    names = set()
    for parameter in declared.get("parameters", []):
        names.add(parameter["name"])
        reference = parameter["schema"].get("$ref", "")
        names.update(document["components"]["schemas"].get(reference.rpartition("/")[2], {}).get("properties", {}))
    return names


def faults(exchange):
    """What does not conform in an exchange."""
    url = urlsplit(exchange["target"])
    template, declared = operation(exchange["method"], url.path)
    status = str(exchange["status"])
    body = base64.b64decode(exchange["response_body"])
    if declared is None:
        if exchange["status"] not in (404, 405):
            yield f"answered {status} though the reference has no such operation"
        return
    headers = {name.lower(): value for name, value in exchange["request_headers"]}
    query = parse_qsl(url.query, keep_blank_values=True)
    for name in {name for name, _ in query} - parameters(declared):
        yield f"the query parameter {name} is not declared"
    if len(set(query)) != len(query):
        yield "a query parameter holds a value twice"
    request = MockRequest(
        "https://localhost", exchange["method"], url.path, args=ImmutableMultiDict(query), headers=headers,
        data=base64.b64decode(exchange["request_body"]) or None, content_type=headers.get("content-type", "application/json"))
    if status != "401":
        for error in openapi.iter_request_errors(request):
            yield f"request: {error}: {error.__cause__}"
    if status in declared["responses"]:
        if not body and "content" not in declared["responses"][status]:
            return
        for error in openapi.iter_response_errors(request, MockResponse(body, exchange["status"])):
            yield f"response: {error}: {error.__cause__}"
        types = declared["responses"][status].get("x-error-types")
        if types and json.loads(body).get("error_type") not in types:
            yield f"error_type is not one of {types}"
    else:
        value = json.loads(body)
        for error in OAS30ReadValidator(error_form).iter_errors(value):
            yield f"response: {error.message}"
        if value.get("error_type") not in document["x-infrastructure-errors"] and exchange["status"] != 404:
            yield f"status {status} with {value.get('error_type')} is not declared"


vim = json.loads(pathlib.Path(__file__).with_name("vi-json.json").read_text())
vim_schemas = vim["components"]["schemas"]


def vim_operation(method, path):
    """The path template and the operation of VI JSON that a request is about; (None, None) if the document has none."""
    words = path.split("/")[4:]
    for template, operations in vim["paths"].items():
        parts = template.split("/")[1:]
        if len(parts) == len(words) == 3 and parts[0] == words[0] and parts[2] == words[2]:
            return template, operations.get(method.lower())
    return None, None


def vim_classes(value):
    """Every object of a document that says what it is, and every member that is an object without saying so."""
    if isinstance(value, list):
        for element in value:
            yield from vim_classes(element)
    elif isinstance(value, dict):
        yield value
        for member in value.values():
            yield from vim_classes(member)


def vim_form_faults(value, schema):
    """What does not conform in a value: to the declared form, and every object in it to that of its own class."""
    forms = [(value, schema)]
    for found in vim_classes(value):
        name = found.get("_typeName")
        if "_value" in found:
            kinds = {"string": str, "int": int, "boolean": bool, "dateTime": str}
            if name not in kinds or not isinstance(found["_value"], kinds[name]):
                yield f"a boxed value is not one: {found}"
        elif name in vim_schemas:
            forms.append((found, {"$ref": f"#/components/schemas/{name}"}))
    for found, form in forms:
        for error in OAS30ReadValidator({**form, "components": vim["components"]}).iter_errors(found):
            yield error.message


def vim_faults(exchange):
    """What does not conform in an exchange of VI JSON."""
    _, declared = vim_operation(exchange["method"], urlsplit(exchange["target"]).path)
    body, status = base64.b64decode(exchange["response_body"]), exchange["status"]
    if declared is None:
        if status not in (404, 405, 500):
            yield f"answered {status} though the document has no such operation"
        return
    request = declared.get("requestBody")
    if request is not None and status < 300:
        schema = request["content"]["application/json"]["schema"]
        for message in vim_form_faults(json.loads(base64.b64decode(exchange["request_body"])), schema):
            yield f"request: {message}"
    answer = declared["responses"].get(str(status))
    if status == 500:
        fault = json.loads(body)
        if fault.get("_typeName") not in vim_schemas:
            yield f"the fault {fault.get('_typeName')} is not known"
        for message in vim_form_faults(fault, {"$ref": "#/components/schemas/MethodFault"}):
            yield f"fault: {message}"
    elif answer is None:
        yield f"status {status} is not declared"
    elif "content" not in answer:
        if body:
            yield "an answer without content has some"
    else:
        schema = answer["content"]["application/json"]["schema"]
        if body or not schema.get("nullable"):
            for message in vim_form_faults(json.loads(body), schema):
                yield f"response: {message}"


counts = collections.Counter()
found = 0
for line in open(sys.argv[1]):
    exchange = json.loads(line)
    if exchange["target"].startswith("/sdk/vim25/"):
        find, check = vim_operation, vim_faults
    elif exchange["target"].startswith("/api/"):
        find, check = operation, faults
    else:
        continue  # SOAP, which has no document here
    template, _ = find(exchange["method"], urlsplit(exchange["target"]).path)
    counts[f"{exchange['method']} {template or 'none'} {exchange['status']}"] += 1
    for fault in check(exchange):
        found += 1
        print(f"{exchange['method']} {exchange['target']} -> {exchange['status']}: {fault}", file=sys.stderr)
json.dump(counts, sys.stdout)
sys.exit(1 if found else 0)
