-- Which payment order brought the money, and in which transaction: only that one may take it back.
ALTER TABLE orders ADD COLUMN paid_by TEXT;
ALTER TABLE orders ADD COLUMN paid_transaction TEXT;

-- When the gateway was last asked how the order stands, without a notification.
ALTER TABLE orders ADD COLUMN asked_at BIGINT NOT NULL DEFAULT 0;

-- Some methods are found at the gateway by this id only.
ALTER TABLE attempts ADD COLUMN transaction_id TEXT;

-- Older orders with one payment order can only have been paid by that one.
UPDATE orders SET paid_by = (SELECT MIN(payment_order_id) FROM attempts WHERE attempts.order_id = orders.order_id)
WHERE status IN ('paid', 'partially_refunded', 'refunded', 'charged_back', 'reversed')
  AND (SELECT COUNT(*) FROM attempts WHERE attempts.order_id = orders.order_id) = 1;
