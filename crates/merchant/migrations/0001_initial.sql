-- Times are milliseconds since 1970, UTC. Amounts are whole rupiah. JSON is stored as text.
-- Only types and clauses that SQLite and PostgreSQL share.

-- An order and its status. A poll is a status request to the gateway.
-- poll_count counts the polls since the last change. notification_seq counts notifications, so that the holder of the
-- lease notices new ones. poll_lease_until is a lease: only its holder polls. version is the number of the newest
-- history entry.
CREATE TABLE orders (
    order_id             TEXT   NOT NULL PRIMARY KEY,
    status               TEXT   NOT NULL,
    gross_amount         BIGINT NOT NULL CHECK (gross_amount > 0),
    items                TEXT   NOT NULL,
    customer             TEXT   NOT NULL,
    payment              TEXT,
    idempotency_key      TEXT   UNIQUE,
    request_hash         TEXT   NOT NULL,
    payer_attempt_id     TEXT,
    payer_transaction_id TEXT,
    refunded_amount      BIGINT NOT NULL DEFAULT 0,
    version              BIGINT NOT NULL DEFAULT 0,
    next_poll_at         BIGINT,
    poll_count           BIGINT NOT NULL DEFAULT 0,
    notification_seq     BIGINT NOT NULL DEFAULT 0,
    last_polled_at       BIGINT NOT NULL DEFAULT 0,
    poll_lease_until     BIGINT NOT NULL DEFAULT 0,
    created_at           BIGINT NOT NULL,
    updated_at           BIGINT NOT NULL
);

CREATE INDEX orders_by_status ON orders (status, updated_at);
CREATE INDEX orders_by_next_poll ON orders (next_poll_at) WHERE next_poll_at IS NOT NULL;
CREATE INDEX orders_by_creation ON orders (created_at);

-- A payment attempt: one order_id at the gateway. The customer can pay the attempt with the highest seq.
-- token_lease_until is a lease: only its holder requests a token.
-- The gateway finds some transactions by their transaction_id only.
CREATE TABLE payment_attempts (
    attempt_id        TEXT   NOT NULL PRIMARY KEY,
    order_id          TEXT   NOT NULL REFERENCES orders (order_id),
    seq               BIGINT NOT NULL,
    token             TEXT,
    redirect_url      TEXT,
    token_at          BIGINT,
    transaction_id    TEXT,
    token_lease_until BIGINT NOT NULL,
    created_at        BIGINT NOT NULL,
    UNIQUE (order_id, seq)
);

CREATE INDEX payment_attempts_by_transaction ON payment_attempts (transaction_id);

-- A notification, unchanged. The fingerprint is the SHA-512 of the body. A notification without closed_at is pending.
-- outcome is a value of NotificationOutcome. reported_status is the gateway's status that confirmed the notification.
-- detail is text for people; nothing depends on it.
CREATE TABLE notifications (
    fingerprint     TEXT   NOT NULL PRIMARY KEY,
    order_id        TEXT   NOT NULL REFERENCES orders (order_id),
    attempt_id      TEXT   NOT NULL,
    body            TEXT   NOT NULL,
    outcome         TEXT,
    reported_status TEXT,
    detail          TEXT,
    received_at     BIGINT NOT NULL,
    closed_at       BIGINT
);

CREATE INDEX notifications_by_order ON notifications (order_id, received_at);
CREATE INDEX notifications_pending ON notifications (order_id) WHERE closed_at IS NULL;

-- The history of an order. An entry with the same from_status and to_status is a note. cause is text for people.
CREATE TABLE order_history (
    order_id    TEXT   NOT NULL REFERENCES orders (order_id),
    seq         BIGINT NOT NULL,
    from_status TEXT,
    to_status   TEXT   NOT NULL,
    cause       TEXT   NOT NULL,
    at          BIGINT NOT NULL,
    PRIMARY KEY (order_id, seq)
);

-- Events for the shop's own systems, one for each visible update, written with it.
-- next_try_at is NULL once the event was delivered or is dead.
CREATE TABLE outbox (
    event_id             TEXT   NOT NULL PRIMARY KEY,
    order_id             TEXT   NOT NULL REFERENCES orders (order_id),
    seq                  BIGINT NOT NULL,
    body                 TEXT   NOT NULL,
    created_at           BIGINT NOT NULL,
    next_try_at          BIGINT,
    try_count            BIGINT NOT NULL DEFAULT 0,
    delivery_lease_until BIGINT NOT NULL DEFAULT 0,
    delivered_at         BIGINT,
    dead_at              BIGINT,
    last_error           TEXT,
    UNIQUE (order_id, seq)
);

CREATE INDEX outbox_by_next_try ON outbox (next_try_at) WHERE next_try_at IS NOT NULL;
CREATE INDEX outbox_dead ON outbox (dead_at) WHERE dead_at IS NOT NULL;

-- Refunds that an operator requested. The row is committed before the gateway receives the request, so that a retry
-- uses the same key. requested_amount is NULL for everything that was left. outcome is a value of RefundOutcome, and
-- NULL while the result is unknown.
CREATE TABLE refunds (
    attempt_id       TEXT   NOT NULL REFERENCES payment_attempts (attempt_id),
    refund_key       TEXT   NOT NULL,
    requested_amount BIGINT,
    amount           BIGINT NOT NULL CHECK (amount > 0),
    reason           TEXT   NOT NULL,
    requested_at     BIGINT NOT NULL,
    outcome          TEXT,
    PRIMARY KEY (attempt_id, refund_key)
);
