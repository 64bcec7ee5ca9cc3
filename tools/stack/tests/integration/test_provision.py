import json

from fondly.operations.topology import load_topology
from fondly.stack.provision import Resources, provision
from tests.support.stores import Clients

REGION = "eu-west-1"


def environment_of(resources: Resources) -> str:
    """The prefix of the fixture's names."""
    return resources.tables["runs"].removesuffix("-runs")


async def test_everything_of_the_topology_exists(clients: Clients, resources: Resources) -> None:
    """With visibility timeouts and dead letters, keys and expiry, notifications."""
    topology = load_topology()
    for name, queue in topology.queues.items():
        reply = await clients.sqs.get_queue_attributes(
            QueueUrl=resources.queue_urls[name], AttributeNames=["All"]
        )
        attributes = reply["Attributes"]
        redrive = json.loads(attributes["RedrivePolicy"])
        assert int(attributes["VisibilityTimeout"]) == queue.visibility_s
        assert int(redrive["maxReceiveCount"]) == queue.max_receives
        assert redrive["deadLetterTargetArn"].endswith(f"-{name}-dlq")
    for name, table in topology.tables.items():
        described = await clients.dynamodb.describe_table(TableName=resources.tables[name])
        keys = [key["AttributeName"] for key in described["Table"]["KeySchema"]]
        assert keys == [key for key in (table.partition_key, table.sort_key) if key]
        expiry = await clients.dynamodb.describe_time_to_live(TableName=resources.tables[name])
        assert expiry["TimeToLiveDescription"].get("AttributeName") == table.ttl
    noted = await clients.s3.get_bucket_notification_configuration(Bucket=resources.buckets["data"])
    [configuration] = noted["QueueConfigurations"]
    assert configuration["QueueArn"].endswith("-ingest-uploads")


async def test_subscriptions_deliver_raw(clients: Clients, resources: Resources) -> None:
    """Every subscribed queue receives bodies as they were published."""
    wanted = {
        (topic, f"{environment_of(resources)}-{name}")
        for name, queue in load_topology().queues.items()
        for topic in queue.topics
    }
    found = set()
    for topic, arn in resources.topic_arns.items():
        reply = await clients.sns.list_subscriptions_by_topic(TopicArn=arn)
        for each in reply["Subscriptions"]:
            found.add((topic, each["Endpoint"].rsplit(":", 1)[-1]))
            described = await clients.sns.get_subscription_attributes(SubscriptionArn=each["SubscriptionArn"])
            assert described["Attributes"]["RawMessageDelivery"] == "true"
    assert found == wanted


async def test_provisioning_again_changes_nothing(clients: Clients, resources: Resources) -> None:
    """The same environment has the same resources, with their contents."""
    await clients.s3.put_object(Bucket=resources.buckets["data"], Key="kept", Body=b"1")
    again = provision(load_topology(), environment=environment_of(resources), region=REGION)
    assert again == resources
    kept = await clients.s3.get_object(Bucket=resources.buckets["data"], Key="kept")
    async with kept["Body"] as body:
        assert await body.read() == b"1"


def test_services_find_their_settings_by_name(resources: Resources) -> None:
    """The environment names every resource after its name in the topology."""
    environment = resources.settings()
    assert environment["FONDLY_SENTIMENT_QUEUE_URL"] == resources.queue_urls["sentiment"]
    assert environment["FONDLY_DATA_INGESTED_TOPIC_ARN"] == resources.topic_arns["data-ingested"]
    assert environment["FONDLY_PRODUCT_SENTIMENTS_TABLE"] == resources.tables["product-sentiments"]
    assert environment["FONDLY_DATA_BUCKET"] == resources.buckets["data"]
