package backtest_test

import (
	"cmp"
	"encoding/json"
	"slices"
	"strings"
	"time"

	"disputecloser/cmd/disputectl/internal/rules/backtest"
	"disputecloser/cmd/disputectl/internal/rules/backtest/replay"
	"disputecloser/shared/dispute"
	"disputecloser/shared/policy"
)

// past is a dispute of a small history, replayed look by look.
type past struct {
	place   int
	ended   dispute.Dispute // as recorded
	begun   dispute.Dispute
	byUs    bool
	charge  dispute.Maybe[bool] // what the closer would read of it; unknown without a charge
	end     time.Time
	next    time.Time
	wanted  time.Time // when it first tried to close
	planned time.Time
	rule    string // of the last decision
	plan    string // the rule that planned
	guard   policy.Guard
	action  policy.Action

	fate string
	at   time.Time
}

const day = 24 * time.Hour

func newPast(place int, text string, o replay.Options) *past {
	var asCase struct {
		State   string
		Dispute json.RawMessage
	}
	c := &past{place: place}
	if json.Unmarshal([]byte(text), &asCase) == nil && asCase.Dispute != nil {
		c.byUs, text = asCase.State == "closed", string(asCase.Dispute)
	}
	var err error
	if c.ended, err = dispute.Parse([]byte(text)); err != nil {
		panic(err)
	}
	c.begun = c.ended
	switch c.ended.Status {
	case "needs_response", "under_review", "charge_refunded", "won", "lost":
		c.begun.Status = "needs_response"
	case "warning_needs_response", "warning_under_review", "warning_closed":
		c.begun.Status = "warning_needs_response"
	}
	if c.begun.Status != c.ended.Status && !o.EvidenceAsRecorded {
		if c.begun.HasEvidence.IsKnown() {
			c.begun.HasEvidence = dispute.Known(false)
		}
		if c.begun.SubmissionCount.IsKnown() {
			c.begun.SubmissionCount = dispute.Known[int64](0)
		}
	}
	horizon := 180 * day
	if o.Horizon > 0 {
		horizon = time.Duration(o.Horizon)
	}
	c.end = c.ended.Created.Add(horizon)
	c.charge = map[replay.Charge]dispute.Maybe[bool]{
		"": dispute.Known(false), replay.NotRefunded: dispute.Known(false), replay.Refunded: dispute.Known(true),
	}[o.Refunded]
	if c.ended.Charge == "" {
		c.charge = dispute.Maybe[bool]{}
	}
	c.next = c.ended.Created
	switch {
	case c.ended.Created.IsZero():
		c.fate = "undated"
	case c.begun.Status == "early_dispute_resolved":
		c.fate, c.at = "ended", c.ended.Created
	}
	return c
}

// standing is the dispute as a look at an instant shows it.
func (c *past) standing(at time.Time) dispute.Dispute {
	d := c.begun
	if d.PastDue.IsKnown() && !d.DueBy.IsZero() {
		d.PastDue = dispute.Known(at.After(d.DueBy))
	}
	return d
}

func (c *past) decide(pol *policy.Policy, at time.Time) policy.Decision {
	standing, refunded := c.standing(at), dispute.Maybe[bool]{}
	if s := standing.Status; s == dispute.NeedsResponse || s == dispute.WarningNeedsResponse {
		refunded = c.charge
	}
	f := policy.FactsOf(standing, refunded, at)
	return pol.Explain(&f, at)
}

// late reports whether it was closed after its deadline.
func (c *past) late() bool {
	return c.fate == "close" && !c.ended.DueBy.IsZero() && c.at.After(c.ended.DueBy)
}

// naive replays a history with one look after the other, and the budgets with them.
type naive struct {
	policy  *policy.Policy
	refunds policy.Refunds
	live    bool
	cases   []*past
	spent   map[string]backtest.Count // by day and currency
	hit     map[string]bool
}

func replayNaively(d policy.Document, texts []string, o replay.Options) *naive {
	d.Mode = policy.Live
	pol, err := policy.Compile(d)
	if err != nil {
		panic(err)
	}
	n := &naive{policy: pol, refunds: d.Refunds, live: o.Livemode, spent: map[string]backtest.Count{}, hit: map[string]bool{}}
	for i, text := range texts {
		n.cases = append(n.cases, newPast(i, text, o))
	}
	for c := n.first(); c != nil; c = n.first() {
		n.look(c)
	}
	return n
}

// first is the case whose look comes first; at the same instant, the one that first wanted to close earlier.
func (n *naive) first() *past {
	var best *past
	since := func(c *past) time.Time {
		if c.wanted.IsZero() {
			return c.next
		}
		return c.wanted
	}
	for _, c := range n.cases {
		if c.fate == "" && (best == nil || cmp.Or(c.next.Compare(best.next), since(c).Compare(since(best)), cmp.Compare(c.place, best.place)) < 0) {
			best = c
		}
	}
	return best
}

