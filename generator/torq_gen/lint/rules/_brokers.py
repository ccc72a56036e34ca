"""Libraries that speak to a broker, or from one process to another, and what they speak."""

from __future__ import annotations

from collections.abc import Mapping

BROKERS: Mapping[str, str] = {
    "aio_pika": "AMQP",
    "aiokafka": "Kafka",
    "aiomqtt": "MQTT",
    "amqp": "AMQP",
    "asyncio_mqtt": "MQTT",
    "celery": "Celery",
    "confluent_kafka": "Kafka",
    "dramatiq": "Dramatiq",
    "faststream": "FastStream",
    "faust": "Kafka",
    "huey": "Huey",
    "kafka": "Kafka",
    "kombu": "AMQP",
    "nameko": "AMQP",
    "nats": "NATS",
    "paho": "MQTT",
    "pika": "AMQP",
    "pulsar": "Pulsar",
    "quixstreams": "Kafka",
    "rq": "RQ",
    "stomp": "STOMP",
    "zmq": "ZeroMQ",
}
