// Command examples prints past.jsonl: 2,000 made-up disputes with their outcomes, as WooshPay's API returns them.
//
//	go run ./examples > examples/past.jsonl
//
// The same program prints the same bytes, whenever it runs.
package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"math"
	"math/rand/v2"
	"os"
	"slices"
	"time"
)

const disputes = 2000

func main() {
	if err := write(os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, "examples:", err)
		os.Exit(1)
	}
}

// write writes the disputes as JSON Lines, the oldest first.
func write(w io.Writer) error {
	out := bufio.NewWriter(w)
	lines := json.NewEncoder(out)
	g := generator{rand.New(rand.NewPCG(2026, 4217))} //nolint:gosec // It makes disputes up, and the same each time.
	for _, d := range g.year() {
		if err := lines.Encode(d); err != nil {
			return fmt.Errorf("write dispute %s: %w", d.ID, err)
		}
	}
	return out.Flush()
}

// Dispute has the fields that WooshPay's document of a dispute has, evidence left out.
type Dispute struct {
	ID      string `json:"id"`
	Object  string `json:"object"`
	Amount  int64  `json:"amount"`
	Charge  string `json:"charge"`
	Created int64  `json:"created"`

	Currency string   `json:"currency"`
	Evidence *string  `json:"evidence"`
	Details  Details  `json:"evidence_details"`
	Livemode bool     `json:"livemode"`
	Metadata Metadata `json:"metadata"`
	Intent   string   `json:"payment_intent"`

	Reason            string `json:"reason"`
	ReasonCode        string `json:"reason_code"`
	ReasonDescription string `json:"reason_description"`
	ReasonType        string `json:"reason_type"`
	Status            string `json:"status"`
}

// Details is what WooshPay says of the evidence.
type Details struct {
	DueBy           int64 `json:"due_by"`
	HasEvidence     bool  `json:"has_evidence"`
	PastDue         bool  `json:"past_due"`
	SubmissionCount int   `json:"submission_count"`
}

// Metadata is the merchant's own.
type Metadata struct {
	CardScheme string `json:"card_scheme"`
	Order      string `json:"order"`
}

// The disputes are those of one year.
var (
	first = time.Date(2025, time.March, 1, 0, 0, 0, 0, time.UTC)
	last  = time.Date(2026, time.March, 1, 0, 0, 0, 0, time.UTC)
)

// market is one of the shop's currencies: how many in a hundred disputes are in it, and the amount, in its minor unit,
// that half of them do not reach.
type market struct {
	currency string
	share    int
	median   float64
}

var markets = []market{{"usd", 58, 2100}, {"eur", 24, 1900}, {"gbp", 10, 1700}, {"jpy", 6, 3200}, {"aud", 2, 3100}}

// reason is why cardholders dispute: how many in a hundred do, and how many in a hundred of those that are fought are won.
type reason struct {
	scheme, code, kind, text string
	share, won               int
}

var reasons = []reason{
	{"visa", "10.4", "fraud", "Other fraud, card-absent environment", 27, 14},
	{"visa", "13.1", "consumer_dispute", "Merchandise or services not received", 17, 42},
	{"visa", "13.3", "consumer_dispute", "Not as described or defective", 9, 33},
	{"visa", "13.7", "consumer_dispute", "Cancelled merchandise or services", 7, 38},
	{"visa", "12.6.1", "processing_error", "Duplicate processing", 4, 55},
	{"mastercard", "4837", "fraud", "No cardholder authorization", 16, 12},
	{"mastercard", "4853", "consumer_dispute", "Cardholder dispute", 13, 36},
	{"amex", "C08", "consumer_dispute", "Goods or services not received or only partially received", 4, 40},
	{"amex", "F29", "fraud", "Card not present", 3, 15},
}

type generator struct{ *rand.Rand }

// year returns the year's disputes, the oldest first.
func (g generator) year() []Dispute {
	times := make([]int64, disputes)
	for i := range times {
		times[i] = first.Unix() + g.Int64N(last.Unix()-first.Unix())
	}
	slices.Sort(times)
	all := make([]Dispute, disputes)
	for i, created := range times {
		all[i] = g.dispute(1497_0000_0000_0000_000+int64(i)*7919, created)
	}
	return all
}

func (g generator) dispute(number, created int64) Dispute {
	m := markets[g.draw(shares(markets, func(m market) int { return m.share }))]
	r := reasons[g.draw(shares(reasons, func(r reason) int { return r.share }))]
	d := Dispute{
		ID: fmt.Sprintf("dp_%d", number), Object: "dispute", Amount: g.amount(m), Currency: m.currency, Created: created,
		Charge: fmt.Sprintf("ch_%d", number-100_000), Intent: fmt.Sprintf("pi_%d", number-200_000), Livemode: true,
		Metadata: Metadata{CardScheme: r.scheme, Order: fmt.Sprintf("A-%06d", g.IntN(1_000_000))},
		Reason:   "general", ReasonCode: r.code, ReasonDescription: r.text, ReasonType: r.kind,
	}
	days := []int64{7, 10, 14, 19, 19, 19}
	d.Details.DueBy = created + days[g.IntN(len(days))]*86400
	g.end(&d, r.won)
	return d
}

// amount is log-normal: many are small, few are very large. Most prices end in 99 or 00.
func (g generator) amount(m market) int64 {
	n := int64(m.median * math.Exp(g.NormFloat64()*0.9))
	if m.currency == "jpy" {
		return max(n/10*10, 100)
	}
	switch g.IntN(4) {
	case 0:
		return max(n, 50)
	case 1:
		return max(n/100*100, 100)
	}
	return n/100*100 + 99
}

// end decides how the dispute ended. The newest are not all decided yet.
func (g generator) end(d *Dispute, won int) {
	switch n := g.IntN(100); {
	case n < 5:
		d.Status = "warning_closed"
	case n < 8:
		d.Status = "charge_refunded"
	case n < 10:
		d.Status = "early_dispute_resolved"
	case d.Created > last.Unix()-30*86400 && n < 70:
		d.Status = "under_review"
		g.fight(d)
	case n < 48: // Nobody answered it.
		d.Status, d.Details.PastDue = "lost", true
	default:
		d.Status = "lost"
		if g.IntN(100) < won {
			d.Status = "won"
		}
		g.fight(d)
	}
}

func (g generator) fight(d *Dispute) {
	d.Details.HasEvidence, d.Details.SubmissionCount = true, 1+g.IntN(4)/3
}

func shares[T any](of []T, share func(T) int) []int {
	all := make([]int, len(of))
	for i, one := range of {
		all[i] = share(one)
	}
	return all
}

// draw returns the place of one of the shares, each as often as it is large. They add up to 100.
func (g generator) draw(shares []int) int {
	n := g.IntN(100)
	for i, share := range shares {
		if n -= share; n < 0 {
			return i
		}
	}
	panic("the shares add up to less than 100")
}
