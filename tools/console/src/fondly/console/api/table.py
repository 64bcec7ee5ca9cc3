"""The operations of the API, one a line: routes and the OpenAPI document are made from them alone."""

from functools import partial

from fondly.console.api.operation import Operation
from fondly.console.roles import Role
from fondly.operations import audit, tokens
from fondly.operations.queues import queue_states
from fondly.operations.results.gathering import results_of
from fondly.operations.runs.lookup import list_runs
from fondly.operations.use_cases import customers, deliveries, queues, runs
from fondly.operations.webhooks import endpoints, sendings
from fondly.runtime.runs.delivery import Act

VIEWER, READER, APPROVER, OPERATOR = Role
RUN, DELIVERY = "/runs/{run_id}", "/runs/{run_id}/delivery"
REJECT, GO_ON = partial(deliveries.decide, act=Act.REJECT), partial(deliveries.decide, act=Act.RESUME)
PAUSE, HOLD = partial(deliveries.stop, act=Act.PAUSE), partial(deliveries.stop, act=Act.HOLD)

OPERATIONS = (
    Operation("list_runs", "GET", "/runs", VIEWER, list_runs, "/runs"),
    Operation("get_run", "GET", RUN, VIEWER, runs.run, RUN),
    Operation("get_run_cost", "GET", f"{RUN}/cost", VIEWER, runs.run_cost, RUN),
    Operation("get_run_results", "GET", f"{RUN}/results", VIEWER, results_of, f"{RUN}/results"),
    Operation("retry_run", "POST", f"{RUN}/retry", OPERATOR, runs.retry_run),
    Operation("resume_run", "POST", f"{RUN}/resume", OPERATOR, runs.resume_run),
    Operation("get_delivery", "GET", DELIVERY, VIEWER, deliveries.delivery, DELIVERY),
    Operation("approve_delivery", "POST", f"{DELIVERY}/approve", APPROVER, deliveries.approve),
    Operation("reject_delivery", "POST", f"{DELIVERY}/reject", APPROVER, REJECT),
    Operation("resume_delivery", "POST", f"{DELIVERY}/resume", APPROVER, GO_ON),
    Operation("hold_delivery", "POST", f"{DELIVERY}/hold", APPROVER, HOLD),
    Operation("pause_delivery", "POST", f"{DELIVERY}/pause", READER, PAUSE, "", APPROVER),
    Operation("list_queues", "GET", "/queues", VIEWER, queue_states, "/queues"),
    Operation("list_dead_letters", "GET", "/queues/{queue}/dead", READER, queues.dead_letters),
    Operation(
        "redrive_dead_letters", "POST", "/queues/{queue}/redrive", OPERATOR, queues.redrive_dead_letters
    ),
    Operation(
        "discard_dead_letters", "POST", "/queues/{queue}/discard", OPERATOR, queues.discard_dead_letters
    ),
    Operation("show_customers", "POST", "/customers", READER, customers.customers, "/customers"),
    Operation("suppress_customers", "POST", "/customers/suppress", OPERATOR, customers.suppress_customers),
    Operation(
        "unsuppress_customers", "POST", "/customers/unsuppress", OPERATOR, customers.unsuppress_customers
    ),
    Operation("export_customers", "POST", "/customers/export", OPERATOR, customers.export_customers),
    Operation("forget_customers", "POST", "/customers/forget", OPERATOR, customers.forget_customers),
    Operation("list_audit", "GET", "/audit", VIEWER, audit.entries, "/audit"),
    Operation("list_tokens", "GET", "/tokens", OPERATOR, tokens.tokens),
    Operation("create_token", "POST", "/tokens", OPERATOR, tokens.create_token),
    Operation("revoke_token", "DELETE", "/tokens/{name}", OPERATOR, tokens.revoke_token),
    Operation("list_webhooks", "GET", "/webhooks", OPERATOR, endpoints.webhooks, "/webhooks"),
    Operation("add_webhook", "POST", "/webhooks", OPERATOR, endpoints.add_webhook),
    Operation("remove_webhook", "DELETE", "/webhooks/{endpoint}", OPERATOR, endpoints.remove_webhook),
    Operation(
        "list_webhook_deliveries", "GET", "/webhooks/deliveries", OPERATOR, sendings.webhook_deliveries
    ),
    Operation("replay_webhook", "POST", "/webhooks/deliveries/{message}", OPERATOR, sendings.replay_webhook),
)
