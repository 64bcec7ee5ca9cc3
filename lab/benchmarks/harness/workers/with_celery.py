"""Celery over SQS. Run as a program it sends; the worker is `celery --app …with_celery worker`."""

import sys

from celery import Celery

from harness.workers import task

app = Celery("benchmark", broker=task.ENDPOINT.replace("http://", "sqs://local:local@"))
app.conf.update(
    broker_transport_options={
        "region": task.REGION,
        "is_secure": False,
        "predefined_queues": {
            task.QUEUE: {
                # The emulator's own response may name another port.
                "url": f"{task.ENDPOINT}/000000000000/{task.QUEUE}",
                "access_key_id": "local",
                "secret_access_key": "local",
            }
        },
    },
    task_default_queue=task.QUEUE,
    task_ignore_result=True,
    worker_enable_remote_control=False,  # SQS has no broadcast
    worker_hijack_root_logger=False,
)
work = app.task(task.work, name="work")


def send(count: int, body: str) -> None:
    """Send the body so many times."""
    for _ in range(count):
        work.delay(body)


if __name__ == "__main__":
    send(int(sys.argv[1]), sys.argv[2])
