package backtest

import (
	"cmp"
	"fmt"
	"slices"
	"time"

	"disputecloser/cmd/disputectl/internal/rules/backtest/replay"
	"disputecloser/cmd/disputectl/internal/rules/history"
	"disputecloser/shared/policy"
)

// Report is what a policy would have done.
type Report struct {
	// Policy is the policy's hash, Mode the mode that its file states; the replay is always live.
	Policy string      `json:"policy"`
	Mode   policy.Mode `json:"mode"`
	// Assumptions says in sentences what the figures take for granted.
	Assumptions []string        `json:"assumptions"`
	Replay      replay.Options  `json:"replay"`
	Fees        map[string]Fees `json:"fees"`
	History     history.Summary `json:"history"`
	// Modes are those of the disputes.
	Modes replay.Modes `json:"modes"`
	// From and To are the earliest and the latest creation; zero without a dated dispute.
	From time.Time `json:"from,omitzero"`
	To   time.Time `json:"to,omitzero"`

	Totals Totals `json:"totals"`
	// The groups, each once for each of its currencies. A dispute counts in the month in which it was closed or
	// reached the horizon, and otherwise in that of its creation.
	Currencies []Row `json:"currencies"`
	Rules      []Row `json:"rules"`
	Months     []Row `json:"months"`
	Reasons    []Row `json:"reasons"`

	// Idle are the live rules that decided nothing, in the policy's order.
	Idle []string `json:"idle_rules"`

	Budgets []Budget `json:"budgets"`
	// Days are those on which the budget refused a close, in order.
	Days   []Day   `json:"days"`
	Guards []Guard `json:"guards"`
	Doubts []Doubt `json:"doubts"`
}

// Totals counts disputes over all currencies; their money cannot be added.
type Totals struct {
	Disputes int64 `json:"disputes"`
	Closed   int64 `json:"closed"`
	Late     int64 `json:"closed_late"`
	Missed   int64 `json:"missed"`
	Kept     int64 `json:"kept"`
	Reviewed int64 `json:"reviewed"`
	Ended    int64 `json:"ended"`
	Undated  int64 `json:"undated"`
}

// Row is a group of disputes of one currency.
type Row struct {
	// Name is the group's: a rule, empty where none decided; a month such as 2026-03, empty if unknown; a reason
	// code as written, empty if unknown. It is empty in Report.Currencies.
	Name string `json:"name"`
	// Currency is empty if unknown.
	Currency string `json:"currency"`
	Tally
}

// Budget is what one currency's daily budget meant.
type Budget struct {
	Currency string `json:"currency"`
	// Closes and Amount are the policy's limits of one UTC day.
	Closes int64 `json:"closes"`
	Amount int64 `json:"amount"`
	// DaysHit counts days on which a close was refused.
	DaysHit int64 `json:"days_hit"`
	// PutOff are the disputes that found a day's budget spent. NeverClosed are those of them that no later day's budget
	// allowed in time.
	PutOff      Count `json:"put_off"`
	NeverClosed Count `json:"never_closed"`
	// LongestWait is the largest number of days that a close waited for a budget.
	LongestWait int64 `json:"longest_wait_days"`
}

// Day is one UTC day of one currency's budget.
type Day struct {
	Day      string `json:"day"`
	Currency string `json:"currency"`
	Closed   Count  `json:"closed"`
	// Refused counts the closes that the budget refused.
	Refused int64 `json:"refused"`

	number int64 // since the Unix epoch
}

// Guard is what a guard stopped, whatever the rules said.
type Guard struct {
	Guard    policy.Guard `json:"guard"`
	Currency string       `json:"currency"`
	Stopped  Count        `json:"stopped"`
}

// Doubt is what one unknown fact did.
type Doubt struct {
	Fact     string `json:"fact"`
	Currency string `json:"currency"`
	// Stopped are the disputes that a rule did not close because the fact was unknown. Held are those that a rule kept or
	// gave to a person because of it. Several facts of one dispute may be in doubt.
	Stopped Count `json:"stopped"`
	Held    Count `json:"held"`
}

func report(e *replay.Engine, o Options, n *names, read history.Summary, workers []*worker, settlers []*settler) Report {
	d := e.Document()
	r := Report{
		Policy: e.Policy().Hash(), Mode: d.Mode, Replay: o.Replay, Fees: o.Fees, History: read,
		Assumptions: append(o.Replay.Assumptions(), feeAssumption),
		Days:        []Day{}, Budgets: []Budget{},
	}
	if r.Fees == nil {
		r.Fees = map[string]Fees{}
	}
	all := groups{}
	for _, w := range workers {
		all.join(w.groups)
		r.Modes.Join(w.modes)
	}
	for _, s := range settlers {
		all.join(s.groups)
		r.spent(s)
	}
	slices.SortStableFunc(r.Days, func(a, b Day) int { return cmp.Compare(a.Day, b.Day) })
	r.span(workers)
	r.rows(e, n, all)
	r.stops(e, n, workers)
	return r
}

