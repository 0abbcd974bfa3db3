package sandbox

import (
	"encoding/json"
	"maps"
	"time"

	"disputecloser/shared/dispute"
)

// Dispute is a dispute with the fields of WooshPay's OpenAPI document, in its order.
type Dispute struct {
	ID                  dispute.ID `json:"id"`
	Object              string     `json:"object"`
	Amount              int64      `json:"amount"` // minor units
	BalanceTransactions []string   `json:"balance_transactions"`
	// Charge is the charge's id. A dispute that is opened without one gets "ch_" and its own id, unless NoCharge is set.
	Charge string `json:"charge,omitempty"`
	// Created is in seconds since the Unix epoch, in milliseconds inside an event of books with MsEvents.
	Created            int64             `json:"created"`
	Currency           string            `json:"currency"`
	Evidence           Evidence          `json:"evidence"`
	EvidenceDetails    EvidenceDetails   `json:"evidence_details"`
	IsChargeRefundable bool              `json:"is_charge_refundable"`
	Livemode           bool              `json:"livemode"`
	Metadata           map[string]string `json:"metadata"`
	PaymentIntent      string            `json:"payment_intent,omitempty"`
	Reason             string            `json:"reason"`
	Status             dispute.Status    `json:"status"`
	ReasonType         string            `json:"reason_type"`
	ReasonDescription  string            `json:"reason_description"`
	ReasonCode         string            `json:"reason_code"`

	// NoCharge disputes name no charge. ExpandCharge ones show it as an object, as it stands when the dispute is shown. WooshPay
	// sends neither field.
	NoCharge     bool `json:"-"`
	ExpandCharge bool `json:"-"`

	charge *Charge
}

// MarshalJSON shows the charge as ExpandCharge says.
func (d Dispute) MarshalJSON() ([]byte, error) {
	type plain Dispute
	if d.charge == nil {
		return json.Marshal(plain(d))
	}
	return json.Marshal(struct {
		plain
		Charge *Charge `json:"charge"`
	}{plain(d), d.charge})
}

// EvidenceDetails says by when and how often evidence was submitted.
type EvidenceDetails struct {
	// DueBy has the unit of Created; null if no answer is possible.
	DueBy           *int64 `json:"due_by"`
	HasEvidence     bool   `json:"has_evidence"`
	PastDue         bool   `json:"past_due"`
	SubmissionCount int    `json:"submission_count"`
}

// Evidence maps the document's 27 fields to their texts, null if not submitted.
type Evidence map[string]*string

var evidenceFields = []string{
	"access_activity_log", "billing_address", "cancellation_policy", "cancellation_policy_disclosure",
	"cancellation_rebuttal", "customer_communication", "customer_email_address", "customer_name",
	"customer_purchase_ip", "customer_signature", "duplicate_charge_documentation", "duplicate_charge_explanation",
	"duplicate_charge_id", "product_description", "receipt", "refund_policy", "refund_policy_disclosure",
	"refund_refusal_explanation", "service_date", "service_documentation", "shipping_address", "shipping_carrier",
	"shipping_date", "shipping_documentation", "shipping_tracking_number", "uncategorized_file", "uncategorized_text",
}

// answerTime is how long a merchant usually has to answer (seen: 19 days, and once 36 hours).
const answerTime = 19 * 24 * time.Hour

func (d Dispute) filled(livemode bool, now time.Time) Dispute {
	d.Object, d.Livemode, d.Evidence = "dispute", livemode, d.Evidence.filled()
	// WooshPay's document marks these as not implemented; the values are those of its samples.
	d.Reason, d.IsChargeRefundable, d.BalanceTransactions = "general", true, []string{}
	if d.Currency == "" {
		d.Currency = "usd"
	}
	if d.Status == "" {
		d.Status = dispute.NeedsResponse
	}
	if d.Created == 0 {
		d.Created = now.Unix()
	}
	if d.EvidenceDetails.DueBy == nil {
		dueBy := now.Add(answerTime).Unix()
		d.EvidenceDetails.DueBy = &dueBy
	}
	if d.Metadata == nil {
		d.Metadata = map[string]string{}
	}
	if d.Charge == "" && !d.NoCharge {
		d.Charge = "ch_" + string(d.ID)
	}
	return d
}

func (e Evidence) filled() Evidence {
	all := make(Evidence, len(evidenceFields))
	for _, field := range evidenceFields {
		all[field] = nil
	}
	maps.Copy(all, e)
	return all
}

// inEvent returns the dispute as an event shows it.
func (d Dispute) inEvent(ms bool) Dispute {
	if !ms {
		return d
	}
	d.Created *= 1000
	if d.EvidenceDetails.DueBy != nil {
		dueBy := *d.EvidenceDetails.DueBy * 1000
		d.EvidenceDetails.DueBy = &dueBy
	}
	return d
}

// Charge is a charge. WooshPay's body is not documented; these are Stripe's fields, whose shapes the API copies.
type Charge struct {
	ID             string `json:"id"`
	Object         string `json:"object"`
	Amount         int64  `json:"amount"`          // minor units
	AmountRefunded int64  `json:"amount_refunded"` // minor units
	Created        int64  `json:"created"`         // seconds
	Currency       string `json:"currency"`
	Disputed       bool   `json:"disputed"`
	Livemode       bool   `json:"livemode"`
	PaymentIntent  string `json:"payment_intent,omitempty"`
	// Refunded is true when all of it is.
	Refunded bool `json:"refunded"`
}

func chargeOf(d Dispute) Charge {
	return Charge{
		ID: d.Charge, Object: "charge", Amount: d.Amount, Created: d.Created, Currency: d.Currency,
		Disputed: true, Livemode: d.Livemode, PaymentIntent: d.PaymentIntent,
	}
}
