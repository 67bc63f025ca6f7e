-- Refunds that an operator asked for: on disk before the gateway hears of them, so that after a lost answer the
-- same key is used again. asked is the amount as it was typed, nothing for all that was left; amount is what was
-- asked for at the gateway. outcome is nothing while it is not known, then done or refused.
CREATE TABLE refunds (
    payment_order_id TEXT   NOT NULL REFERENCES attempts (payment_order_id),
    refund_key       TEXT   NOT NULL,
    asked            BIGINT,
    amount           BIGINT NOT NULL CHECK (amount > 0),
    reason           TEXT   NOT NULL,
    asked_at         BIGINT NOT NULL,
    outcome          TEXT,
    PRIMARY KEY (payment_order_id, refund_key)
);

-- What an operator looks for.
CREATE INDEX orders_by_creation ON orders (created_at);
CREATE INDEX attempts_by_transaction ON attempts (transaction_id);
