// Package historytest makes up past disputes for tests and benchmarks: the same ones for the same seed.
package historytest

import (
	"bufio"
	"fmt"
	"io"
	"math/rand/v2"
	"strconv"
	"time"
)

// Start and End are the instants between which the disputes were created.
var (
	Start = time.Date(2023, 1, 1, 0, 0, 0, 0, time.UTC)
	End   = time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
)

// Generator makes disputes up, in no order of time.
type Generator struct {
	rng *rand.Rand
	n   int64
}

// New returns a generator.
func New(seed uint64) *Generator {
	return &Generator{rng: rand.New(rand.NewPCG(seed, 0x9e3779b97f4a7c15))}
}

// Write writes n disputes as JSON Lines.
func Write(w io.Writer, n int, seed uint64) error {
	out := bufio.NewWriterSize(w, 1<<20)
	g := New(seed)
	var line []byte
	for range n {
		line = append(g.Append(line[:0]), '\n')
		if _, err := out.Write(line); err != nil {
			return fmt.Errorf("write disputes: %w", err)
		}
	}
	if err := out.Flush(); err != nil {
		return fmt.Errorf("write disputes: %w", err)
	}
	return nil
}

var (
	currencies = []string{"usd", "usd", "usd", "eur", "eur", "gbp", "jpy", "USD"}
	statuses   = []string{"lost", "lost", "lost", "lost", "won", "won", "under_review", "needs_response", "charge_refunded",
		"warning_closed", "warning_under_review", "early_dispute_warning", "early_dispute_resolved"}
	reasons = [][2]string{{"10.4", "fraud"}, {"13.1", "consumer_dispute"}, {"13.3", "consumer_dispute"}, {"4837", "fraud"},
		{"4853", "consumer_dispute"}, {"12.6.1", "processing_error"}, {"C08", "consumer_dispute"}, {"F29", "fraud"}}
	schemes = []string{"visa", "mastercard", "amex", "jcb"}
)

func pick[T any](g *Generator, from []T) T { return from[g.rng.IntN(len(from))] }

func (g *Generator) oneIn(n int) bool { return g.rng.IntN(n) == 0 }

// Append appends one dispute of 700 to 900 bytes, without the end of its line. About one in fifty lacks
// something or shows another of the forms that WooshPay is known to send.
func (g *Generator) Append(b []byte) []byte {
	g.n++
	created := Start.Unix() + g.rng.Int64N(End.Unix()-Start.Unix())
	days := []int64{2, 7, 10, 14, 19, 19, 19, 30}
	due := created + pick(g, days)*86400
	status, reason := pick(g, statuses), pick(g, reasons)
	b = fmt.Appendf(b, `{"id":"dp_%016x","object":"dispute","amount":%s,"balance_transactions":[],"charge":"ch_%d","created":%s,"currency":%s,`,
		uint64(g.n)*0x9e3779b97f4a7c15, g.amount(), 1780000000000000000+g.n, g.instant(created), g.maybe(pick(g, currencies)))
	b = append(b, `"evidence":{"access_activity_log":null,"billing_address":null,"cancellation_policy":null,"customer_communication":null,`+
		`"customer_name":null,"product_description":`...)
	b = append(b, g.evidence(status)...)
	b = append(b, `,"receipt":null,"shipping_tracking_number":null,"uncategorized_text":null},`...)
	b = g.details(b, status, due)
	b = fmt.Appendf(b, `"is_charge_refundable":true,"livemode":%t,`, !g.oneIn(200))
	b = g.metadata(b, due)
	return fmt.Appendf(b, `"payment_intent":"pi_%d","reason":"general","reason_code":%s,"reason_description":"as the network words it","reason_type":"%s","status":"%s"}`,
		1790000000000000000+g.n, g.maybe(reason[0]), reason[1], status)
}

func (g *Generator) amount() string {
	if g.oneIn(500) {
		return "null"
	}
	return strconv.Itoa(100 + int(g.rng.ExpFloat64()*3000))
}

func (g *Generator) instant(seconds int64) string {
	if g.oneIn(3) {
		return strconv.FormatInt(seconds*1000+g.rng.Int64N(1000), 10)
	}
	return strconv.FormatInt(seconds, 10)
}

// maybe returns a text as JSON, seldom null and seldom with an escape.
func (g *Generator) maybe(text string) string {
	switch {
	case g.oneIn(300):
		return "null"
	case g.oneIn(300):
		return fmt.Sprintf(`"\u%04x%s"`, text[0], text[1:])
	}
	return `"` + text + `"`
}

func (g *Generator) evidence(status string) string {
	if status == "won" || g.oneIn(4) {
		return `"One pair of shoes, size 42 \u2013 sent by parcel on the day of the order, \"express\""`
	}
	return "null"
}

func (g *Generator) details(b []byte, status string, due int64) []byte {
	if g.oneIn(400) {
		return b
	}
	sent := 0
	if status == "won" || status == "under_review" || status == "lost" && g.oneIn(2) {
		sent = 1
	}
	deadline := g.instant(due)
	if g.oneIn(300) {
		deadline = "null"
	}
	return fmt.Appendf(b, `"evidence_details":{"due_by":%s,"has_evidence":%t,"past_due":%t,"submission_count":%d},`, deadline, sent > 0, g.oneIn(9), sent)
}

func (g *Generator) metadata(b []byte, due int64) []byte {
	if g.oneIn(300) {
		return append(b, `"metadata":null,`...)
	}
	return fmt.Appendf(b, `"metadata":{"card_scheme":"%s","card_number":"411111******%04d","arn":"%d","work_by_date":"%d","order":"A-%d"},`,
		pick(g, schemes), g.rng.IntN(10000), 7400000000000000000+g.n, due*1000, g.rng.IntN(1000000))
}
