//! English.

use super::Texts;

pub(super) const TEXTS: Texts = Texts {
    pay: "Pay now",
    pay_amount: "Pay",
    resume: "Continue payment",
    retry: "Try again",
    restart: "Start again",
    hosted: "Pay on the Midtrans page",
    check: "Check payment status",
    checking: "Checking…",
    close: "Close the payment window",
    reopen: "Open the payment window again",
    copy: "Copy",
    copied: "Copied",
    copy_failed: "Could not copy. Select the number and copy it yourself.",
    pdf: "How to pay (PDF)",
    amount: "Amount to pay",
    pay_before: "Pay before",
    virtual_account: "Virtual account number",
    payment_code: "Payment code",
    bill_key: "Bill key",
    biller_code: "Biller code",
    reference: "Support code",
    secured: "Payments are processed by Midtrans",
    local: "Simulation: no real money moves",
    sandbox: "Test mode: no real money moves",

    preparing: ("Preparing your payment…", ""),
    slow: ("Your connection is slow", "We are still trying. No need to press again."),
    opening: ("Opening the payment window…", ""),
    open: ("Finish paying in the Midtrans window", "Can't see the window? Choose one of these."),
    closed: ("Payment is not finished", "Your order is kept. Continue whenever you are ready."),
    confirming: ("Confirming your payment…", "This usually takes a few seconds. Please do not pay again."),
    unconfirmed: (
        "The bank's answer has not arrived yet",
        "If you have paid, please do not pay again. Check again in a moment, or contact the shop.",
    ),
    asking: ("Checking your order…", ""),
    pending: (
        "Waiting for your payment",
        "Pay with the number below. This page changes by itself when the money arrives.",
    ),
    pending_wallet: (
        "Waiting for your payment",
        "Finish in your app. This page changes by itself when the money arrives.",
    ),
    review: ("Your payment is being reviewed", "The bank or the shop is looking at it. You do not need to pay again."),
    handed_over: ("Payment goes on at the Midtrans page", "When you are done, come back to this page."),
    paid: ("Payment received", "Thank you! The shop has received your payment."),
    reported: ("Payment sent", "Midtrans has taken your payment. The shop will tell you once it is confirmed."),

    expired: ("The time to pay is over", "No money was taken. Place a new order if you still want to buy."),
    cancelled: ("The order was cancelled", "Place a new order if you still want to buy."),
    refunded: ("Your money was returned", "The shop has refunded this payment."),
    charged_back: (
        "The payment was taken back",
        "Your card's bank took this payment back. Contact the shop if you have questions.",
    ),
    reversed: ("The bank reversed the payment", "Please contact the shop before you pay again."),

    offline: ("You are offline", "Check your connection, then try again."),
    no_popup: (
        "The payment window cannot open",
        "An ad blocker or the connection may be in the way. Switch the blocker off, then try again.",
    ),
    no_popup_hosted: (
        "The payment window cannot open",
        "That is fine: you can pay for the same order on the Midtrans page.",
    ),
    unavailable: ("The shop cannot be reached right now", "Try again in a moment. You have not been charged."),
    refused: (
        "This order cannot be processed yet",
        "Check your cart and your details, then try again. You have not been charged.",
    ),
    already_paying: (
        "This order is paid or being paid already",
        "Please do not pay again. Wait a moment and try again, or contact the shop.",
    ),
    misconfigured: (
        "Payments are not ready",
        "Something in the shop's settings is wrong. Please contact the shop. You have not been charged.",
    ),
    declined: (
        "The payment did not go through",
        "The bank or wallet declined it. Try again, or choose another way to pay.",
    ),
};
