"""The operations of the API, one a line: routes and the OpenAPI document are made from them alone."""

from functools import partial

from fondly.console.api.operation import Operation
from fondly.console.roles import Role
from fondly.console.staging import check_upload, start_upload
from fondly.operations import audit, tokens
from fondly.operations.cost.measured import measured_cost
from fondly.operations.customers import forget, known, profile
from fondly.operations.dead_letters import received, redrive, snapshot
from fondly.operations.delivery import approval, striking
from fondly.operations.emails import index, one_email
from fondly.operations.emails.by_customer import compare_emails
from fondly.operations.queues import queue_states
from fondly.operations.results.gathering import results_of
from fondly.operations.runs import lookup, retry
from fondly.operations.shop import saving, stored
from fondly.operations.suppressions import people
from fondly.operations.webhooks import endpoints, sendings
from fondly.runtime.runs.delivery import Act

VIEWER, READER, APPROVER, OPERATOR = Role
RUN, DELIVERY = "/runs/{run_id}", "/runs/{run_id}/delivery"
QUEUE, WHOM, HOOKS = "/queues/{queue}", "/customers", "/webhooks"
REJECT, GO_ON = partial(approval.decide, act=Act.REJECT), partial(approval.decide, act=Act.RESUME)
PAUSE, HOLD = partial(approval.stop, act=Act.PAUSE), partial(approval.stop, act=Act.HOLD)

OPERATIONS = (
    Operation("list_runs", "GET", "/runs", VIEWER, lookup.list_runs),
    Operation("get_run", "GET", RUN, VIEWER, lookup.run),
    Operation("get_run_cost", "GET", f"{RUN}/cost", VIEWER, measured_cost),
    Operation("get_run_results", "GET", f"{RUN}/results", VIEWER, results_of, READER),
    Operation("retry_run", "POST", f"{RUN}/retry", OPERATOR, retry.retry_run),
    Operation("resume_run", "POST", f"{RUN}/resume", OPERATOR, retry.resume_run),
    Operation("list_emails", "GET", f"{RUN}/emails", READER, index.emails),
    Operation("get_email", "GET", f"{RUN}/emails/{{key}}", READER, one_email.email),
    Operation("get_email_counts", "GET", f"{RUN}/email-counts", READER, index.facets),
    Operation("compare_emails", "GET", f"{RUN}/compare/{{other}}/emails", READER, compare_emails),
    Operation("sample_emails", "GET", f"{RUN}/read", READER, index.sample),
    Operation("list_wordings", "GET", f"{RUN}/wordings", READER, index.wordings),
    Operation("list_revisions", "GET", f"{RUN}/revisions", READER, striking.revisions),
    Operation("strike", "POST", f"{RUN}/strikes", APPROVER, striking.strike),
    Operation("get_delivery", "GET", DELIVERY, VIEWER, approval.delivery),
    Operation("approve_delivery", "POST", f"{DELIVERY}/approve", APPROVER, approval.approve),
    Operation("reject_delivery", "POST", f"{DELIVERY}/reject", APPROVER, REJECT),
    Operation("resume_delivery", "POST", f"{DELIVERY}/resume", APPROVER, GO_ON),
    Operation("hold_delivery", "POST", f"{DELIVERY}/hold", APPROVER, HOLD),
    Operation("pause_delivery", "POST", f"{DELIVERY}/pause", READER, PAUSE, APPROVER),
    Operation("list_queues", "GET", "/queues", VIEWER, queue_states),
    Operation("list_dead_letters", "GET", f"{QUEUE}/dead", READER, snapshot.dead_letters),
    Operation("redrive_dead_letters", "POST", f"{QUEUE}/redrive", OPERATOR, redrive.redrive_dead_letters),
    Operation("discard_dead_letters", "POST", f"{QUEUE}/discard", OPERATOR, received.discard_dead_letters),
    Operation("find_customers", "POST", WHOM, READER, profile.find_customers),
    Operation("get_customer", "GET", f"{WHOM}/{{key}}", READER, profile.customer),
    Operation("suppress_customers", "POST", f"{WHOM}/suppress", OPERATOR, people.suppress_customers),
    Operation("unsuppress_customers", "POST", f"{WHOM}/unsuppress", OPERATOR, people.unsuppress_customers),
    Operation("export_customers", "POST", f"{WHOM}/export", OPERATOR, known.export_customers),
    Operation("forget_customers", "POST", f"{WHOM}/forget", OPERATOR, forget.forget_customers),
    Operation("check_upload", "POST", "/uploads/check", OPERATOR, check_upload),
    Operation("start_upload", "POST", "/uploads", OPERATOR, start_upload),
    Operation("get_shop_file", "GET", "/shop/{name}", OPERATOR, stored.stored_file),
    Operation("check_shop_file", "POST", "/shop/{name}", OPERATOR, saving.check_file),
    Operation("put_shop_file", "PUT", "/shop/{name}", OPERATOR, saving.put_file),
    Operation("list_audit", "GET", "/audit", VIEWER, audit.entries),
    Operation("list_tokens", "GET", "/tokens", OPERATOR, tokens.tokens),
    Operation("create_token", "POST", "/tokens", OPERATOR, tokens.create_token),
    Operation("revoke_token", "DELETE", "/tokens/{name}", OPERATOR, tokens.revoke_token),
    Operation("list_webhooks", "GET", HOOKS, OPERATOR, endpoints.webhooks),
    Operation("add_webhook", "POST", HOOKS, OPERATOR, endpoints.add_webhook),
    Operation("remove_webhook", "DELETE", "/webhooks/{endpoint}", OPERATOR, endpoints.remove_webhook),
    Operation("list_webhook_deliveries", "GET", f"{HOOKS}/deliveries", OPERATOR, sendings.webhook_deliveries),
    Operation("replay_webhook", "POST", "/webhooks/deliveries/{message}", OPERATOR, sendings.replay_webhook),
)