const feeAssumption = "fees count for disputes that were really fought; closing saves them and costs only the amount"

func (r *Report) span(workers []*worker) {
	var first, last int64
	for _, w := range workers {
		if w.first != 0 && (first == 0 || w.first < first) {
			first = w.first
		}
		last = max(last, w.last)
	}
	if first != 0 {
		r.From, r.To = time.UnixMilli(first).UTC(), time.UnixMilli(last).UTC()
	}
}

func (r *Report) spent(s *settler) {
	r.Budgets = append(r.Budgets, Budget{
		Currency: s.name, Closes: s.limit.Closes, Amount: s.limit.Amount,
		DaysHit: int64(len(s.days)), PutOff: s.putOff, NeverClosed: s.tooLate, LongestWait: s.longest,
	})
	for _, d := range s.days {
		d.Day = time.UnixMilli(d.number * replay.DayMs).UTC().Format(time.DateOnly)
		r.Days = append(r.Days, d)
	}
}

// rows sorts the groups: rules in the policy's order, all else by name, and the unknown last.
func (r *Report) rows(e *replay.Engine, n *names, all groups) {
	decided := map[string]bool{}
	for key, t := range all {
		row := Row{Currency: n.currency[key.currency], Tally: *t}
		row.price(r.Fees[row.Currency])
		switch key.by {
		case byCurrency:
			r.Currencies = append(r.Currencies, row)
			r.Totals.join(t)
		case byRule:
			row.Name = e.RuleName(int(key.id))
			decided[row.Name] = true
			r.Rules = append(r.Rules, row)
		case byMonth:
			row.Name = monthName(key.id)
			r.Months = append(r.Months, row)
		case byReason:
			row.Name = n.reason[key.id]
			r.Reasons = append(r.Reasons, row)
		}
	}
	rules := e.Document().Rules
	r.Idle = []string{}
	place := map[string]int{"": len(rules)}
	for i := range rules {
		place[rules[i].Name] = i
		if !rules[i].Shadow && !decided[rules[i].Name] {
			r.Idle = append(r.Idle, rules[i].Name)
		}
	}
	r.Currencies, r.Months, r.Reasons = sorted(r.Currencies, byName), sorted(r.Months, byName), sorted(r.Reasons, byName)
	r.Rules = sorted(r.Rules, func(a, b string) int { return cmp.Compare(place[a], place[b]) })
}

func sorted(rows []Row, by func(a, b string) int) []Row {
	slices.SortFunc(rows, func(a, b Row) int {
		return cmp.Or(by(a.Name, b.Name), byName(a.Currency, b.Currency))
	})
	if rows == nil {
		return []Row{}
	}
	return rows
}

func byName(a, b string) int {
	if (a == "") != (b == "") {
		return cmp.Compare(len(b), len(a))
	}
	return cmp.Compare(a, b)
}

func monthName(n int32) string {
	if n < 0 {
		return ""
	}
	return fmt.Sprintf("%04d-%02d", n/12, n%12+1)
}

func (t *Totals) join(o *Tally) {
	t.Disputes += o.Disputes
	t.Closed += o.Closed.Count
	t.Late += o.Late.Count
	t.Missed += o.Missed.Count
	t.Kept += o.Kept.Count
	t.Reviewed += o.Reviewed.Count
	t.Ended += o.Ended.Count
	t.Undated += o.Undated.Count
}

// stops sorts what stopped closes by its name and currency.
func (r *Report) stops(e *replay.Engine, n *names, workers []*worker) {
	all := map[stop]*stopped{}
	for _, w := range workers {
		for key, s := range w.stops {
			if all[key] == nil {
				all[key] = new(stopped)
			}
			all[key].stopped.join(s.stopped)
			all[key].held.join(s.held)
		}
	}
	r.Guards, r.Doubts = []Guard{}, []Doubt{}
	for key, s := range all {
		currency := n.currency[key.currency]
		if key.guard != "" {
			r.Guards = append(r.Guards, Guard{Guard: key.guard, Currency: currency, Stopped: s.stopped})
			continue
		}
		r.Doubts = append(r.Doubts, Doubt{Fact: e.FactName(int(key.fact)), Currency: currency, Stopped: s.stopped, Held: s.held})
	}
	slices.SortFunc(r.Guards, func(a, b Guard) int {
		return cmp.Or(cmp.Compare(a.Guard, b.Guard), byName(a.Currency, b.Currency))
	})
	slices.SortFunc(r.Doubts, func(a, b Doubt) int {
		return cmp.Or(cmp.Compare(a.Fact, b.Fact), byName(a.Currency, b.Currency))
	})
}
