"""Schemas for the samples of the rules about topics.

The trader of the samples' project publishes Order (topic ``trading``) and subscribes Quote (topic
``market``); here it talks to brokers itself.
"""

from __future__ import annotations

BY_SYMBOL = """\
domain: Trading
messages:
  Order:
    type: 20
    topic: orders.{symbol}
    fields: [{id: u64}, {amount: u256}]
  Alert:
    type: 21
    topic: shop/alerts.high
    fields: [{text: string}]
"""

BY_SETTING = """\
domain: Trading
messages:
  Order:
    type: 20
    topic: "{ORDERS_TOPIC}"
    fields: [{id: u64}, {amount: u256}]
  Alert: {type: 21, topic: alerts, fields: [{text: string}]}
"""

BY_FILE = BY_SETTING.replace("ORDERS_TOPIC", "kafka.topic")

AMQP = """\
domain: Trading
messages:
  Order: {type: 20, topic: shop/orders.new, fields: [{id: u64}, {amount: u256}]}
  Alert: {type: 21, topic: shop/alerts, fields: [{text: string}]}
"""

QUOTES_BY_VENUE = """\
domain: Market
messages:
  Quote: {type: 1, topic: "quotes.{venue}", fields: [{venue: u16}]}
"""

TRADING = "schemas/trading.yaml"
MARKET = "schemas/market.yaml"
