"""Runs calls of Broadcom's own vSphere Automation binding (vmware-vcenter on PyPI) against a vCenter and prints what it read.

The file that is named holds one JSON object: {"url", "ca", "user", "password", "calls": [[SERVICE, OPERATION, ARGUMENT?], ...]}. Standard
output is a JSON array with one element for each call: {"ok": VALUE}, or {"error": CLASS, "messages": [{"id", "text"}, ...]}, where
CLASS is the binding's exception class for the answer's error_type. Every value and every error went through the binding's own
types: an answer that breaks one of them ends the program with a traceback.

The binding speaks vAPI's JSON-RPC unless it is told otherwise, and its REST metadata of older operations is that of the former
/rest. So two things are said here that the binding leaves open for /api: bodies come without the envelope of /rest ("Swagger
REST" in its words), and the members of a filter are query parameters of their own, each value once more (style form, exploded),
as the API reference has them.
"""

import json
import sys

import requests
from com.vmware.cis_client import Session
from com.vmware.vapi.std import errors_client
from com.vmware.vcenter.vm.guest_client import Customization, CustomizationLive
from com.vmware.vcenter_client import VM, Cluster, Datacenter, Folder, Host
from vmware.vapi.bindings.converter import RestConverter, TypeConverter
from vmware.vapi.bindings.type import ReferenceType
from vmware.vapi.data.value import OptionalValue, StructValue
from vmware.vapi.lib.connect import get_requests_connector
from vmware.vapi.provider.filter import ApiProviderFilter
from vmware.vapi.security.client.security_context_filter import LegacySecurityContextFilter
from vmware.vapi.security.user_password import create_user_password_security_context
from vmware.vapi.stdlib.client.factories import StubConfigurationFactory

SERVICES = {
    service.__name__: service
    for service in (Session, VM, Host, Folder, Cluster, Datacenter, Customization, CustomizationLive)
}


class ExplodedFilter(ApiProviderFilter):
    """Puts the members of a list's filter in the place of the filter."""

    def invoke(self, service_id, operation_id, input_value, ctx):
        if operation_id == "list":
            given = input_value.get_field("filter")
            if isinstance(given, OptionalValue):
                given = given.value
            exploded = StructValue(input_value.name, values=dict(given.get_fields()) if given is not None else {})
            input_value = exploded
        return ApiProviderFilter.invoke(self, service_id, operation_id, input_value, ctx)


class Client:
    def __init__(self, order):
        self.http = requests.Session()
        self.http.trust_env = False
        self.http.verify = order["ca"]
        self.order = order

    def stub(self, name):
        filters = [ExplodedFilter()]
        if name == "Session" and "vmware-api-session-id" not in self.http.headers:
            context = create_user_password_security_context(self.order["user"], self.order["password"])
            filters.append(LegacySecurityContextFilter(security_context=context))
        connector = get_requests_connector(
            session=self.http, url=self.order["url"] + "/api", msg_protocol="rest", provider_filter_chain=filters)
        service = SERVICES[name](StubConfigurationFactory.new_std_configuration(connector))
        stub = service._api_interface
        stub._is_vapi_rest = False
        stub._rest_converter_mode = RestConverter.SWAGGER_REST
        provider = connector.get_api_provider().get_api_provider()
        provider.set_rest_format(False)
        listing = stub._rest_metadata.get("list")
        if listing is not None:
            for field in SERVICES[name].FilterSpec.get_binding_type().get_field_names():
                listing.query_parameters[field] = field
        return service

    def call(self, name, operation, argument=None):
        service = self.stub(name)
        try:
            if operation == "list":
                spec = SERVICES[name].FilterSpec(**{k: set(v) if isinstance(v, list) else v for k, v in (argument or {}).items()})
                value = service.list(spec)
            elif argument is not None:
                value = getattr(service, operation)(argument)
            else:
                value = getattr(service, operation)()
        except errors_client.Error as error:
            return self.read(error)
        if (name, operation) == ("Session", "create"):
            self.http.headers["vmware-api-session-id"] = value
            value = "a token"
        return {"ok": plain(value)}

    def read(self, error):
        """The error in the class that its error_type stands for; the binding itself goes by the status or the first class declared."""
        body = error.get_error_value() if error.data is None else error.data.get_struct_value()
        word = error.error_type if error.data is None else body.get_field("error_type").value
        name = "".join(part.capitalize() for part in word.split("_"))
        typed = TypeConverter.convert_to_python(
            body, ReferenceType("com.vmware.vapi.std.errors_client", name), rest_converter_mode=RestConverter.SWAGGER_REST)
        return {
            "error": type(typed).__name__,
            "raised": type(error).__name__,
            "messages": [{"id": m.id, "text": m.default_message, "args": m.args} for m in typed.messages],
        }



def plain(value):
    """A value of the binding as JSON."""
    if isinstance(value, list):
        return [plain(element) for element in value]
    if hasattr(value, "get_struct_value"):
        return json.loads(value.to_json()) if hasattr(value, "to_json") else str(value)
    return str(value) if value is not None else None


order = json.load(open(sys.argv[1]))
client = Client(order)
json.dump([client.call(*call) for call in order["calls"]], sys.stdout)
