"""Calls every method of VI JSON that the simulated vCenter has, well and badly, so that its answers can be held to the document.

The file that is named holds one JSON object: {"url", "ca", "user", "password", "release"}. Prints the number of calls.
"""

import json
import sys
from urllib.parse import quote

import requests

order = json.load(open(sys.argv[1]))
http = requests.Session()
http.trust_env = False
http.verify = order["ca"]
base = f"{order['url']}/sdk/vim25/{order['release']}"
calls = 0


def call(kind, moid, member, body=None):
    global calls
    calls += 1
    url = f"{base}/{kind}/{quote(moid, safe='')}/{member}"
    return http.get(url) if body is None else http.post(url, json=body)


def reference(kind, moid):
    return {"_typeName": "ManagedObjectReference", "type": kind, "value": moid}


content = call("ServiceInstance", "ServiceInstance", "content").json()
call("EventManager", "EventManager", "maxCollector")
call("SessionManager", "SessionManager", "Login", {"userName": order["user"], "password": "wrong"})
login = call("SessionManager", "SessionManager", "Login", {"userName": order["user"], "password": order["password"]})
http.headers["vmware-api-session-id"] = login.headers["vmware-api-session-id"]
manager, spec = content["eventManager"]["value"], {
    "_typeName": "EventFilterSpec", "disableFullMessage": False, "maxCount": 1000,
    "time": {"_typeName": "EventFilterSpecByTime", "beginTime": "2020-01-01T00:00:00Z"}}
view = {"_typeName": "EventManagerViewByStartId", "startEventId": 0, "isForward": True}
call("EventManager", manager, "QueryEvents", {"filter": spec, "eventViewSpec": view})
call("EventManager", manager, "QueryEvents", {"filter": spec})
call("EventManager", manager, "QueryEvents", {"filter": {**spec, "maxCount": 1001}})
call("EventManager", manager, "latestEvent")
call("EventManager", manager, "maxCollector")
collector = call("EventManager", manager, "CreateCollectorForEvents", {"filter": spec}).json()["value"]
for member in ("ReadNextEvents", "ReadPreviousEvents", "SetCollectorPageSize"):
    call("EventHistoryCollector", collector, member, {"maxCount": 10})
for member in ("RewindCollector", "ResetCollector", "DestroyCollector", "DestroyCollector"):
    call("EventHistoryCollector", collector, member, {})
root = content["rootFolder"]
for kind, paths in {
    "VirtualMachine": [
        "name", "parent", "config.instanceUuid", "config.template", "config.guestFullName", "guest.guestFullName",
        "guest.guestFamily", "guest.toolsVersion", "guest.toolsRunningStatus", "guest.customizationInfo", "runtime.host",
        "runtime.powerState"],
    "HostSystem": ["name", "parent"], "ClusterComputeResource": ["name", "parent"], "Folder": ["name", "parent"],
    "Datacenter": ["name", "parent"], "VirtualMachine ": ["name"],
}.items():
    kind = kind.strip()
    made = call("ViewManager", "ViewManager", "CreateContainerView", {"container": root, "type": [kind], "recursive": True})
    traversal = {"_typeName": "TraversalSpec", "name": "v", "type": "ContainerView", "path": "view", "skip": False}
    objects = [{
        "_typeName": "ObjectSpec", "obj": reference("ContainerView", made.json()["value"]), "skip": True, "selectSet": [traversal]}]
    properties = [{"_typeName": "PropertySpec", "type": kind, "all": False, "pathSet": paths}]
    wanted = {
        "specSet": [{"_typeName": "PropertyFilterSpec", "propSet": properties, "objectSet": objects}],
        "options": {"_typeName": "RetrieveOptions", "maxObjects": 40}}
    answer = call("PropertyCollector", "propertyCollector", "RetrievePropertiesEx", wanted).json()
    while "token" in answer:
        method = "ContinueRetrievePropertiesEx" if len(paths) > 1 else "CancelRetrievePropertiesEx"
        reply = call("PropertyCollector", "propertyCollector", method, {"token": answer["token"]})
        answer = reply.json() if reply.status_code == 200 else {}
    properties[0]["pathSet"] = ["nothing"]
    call("PropertyCollector", "propertyCollector", "RetrievePropertiesEx", wanted)
    call("ContainerView", made.json()["value"], "DestroyView", {})
call("SessionManager", "SessionManager", "Logout", {})
print(json.dumps(calls))
