package simulation

import (
	"time"

	"disputecloser/shared/dispute"
)

// drawFacts draws a dispute, most of them closable and small, some of them with something unknown.
func drawFacts(subj *subject, now time.Time) *facts {
	c := subj.key.of(3)
	f := &facts{
		id: subj.id, status: dispute.NeedsResponse, currency: pick(c.of(1), []string{"usd", "usd", "eur"}),
		amount:     int64(pick(c.of(2), []int{500, 700, 1000, 1000, 1200, 1500, 1501, 2000, 2500, 2501, 3500})),
		created:    now.Add(-c.of(3).span(0, 4*time.Hour)).Truncate(time.Second),
		livemode:   no,
		reasonCode: pick(c.of(4), []string{"13.1", "10.4", "104", ""}),
		charge:     true, expanded: c.of(5).oneIn(5), refunded: no, hasEvidence: no,
		millis: c.of(6).oneIn(2),
		plan:   pick(c.of(7), []string{"basic", "basic", "", "vip"}),
	}
	if !c.of(8).oneIn(3) {
		f.dueBy = now.Add(pick(c.of(9), []time.Duration{30 * time.Hour, 36 * time.Hour, 60 * time.Hour, 100 * time.Hour, 240 * time.Hour})).Truncate(time.Second)
	}
	if c.of(10).oneIn(6) {
		f.status = dispute.WarningNeedsResponse
	}
	f.shows = f.refunded
	return odd(f, c.of(11))
}

// odd removes a fact from some disputes, or replaces it by one that forbids a close.
func odd(f *facts, c chance) *facts {
	switch c.below(110) {
	case 0:
		f.livemode = yes
	case 1:
		f.livemode = unknown
	case 2:
		f.amount = -1
	case 3:
		f.amount = 0
	case 4:
		f.currency = ""
	case 5:
		f.currency = "jpy"
	case 6:
		f.hasEvidence = unknown
	case 7:
		f.hasEvidence, f.submissions = yes, 1
	case 8:
		f.submissions = -1
	case 9:
		f.noMetadata = true
	case 10:
		f.created = time.Time{}
	case 11:
		f.refunded = yes
	case 12:
		f.refunded = unknown // and an expanded one may say that it is not
	case 13:
		f.status = "in_arbitration"
	case 14:
		f.status = dispute.EarlyDisputeWarning
	case 15:
		f.status = dispute.UnderReview
	case 16, 17:
		f.charge = false
	case 18, 19:
		f.unread = true
	case 20, 21:
		f.expanded, f.shows = true, yes // whatever the charge itself says
	case 22:
		f.expanded, f.shows, f.refunded = true, no, unknown
	case 23:
		f.expanded, f.shows = true, unknown
	}
	return f
}
