"""A service of the bank's shape, two schools and what each has, in which one operation forgets whose a thing is.

The contract runs schemathesis against it in the same way as against the bank: where the hole is not found, neither
would one in the bank be, and the run fails.
"""
import json
import threading
import uuid
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

BEARER = {"type": "http", "scheme": "bearer"}
ITEM = {"type": "object", "required": ["thing_id", "name"],
        "properties": {"thing_id": {"type": "string", "format": "uuid"}, "name": {"type": "string"}}}
LISTED = {"type": "object", "required": ["items"],
          "properties": {"items": {"type": "array", "items": {"$ref": "#/components/schemas/Thing"}}}}


def answers(schema, *others):
    good = {"description": "Good", "content": {"application/json": {"schema": {"$ref": f"#/components/schemas/{schema}"}}}}
    bad = {"description": "Refused", "content": {"application/json": {"schema": {"type": "object"}}}}
    return {"200": good, **{str(status): bad for status in others}}


PATH_ID = {"name": "thing_id", "in": "path", "required": True, "schema": {"type": "string", "format": "uuid"}}
DESCRIPTION = {
    "openapi": "3.1.0", "info": {"title": "leaky", "version": "1"}, "security": [{"bearer": []}],
    "components": {"securitySchemes": {"bearer": BEARER}, "schemas": {"Thing": ITEM, "Listed_Thing": LISTED}},
    "paths": {"/things": {"get": {"operationId": "list_things", "responses": answers("Listed_Thing", 401, 405)}},
              "/things/{thing_id}": {"get": {"operationId": "read_thing", "parameters": [PATH_ID], "responses": answers("Thing", 401, 404, 405)}}},
}


@contextmanager
def serving(names, leaks):
    """Serves things of these people, whose tokens are their names; where it leaks, each reads the others'."""
    things = {str(uuid.uuid4()): name for name in names for _ in range(2)}
    shown = lambda thing_id: {"thing_id": thing_id, "name": f"of {things[thing_id]}"}

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self):
            caller = self.headers.get("Authorization", "").removeprefix("Bearer ")
            thing_id = self.path.removeprefix("/things/")
            if self.path == "/openapi.json":
                self.answer(200, DESCRIPTION)
            elif caller not in names:
                self.answer(401, {})
            elif self.path.split("?")[0] == "/things":
                self.answer(200, {"items": [shown(thing_id) for thing_id, owner in things.items() if owner == caller]})
            elif thing_id in things and (leaks or things[thing_id] == caller):
                self.answer(200, shown(thing_id))
            else:
                self.answer(404, {})

        def refuse(self):
            self.answer(405, {})

        do_POST = do_PUT = do_DELETE = do_PATCH = do_HEAD = do_OPTIONS = do_TRACE = do_QUERY = refuse

        def answer(self, status, document):
            body = json.dumps(document).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            if status == 401:
                self.send_header("WWW-Authenticate", "Bearer")
            if status == 405:
                self.send_header("Allow", "GET")
            self.end_headers()
            if self.command != "HEAD":
                self.wfile.write(body)

        def log_message(self, *_):
            """Says nothing: what counts is what the tool says."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
