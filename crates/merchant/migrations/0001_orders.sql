-- Times are milliseconds since 1970, UTC. Amounts are whole rupiah. JSON is kept as text.
-- Only types and clauses that PostgreSQL has too.

-- What a customer ordered, and how it stands by the gateway's word.
CREATE TABLE orders (
    order_id        TEXT   NOT NULL PRIMARY KEY,
    status          TEXT   NOT NULL,
    gross_amount    BIGINT NOT NULL CHECK (gross_amount > 0),
    items           TEXT   NOT NULL,
    customer        TEXT   NOT NULL,
    payment         TEXT,
    idempotency_key TEXT   UNIQUE,
    request_hash    TEXT   NOT NULL,
    created_at      BIGINT NOT NULL,
    updated_at      BIGINT NOT NULL
);

-- For reconciliation: which orders had no news for long.
CREATE INDEX orders_by_status ON orders (status, updated_at);

-- One payment order at the gateway. An order has one that can be paid: the one with the highest seq.
-- claimed_until is a lease: who holds it asks the gateway for the token, everybody else waits.
CREATE TABLE attempts (
    payment_order_id TEXT   NOT NULL PRIMARY KEY,
    order_id         TEXT   NOT NULL REFERENCES orders (order_id),
    seq              BIGINT NOT NULL,
    token            TEXT,
    redirect_url     TEXT,
    token_at         BIGINT,
    claimed_until    BIGINT NOT NULL,
    created_at       BIGINT NOT NULL,
    UNIQUE (order_id, seq)
);

-- Each notification as it came, once; the fingerprint is the SHA-512 of the body.
CREATE TABLE notifications (
    fingerprint TEXT   NOT NULL PRIMARY KEY,
    order_id    TEXT   NOT NULL REFERENCES orders (order_id),
    body        TEXT   NOT NULL,
    outcome     TEXT   NOT NULL,
    received_at BIGINT NOT NULL
);

CREATE INDEX notifications_by_order ON notifications (order_id, received_at);

-- Every change of an order's status, in order.
CREATE TABLE history (
    order_id    TEXT   NOT NULL REFERENCES orders (order_id),
    seq         BIGINT NOT NULL,
    from_status TEXT,
    to_status   TEXT   NOT NULL,
    cause       TEXT   NOT NULL,
    at          BIGINT NOT NULL,
    PRIMARY KEY (order_id, seq)
);
