package main

import (
	"encoding/json"
	"fmt"
	"strings"
	"sync/atomic"
	"time"

	"disputecloser/shared/wooshpay"
)

// signingSecret signs the genuine webhooks.
const signingSecret = "whsec_bench_0123456789abcdefghijklmnopqrstuv"

// kind is what the webhooks of a measurement say.
type kind string

const (
	repeated kind = "repeated" // each event is new, its dispute is as it was
	changed  kind = "changed"  // each event shows the one dispute in another state
	fresh    kind = "new"      // each event is about another dispute
)

func (k kind) check() error {
	switch k {
	case repeated, changed, fresh:
		return nil
	}
	return fmt.Errorf("-news: %q is not one of %s, %s and %s", k, repeated, changed, fresh)
}

// dealt counts the events of this process, so that each has an id of its own.
var dealt atomic.Int64

// deal returns n signed webhooks, as API Gateway delivers them.
func (k kind) deal(now time.Time, n int, secret string) [][]byte {
	webhooks := make([][]byte, n)
	for i := range webhooks {
		webhooks[i] = k.webhook(now, dealt.Add(1), secret)
	}
	return webhooks
}

func (k kind) webhook(now time.Time, number int64, secret string) []byte {
	id, created, submissions := int64(0), now.UnixMilli(), int64(0)
	switch k {
	case changed:
		created, submissions = created+number, number
	case fresh:
		id = number
	}
	body := encoded(map[string]any{
		"id": fmt.Sprintf("evt_%09d", number), "object": "event", "type": "charge.dispute.created", "api_version": nil,
		"created": created, "livemode": false, "pending_webhooks": 1,
		"request": map[string]any{"id": nil, "idempotency_key": nil},
		"data":    map[string]any{"object": disputeOf(now, id, submissions)},
	})
	return encoded(requestOf(now, string(body), wooshpay.Sign(secret, now, body)))
}

// disputeOf is a dispute of 2 KB with some evidence, as WooshPay's samples have it.
func disputeOf(now time.Time, id, submissions int64) map[string]any {
	due := now.Add(19 * 24 * time.Hour)
	return map[string]any{
		"id": fmt.Sprintf("dp_17263821649988%05d", id), "object": "dispute", "amount": 1200, "balance_transactions": []any{},
		"charge": "ch_1726382164998848001", "created": now.Unix() - 60, "currency": "usd", "evidence": evidence(),
		"evidence_details": map[string]any{
			"due_by": due.UnixMilli(), "has_evidence": submissions > 0, "past_due": false, "submission_count": submissions,
		},
		"is_charge_refundable": true, "livemode": false,
		"metadata": map[string]any{
			"order_id": "order-2024-000123", "customer_id": "cus_000123", "plan": "basic", "card_scheme": "VISA",
			"card_number": "411111******1111", "arn": "74537604221222132710572", "work_by_date": fmt.Sprint(due.UnixMilli()),
		},
		"payment_intent": "pi_1726382164998848000", "reason": "general", "reason_type": "Fraud", "reason_code": "10.4",
		"reason_description": "Other Fraud - Card-Absent Environment: the cardholder did not authorize or participate in the transaction",
		"status":             "needs_response",
	}
}

func evidence() map[string]any {
	fields := map[string]any{}
	for name := range strings.FieldsSeq(`access_activity_log cancellation_policy cancellation_policy_disclosure
		cancellation_rebuttal customer_communication customer_signature duplicate_charge_documentation
		duplicate_charge_explanation duplicate_charge_id receipt refund_policy refund_refusal_explanation service_date
		service_documentation shipping_carrier shipping_date shipping_documentation shipping_tracking_number
		uncategorized_file`) {
		fields[name] = nil
	}
	fields["billing_address"] = "1 Example Street, 10115 Berlin, DE"
	fields["shipping_address"] = "1 Example Street, 10115 Berlin, DE"
	fields["customer_email_address"] = "customer@example.com"
	fields["customer_name"] = "Erika Mustermann"
	fields["customer_purchase_ip"] = "203.0.113.7"
	fields["product_description"] = "Monthly subscription, plan Basic, one seat, renewed on the first of each month"
	fields["refund_policy_disclosure"] = "Shown on the checkout page above the button, and again in the confirmation sent by e-mail. " +
		"Refunds are given within fourteen days of the first payment, not for renewals; renewals are announced a week ahead."
	fields["uncategorized_text"] = "The customer signed in from the same address on the day of the charge and on each of the thirty " +
		"days before it, used the service on nineteen of them, and did not write to us before the dispute was opened. The card's " +
		"security code and the billing address matched when the subscription began."
	return fields
}

// requestOf is a request in API Gateway's payload format 2.0.
func requestOf(now time.Time, body, signature string) map[string]any {
	const host = "a1b2c3d4e5.execute-api.us-east-1.amazonaws.com"
	return map[string]any{
		"version": "2.0", "routeKey": "POST /webhook", "rawPath": "/webhook", "rawQueryString": "",
		"headers": map[string]any{
			"accept": "*/*", "content-length": fmt.Sprint(len(body)), "content-type": "application/json", "host": host,
			"user-agent": "WooshPay/1.0", "wooshpay-signature": signature, "x-amzn-trace-id": "Root=1-65535353-0123456789abcdef01234567",
			"x-forwarded-for": "203.0.113.10", "x-forwarded-port": "443", "x-forwarded-proto": "https",
		},
		"requestContext": map[string]any{
			"accountId": "000000000000", "apiId": "a1b2c3d4e5", "domainName": host, "domainPrefix": "a1b2c3d4e5",
			"http": map[string]any{
				"method": "POST", "path": "/webhook", "protocol": "HTTP/1.1", "sourceIp": "203.0.113.10", "userAgent": "WooshPay/1.0",
			},
			"requestId": "JKJaXmPLvHcESHA=", "routeKey": "POST /webhook", "stage": "$default", "time": "02/Mar/2026:12:00:00 +0000",
			"timeEpoch": now.UnixMilli(),
		},
		"body": body, "isBase64Encoded": false,
	}
}

func encoded(v any) []byte {
	text, err := json.Marshal(v)
	if err != nil {
		panic(err) // Texts, numbers and maps of them always marshal.
	}
	return text
}
