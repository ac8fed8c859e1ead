"""Asks a vCenter what it is, without a session, by Broadcom's pyvmomi: SOAP's RetrieveServiceContent.

The file that is named holds one JSON object: {"port", "ca"}. Prints one JSON object with what `about` says, and the managed object
ids beside it.
"""

import json
import ssl
import sys

from pyVmomi import SoapStubAdapter, vim

order = json.load(open(sys.argv[1]))
context = ssl.create_default_context(cafile=order["ca"])
stub = SoapStubAdapter(host="localhost", port=order["port"], path="/sdk", version="vim.version.version9", sslContext=context)
content = vim.ServiceInstance("ServiceInstance", stub).RetrieveContent()
json.dump(
    {
        "instanceUuid": content.about.instanceUuid, "apiType": content.about.apiType, "version": content.about.version,
        "rootFolder": content.rootFolder._GetMoId(), "sessionManager": content.sessionManager._GetMoId(),
    }, sys.stdout)
