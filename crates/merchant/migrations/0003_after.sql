-- How often the order changed; the number of its newest line in the history.
ALTER TABLE orders ADD COLUMN version BIGINT NOT NULL DEFAULT 0;

-- What went back to the customer so far.
ALTER TABLE orders ADD COLUMN refunded_amount BIGINT NOT NULL DEFAULT 0;

-- When the gateway is to be asked next; nothing when there is nothing left to ask. asks counts the questions
-- since the last news, wakes the notifications: who asked sees by it whether more came meanwhile.
-- lease_until is a lease: only its holder asks.
ALTER TABLE orders ADD COLUMN due_at BIGINT;
ALTER TABLE orders ADD COLUMN asks BIGINT NOT NULL DEFAULT 0;
ALTER TABLE orders ADD COLUMN wakes BIGINT NOT NULL DEFAULT 0;
ALTER TABLE orders ADD COLUMN lease_until BIGINT NOT NULL DEFAULT 0;

UPDATE orders SET version = (SELECT COALESCE(MAX(seq), 0) FROM history WHERE history.order_id = orders.order_id);
UPDATE orders SET due_at = updated_at WHERE status IN ('created', 'pending', 'denied', 'review');

CREATE INDEX orders_due ON orders (due_at) WHERE due_at IS NOT NULL;

-- A notification is on disk before the gateway has confirmed it; done_at is when it was.
ALTER TABLE notifications ADD COLUMN payment_order_id TEXT;
ALTER TABLE notifications ADD COLUMN done_at BIGINT;

UPDATE notifications SET done_at = received_at;

CREATE INDEX notifications_open ON notifications (order_id) WHERE done_at IS NULL;

-- What the shop's own systems are to be told: one line a change of an order, written with the change.
-- due_at is nothing once it was delivered or given up.
CREATE TABLE outbox (
    event_id     TEXT   NOT NULL PRIMARY KEY,
    order_id     TEXT   NOT NULL REFERENCES orders (order_id),
    seq          BIGINT NOT NULL,
    body         TEXT   NOT NULL,
    created_at   BIGINT NOT NULL,
    due_at       BIGINT,
    tries        BIGINT NOT NULL DEFAULT 0,
    lease_until  BIGINT NOT NULL DEFAULT 0,
    delivered_at BIGINT,
    dead_at      BIGINT,
    last_error   TEXT,
    UNIQUE (order_id, seq)
);

CREATE INDEX outbox_due ON outbox (due_at) WHERE due_at IS NOT NULL;

CREATE INDEX outbox_dead ON outbox (dead_at) WHERE dead_at IS NOT NULL;
