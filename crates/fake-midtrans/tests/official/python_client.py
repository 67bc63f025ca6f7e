"""Midtrans's own Python library against the gateway at BASE; stops at the first thing that is not as documented."""

import json
import os
import urllib.request

import midtransclient
from midtransclient.config import ApiConfig
from midtransclient.error_midtrans import MidtransAPIError

BASE = os.environ["BASE"]
# The library has no setting for its addresses, so the constants it reads are replaced.
ApiConfig.CORE_SANDBOX_BASE_URL = BASE
ApiConfig.SNAP_SANDBOX_BASE_URL = f"{BASE}/snap/v1"


def client(kind, key):
    return kind(is_production=False, server_key=key, client_key="SB-Mid-client-any")


def order(order_id, gross_amount=10000):
    return {"transaction_details": {"order_id": order_id, "gross_amount": gross_amount}}


def control(path, body):
    urllib.request.urlopen(urllib.request.Request(f"{BASE}/control/{path}", json.dumps(body).encode())).read()


def refused(code, call, *arguments):
    try:
        answer = call(*arguments)
    except MidtransAPIError as error:
        assert str(error.http_status_code) == code, error
    else:
        raise AssertionError(f"not refused: {answer}")


snap = client(midtransclient.Snap, os.environ["SERVER_KEY"])
core = client(midtransclient.CoreApi, os.environ["SERVER_KEY"])

created = snap.create_transaction(order("python-1"))
assert len(created["token"]) == 36 and created["redirect_url"].startswith(BASE), created
assert isinstance(snap.create_transaction_token(order("python-2")), str)
refused("400", snap.create_transaction, order("python-3", 0))
refused("401", client(midtransclient.Snap, "SB-Mid-server-wrong").create_transaction, order("python-3"))

refused("404", core.transactions.status, "python-1")
control("choose", {"order_id": "python-1", "method": "permata_va"})
pending = snap.transactions.status("python-1")
assert pending["transaction_status"] == "pending", pending
assert core.transactions.notification(pending)["order_id"] == "python-1"
refused("412", core.transactions.refund, "python-1", {"amount": 5000})
assert core.transactions.cancel("python-1")["transaction_status"] == "cancel"

control("choose", {"order_id": "python-2", "method": "other_qris"})
control("settle", {"order_id": "python-2"})
assert core.transactions.refund("python-2", {"refund_key": "r1", "amount": 4000})["transaction_status"] == "partial_refund"
refused("406", core.transactions.refund, "python-2", {"refund_key": "r1", "amount": 1})
assert core.transactions.refundDirect("python-2", {"refund_key": "r2"})["transaction_status"] == "refund"

snap.create_transaction(order("python-4"))
control("choose", {"order_id": "python-4", "method": "alfamart"})
assert core.transactions.expire("python-4")["status_code"] == "407"
refused("412", core.transactions.expire, "python-4")

for order_id in ["python-5", "python-6"]:
    snap.create_transaction(order(order_id))
    control("choose", {"order_id": order_id, "method": "credit_card", "number": "4511111111111117"})
assert core.transactions.approve("python-5")["fraud_status"] == "accept"
assert core.transactions.deny("python-6")["transaction_status"] == "deny"
refused("412", core.transactions.deny, "python-6")
for call in [core.transactions.approve, core.transactions.deny, core.transactions.cancel, core.transactions.expire]:
    refused("404", call, "unknown")
refused("404", core.transactions.refund, "unknown", {})

control("settle", {"order_id": "python-5"})
refused("414", core.transactions.refund, "python-5", {"refund_key": "r1", "amount": 10001})
refused("400", core.transactions.refund, "python-5", {"refund_key": "r 1", "amount": 1})
refunded = core.transactions.refund("python-5", {"refund_key": "r1"})
assert refunded["transaction_status"] == "refund" and refunded["refund_amount"] == "10000.00", refunded
refused("406", core.transactions.refund, "python-5", {"refund_key": "r1"})
assert len(core.transactions.status("python-5")["refunds"]) == 1
assert len(core.transactions.statusb2b("python-5")["transactions"]) == 1

snap.create_transaction({**order("python-7"), "credit_card": {"type": "authorize"}})
control("choose", {"order_id": "python-7", "method": "credit_card", "number": "4411111111111118"})
reserved = core.transactions.status("python-7")
assert reserved["transaction_status"] == "authorize", reserved
captured = core.capture({"transaction_id": reserved["transaction_id"], "gross_amount": 10000})
assert captured["transaction_status"] == "capture", captured
print("midtransclient (python): ok")