func (n *naive) look(c *past) {
	now := c.next
	if now.After(c.end) {
		c.finish()
		return
	}
	d := c.decide(n.policy, now)
	c.action, c.rule, c.guard = d.Action, d.Rule, ""
	if d.Action == policy.Close {
		switch c.guard = n.guard(c); c.guard {
		case "":
		case "refunded":
			c.action = policy.Review
		default:
			c.action = policy.Keep
		}
	}
	if c.action != policy.Close {
		c.planned = time.Time{}
		c.rest(now, now.Add(day))
		return
	}
	if c.planned.IsZero() || c.plan != c.rule {
		c.planned, c.plan = now, c.rule
	}
	at := c.planned
	if after, ok := d.Clock.After.Get(); ok {
		at = at.Add(after)
	}
	if before, ok := d.Clock.BeforeDue.Get(); ok && c.ended.DueBy.Add(-before).After(at) {
		at = c.ended.DueBy.Add(-before)
	}
	if now.Before(at) {
		c.rest(now, at)
		return
	}
	n.close(c, now)
}

func (c *past) rest(now, until time.Time) {
	c.next = until
	if due := c.ended.DueBy; !due.IsZero() && due.Add(-day).After(now) && due.Add(-day).Before(until) {
		c.next = due.Add(-day)
	}
}

func (c *past) finish() {
	switch {
	case !c.planned.IsZero():
		c.fate, c.at = "missed", c.end
	case c.action == policy.Review:
		c.fate, c.at = "review", c.ended.Created
	default:
		c.fate, c.at = "keep", c.ended.Created
	}
}

func (n *naive) close(c *past, now time.Time) {
	if c.wanted.IsZero() {
		c.wanted = now
	}
	key := now.UTC().Format("2006-01-02 ") + c.begun.Currency
	limit, _ := n.policy.Budget(c.begun.Currency)
	amount, _ := c.begun.Amount.Get()
	if s := n.spent[key]; s.Count+1 > limit.Closes || s.Amount+amount > limit.Amount {
		n.hit[key] = true
		midnight := time.Date(now.Year(), now.Month(), now.Day()+1, 0, 0, 0, 0, time.UTC)
		c.rest(now, midnight)
		return
	}
	s := n.spent[key]
	n.spent[key] = backtest.Count{Count: s.Count + 1, Amount: s.Amount + amount}
	c.fate, c.at = "close", now
}

func (n *naive) guard(c *past) policy.Guard {
	d := c.begun
	amount, known := d.Amount.Get()
	ceiling, hasCeiling := n.policy.Ceiling(d.Currency)
	budget, hasBudget := n.policy.Budget(d.Currency)
	switch {
	case d.Status != "needs_response" && d.Status != "warning_needs_response":
		return "status"
	case !dispute.Is(d.Livemode, n.live):
		return "livemode"
	case !known || amount < 1:
		return "amount"
	case d.Currency == "":
		return "currency"
	case dispute.Is(d.ChargeRefunded, true) || dispute.Is(c.charge, true):
		return "refunded"
	case !c.charge.IsKnown() && n.refunds != "unavailable":
		return "refunded"
	case !hasCeiling || ceiling < amount:
		return "ceiling"
	case !hasBudget || budget.Closes == 0 || budget.Amount < amount:
		return "budget"
	}
	return ""
}

// doubts returns the unknown facts that stopped a close, and those that held the dispute, at the given instants.
func (n *naive) doubts(c *past, instants []time.Time) (stopped, held []string) {
	for _, at := range instants {
		d := c.decide(n.policy, at)
		if d.Action == policy.Close {
			continue
		}
		for _, t := range d.Tried {
			var unknown []string
			sure := false
			for _, cond := range t.Conditions {
				sure = sure || cond.Outcome == policy.No
				if cond.Outcome == policy.Unknown {
					unknown = append(unknown, c.names(cond.Name)...)
				}
			}
			switch {
			case t.Shadow || sure:
			case t.Matched:
				held = append(held, unknown...)
			case t.Then == policy.Close:
				stopped = append(stopped, unknown...)
			}
		}
	}
	slices.Sort(stopped)
	slices.Sort(held)
	return slices.Compact(stopped), slices.Compact(held)
}

// names are the facts behind a condition that is unknown.
func (c *past) names(condition string) []string {
	switch {
	case strings.HasPrefix(condition, "metadata") && c.begun.Metadata == nil:
		return []string{"metadata"}
	case condition != "amount":
		return []string{condition}
	}
	var names []string
	if !c.begun.Amount.IsKnown() {
		names = append(names, "amount")
	}
	if c.begun.Currency == "" {
		names = append(names, "currency")
	}
	return names
}
