"""A receiver of webhooks that verifies by the reference library of Standard Webhooks.

Prints its port, reads the secret from its input, and then prints a line for each message: whether the library took it, its id and
its body. What the library refuses is answered 401.
"""
import json
import sys
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from standardwebhooks.webhooks import Webhook, WebhookVerificationError

secret = threading.Event()
state = {}


class Handler(BaseHTTPRequestHandler):
    def do_POST(self):
        secret.wait()
        body = self.rfile.read(int(self.headers["content-length"]))
        try:
            state["webhook"].verify(body, dict(self.headers))
            taken = True
        except WebhookVerificationError:
            taken = False
        print(json.dumps({"taken": taken, "id": self.headers["webhook-id"], "body": json.loads(body)}), flush=True)
        self.send_response(204 if taken else 401)
        self.end_headers()

    def log_message(self, *_):
        pass


server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
print(server.server_address[1], flush=True)
threading.Thread(target=server.serve_forever, daemon=True).start()
# A new secret may come at any time; the end of the input is the end.
for line in sys.stdin:
    state["webhook"] = Webhook(line.strip())
    secret.set()
