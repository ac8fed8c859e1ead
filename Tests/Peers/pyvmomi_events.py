"""Reads the customization events of a vCenter by Broadcom's pyvmomi: login, QueryEvents with an EventFilterSpec, and logout.

The file that is named holds one JSON object: {"port", "ca", "user", "password", "types", "begin"}. Prints one JSON array with what each
event tells, oldest first, as pyvmomi's own types have it.
"""

import datetime
import json
import ssl
import sys

from pyVim.connect import Disconnect, SmartConnect
from pyVmomi import vim

order = json.load(open(sys.argv[1]))
instance = SmartConnect(
    host="localhost", port=order["port"], user=order["user"], pwd=order["password"],
    sslContext=ssl.create_default_context(cafile=order["ca"]))
begin = datetime.datetime.fromisoformat(order["begin"].replace("Z", "+00:00"))
spec = vim.event.EventFilterSpec(
    time=vim.event.EventFilterSpec.ByTime(beginTime=begin), eventTypeId=order["types"], disableFullMessage=False, maxCount=1000)
events = instance.RetrieveContent().eventManager.QueryEvents(spec)
told = [
    {
        "key": event.key, "type": type(event).__name__.rpartition(".")[2], "createdTime": event.createdTime.timestamp(),
        "user": event.userName, "vm": event.vm.vm._GetMoId(), "vmName": event.vm.name, "host": event.host.host._GetMoId(),
        "message": event.fullFormattedMessage, "logLocation": event.logLocation, "reason": getattr(event, "reason", None),
    } for event in events
]
Disconnect(instance)
json.dump(told, sys.stdout)
